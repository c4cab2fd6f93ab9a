// SPDX-License-Identifier: GPL-3.0-or-later
// The last step before the encoder: genes centred and scaled by source, exactly as preprocess::Recipe::apply does it for data
// that come later (parity is checked). Apart from the recipe so that augmentation acts on log counts and is scaled afterwards.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <vector>

#include "engine/preprocess/source_statistics.h"

namespace geocyte::plugins::gems {

struct InputScaling {
  at::Tensor mean, inverse_sd;             ///< (S, G); undefined = the encoder sees log counts
  bool clip = false;

  /// `statistics`: one a source, in the order of the sources.
  static InputScaling of(const std::vector<preprocess::SourceStatistics>& statistics, preprocess::BySource how, c10::Device device,
                         c10::ScalarType dtype);
  explicit operator bool() const { return mean.defined(); }
  /// The rows of `source` (B) int64: a scaling of a batch, (B, G).
  InputScaling rows(const at::Tensor& source) const;
  /// x (V B, G), V views of the rows this scaling is of -> what the encoder sees. Itself without scaling.
  at::Tensor apply(const at::Tensor& x) const;
};

}  // namespace geocyte::plugins::gems
