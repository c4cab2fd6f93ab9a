// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of losses share beside gradient_check.h.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>

#include "engine/losses/term.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {

inline double value_of(const Term& term) { return term.value->item<double>(); }
inline double value_of(const at::Tensor& value) { return value.item<double>(); }
inline at::Generator seeded(std::uint64_t seed) { return at::make_generator<at::CPUGeneratorImpl>(seed); }

/// (rows): which of them are among the first n.
inline at::Tensor first_of(std::int64_t n, std::int64_t rows) { return at::arange(rows, at::kLong) < n; }
/// x with three rows of noise below it.
inline at::Tensor padded(const at::Tensor& x) { return at::cat({x, normal_matrix(3, x.size(1), 99)}); }

}  // namespace geocyte::losses
