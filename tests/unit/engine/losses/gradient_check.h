// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of losses share: reproducible inputs and the comparison of a gradient with central differences.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>

namespace geocyte::losses {

inline at::Tensor normal_matrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  return at::empty({rows, columns}, at::kDouble).normal_(0, 1, generator);
}

/// Entry (i, j) = sin(1.3 i + 0.7 j^2 + phase): inputs that any language can repeat.
inline at::Tensor wave_matrix(std::int64_t rows, std::int64_t columns, double phase) {
  auto z = at::empty({rows, columns}, at::kDouble);
  auto* value = z.mutable_data_ptr<double>();
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      *value++ = std::sin(1.3 * static_cast<double>(i) + 0.7 * static_cast<double>(j * j) + phase);
  return z;
}

inline at::Tensor matrix(std::initializer_list<std::initializer_list<double>> rows) {
  auto z = at::empty({static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows.begin()->size())}, at::kDouble);
  auto* value = z.mutable_data_ptr<double>();
  for (const auto& row : rows) value = std::copy(row.begin(), row.end(), value);
  return z;
}

using Loss = std::function<at::Tensor(const at::Tensor&)>;

inline at::Tensor gradient_of(const Loss& loss, const at::Tensor& at) {
  auto x = at.detach().clone().requires_grad_(true);
  loss(x).backward();
  return x.grad().defined() ? x.grad() : at::empty_like(x).zero_();
}

/// The gradient of a scalar function of float64 agrees with central differences in every entry. With h = 1e-5 truncation and
/// rounding are both near 1e-10 of the loss.
inline void expect_gradient(const Loss& loss, const at::Tensor& at, double tolerance = 1e-7) {
  const double h = 1e-5;
  const auto analytic = gradient_of(loss, at).contiguous();
  auto x = at.detach().clone().contiguous();
  auto* value = x.mutable_data_ptr<double>();
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const double kept = value[i];
    value[i] = kept + h;
    const double above = loss(x).item<double>();
    value[i] = kept - h;
    const double below = loss(x).item<double>();
    value[i] = kept;
    const double numeric = (above - below) / (2 * h);
    ASSERT_NEAR(analytic.const_data_ptr<double>()[i], numeric, tolerance * std::max(1.0, std::abs(numeric))) << "entry " << i;
  }
}

/// Value and gradient are finite; for inputs where a formula divides by nothing.
inline void expect_finite(const Loss& loss, const at::Tensor& at) {
  EXPECT_TRUE(std::isfinite(loss(at.detach()).item<double>()));
  EXPECT_TRUE(gradient_of(loss, at).isfinite().all().item<bool>());
}

inline double largest(const at::Tensor& x) { return x.abs().max().item<double>(); }

}  // namespace geocyte::losses
