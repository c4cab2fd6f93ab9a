// SPDX-License-Identifier: GPL-3.0-or-later
// Standard normal entries, the same for a seed.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include "engine/nn/generator.h"

namespace geocyte::plugins::st_edm {

inline at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed, c10::ScalarType dtype = c10::kFloat) {
  return at::empty(shape, dtype).normal_(0, 1, nn::make_generator(seed));
}

}  // namespace geocyte::plugins::st_edm
