// SPDX-License-Identifier: GPL-3.0-or-later
// A decoder that is told the source, so that the embedding need not hold it:
//
//   y = Mlp([z, e_s]) + o_s        e: (K, E) one learned vector a source, o: (K, out) one learned offset a source
//
// For counts y are logits of the share of each gene (losses/count_likelihood.h); the offset is then a factor a gene and source,
// which is what a platform effect is in the first place (m_g of cell2location, "platform effects" of RCTD). For within-source
// scores (losses/score_reconstruction.h) leave the offset out: they have none.
// A cell of no source (label -1), and any cell of a source that was not trained on, gets the mean of e and o: what the decoder
// believes of a source that it has not met.
// Offsets start at 0, source vectors at N(0, 1). CountDecoder adds ln t, the inverse dispersions (losses/count_likelihood.h),
// which start at 0 (t = 1, as overdispersed as single cells are).
// Shapes: z (B, latent), source int64 (B) in -1 .. K-1; else Error{internal}. Rows are chosen by a product with 0 and 1: the same
// gradient in every run on every device, where a scatter is not.
#pragma once

#include "engine/nn/mlp.h"

namespace geocyte::nn {

struct SourceDecoderOptions {
  std::int64_t latent = 128;
  std::int64_t sources = 0;                ///< K >= 1
  std::int64_t source_width = 8;           ///< E >= 1
  std::vector<std::int64_t> hidden = {256};
  std::int64_t out = 0;                    ///< genes or scores
  double dropout = 0;
  bool source_offset = true;
};

class SourceDecoderImpl : public torch::nn::Module {
 public:
  /// Throws Error{bad_config} for a width below 1 or a dropout outside [0, 1).
  SourceDecoderImpl(const SourceDecoderOptions& options, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

  /// (B, out)
  at::Tensor forward(const at::Tensor& z, const at::Tensor& source, const std::optional<at::Generator>& noise = std::nullopt) const;

  std::int64_t sources() const { return source_.size(0); }

 private:
  at::Tensor source_, offset_;             ///< (K, E); (K, out) or undefined
  Mlp body_{nullptr};
};
TORCH_MODULE(SourceDecoder);

enum class Dispersion { gene, gene_and_source };

class CountDecoderImpl : public torch::nn::Module {
 public:
  CountDecoderImpl(const SourceDecoderOptions& options, Dispersion dispersion, at::Generator generator, c10::ScalarType dtype = c10::kFloat);

  /// Logits of the share of each gene (B, G).
  at::Tensor forward(const at::Tensor& z, const at::Tensor& source, const std::optional<at::Generator>& noise = std::nullopt) const;
  /// ln t (1, G) or (K, G), held within [-7, 9]: t from 1e-3 to 8e3, beyond which the model is all zeros or Poisson.
  at::Tensor log_dispersion() const;

 private:
  SourceDecoder decoder_{nullptr};
  at::Tensor log_dispersion_;
};
TORCH_MODULE(CountDecoder);

/// (B, K): 1 for the source of a cell, 1/K everywhere for a cell of no source. Throws Error{internal} when labels is not (B) int64.
at::Tensor source_mixture(const at::Tensor& labels, std::int64_t sources, c10::ScalarType dtype);

}  // namespace geocyte::nn
