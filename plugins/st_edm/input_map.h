// SPDX-License-Identifier: GPL-3.0-or-later
// From the standardised panel of a cell to what the networks see of it (panel_input.h), fitted on a run and the same for any later cell.
//
//   components  (z - mean) A            A: principal axes of the run's cells
//   input       components / s_pca, z / s_genes, both beside each other, or (embedding - mean) / s_embedding, alone or after components / s_pca
//
// Shapes: z (n, G) standardised within its source, components (n, r), input (n, F); float on the host.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "engine/core/json.h"
#include "engine/nn/state.h"

namespace geocyte::plugins::st_edm {

struct InputMap {
  std::string kind = "pca";                ///< as in options.h
  std::int64_t seen = 0;                   ///< components that the networks see
  bool beside = false;                     ///< components come before the embedding
  double components_unit = 1, genes_unit = 1, embedding_unit = 1;
  at::Tensor mean, axes;                   ///< (G), (G, r)
  std::string embedding, encoder;          ///< obsm key, and which encoder made it ("" = not said)
  at::Tensor embedding_mean;               ///< (E); undefined for other kinds

  at::Tensor components(const at::Tensor& z) const;
  at::Tensor input(const at::Tensor& z, const at::Tensor& components, const at::Tensor& embedded) const;

  Json to_json() const;
  nn::NamedTensors tensors(const std::string& prefix) const;
  /// Throws Error{bad_data} where a number or a tensor lacks or does not fit `genes`.
  static InputMap from(const Json& json, const nn::NamedTensors& tensors, const std::string& prefix, std::int64_t genes);
};

/// Genes within one source: (y - mean) / sd, clipped to +-6; y (n, G).
struct SourceScale {
  at::Tensor mean, deviation;              ///< (1, G) double
  at::Tensor apply(const at::Tensor& y) const;
};

/// Mean and deviation of rows that come in pieces.
class SourceMoments {
 public:
  void add(const at::Tensor& y);           ///< (n, G)
  SourceScale scale() const;

 private:
  at::Tensor sum_, squares_, first_;       ///< about the mean of the first piece, where nothing cancels
  double count_ = 0;
};

}  // namespace geocyte::plugins::st_edm
