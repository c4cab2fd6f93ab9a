// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/critic.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linalg_qr.h>

#include <array>
#include <string>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

constexpr double kSlope = 0.2;

void check_range(const char* what, std::int64_t value, std::int64_t highest) {
  if (value < 1 || value > highest)
    throw Error(ErrorCode::bad_config, std::string(what) + " of a critic is " + std::to_string(value) + "; it lies in 1 .. " + std::to_string(highest));
}

/// (D, w) with orthonormal columns, uniform over all such.
at::Tensor orthonormal(std::int64_t d, std::int64_t w, const at::Generator& generator, c10::ScalarType dtype) {
  const auto [q, r] = at::linalg_qr(at::empty({d, w}, at::kDouble).normal_(0, 1, generator));
  return (q * r.diagonal().sign()).to(dtype).contiguous();
}

}  // namespace

CriticImpl::CriticImpl(const CriticOptions& options, at::Generator generator, c10::ScalarType dtype) : outputs_(options.outputs) {
  constexpr std::int64_t kAny = 1 << 20;
  check_range("the number of scales", static_cast<std::int64_t>(options.scales.size()), kAny);
  check_range("the input width", options.latent, kAny);
  check_range("the number of outputs", options.outputs, kAny);
  for (const auto width : options.hidden) check_range("a hidden width", width, kAny);
  for (std::size_t s = 0; s < options.scales.size(); ++s) {
    const auto scale = options.scales[s];
    check_range("a scale", scale, options.latent);
    const auto name = "scale" + std::to_string(s);
    projection_.emplace_back();
    if (scale < options.latent) projection_.back() = register_buffer(name + "_projection", orthonormal(options.latent, scale, generator, dtype));
    auto widths = options.hidden;
    widths.push_back(options.outputs);
    auto& own = layers_.emplace_back();
    auto width = scale;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      own.push_back(register_module(name + "_linear" + std::to_string(i), Linear(width, widths[i], generator, dtype)));
      width = widths[i];
    }
  }
}

CriticImpl::Output CriticImpl::forward(const at::Tensor& z) const {
  require(z.dim() == 2, "a critic judges a matrix");
  Output output;
  for (std::size_t s = 0; s < layers_.size(); ++s) {
    auto h = projection_[s].defined() ? z.mm(projection_[s]) : z;                // (B, w)
    for (std::size_t i = 0; i + 1 < layers_[s].size(); ++i) {
      h = at::leaky_relu(layers_[s][i]->forward(h), kSlope);
      output.features.push_back(h);
    }
    output.scores.push_back(layers_[s].back()->forward(h));
  }
  return output;
}

at::Tensor CriticImpl::scores(const at::Tensor& z) const { return at::cat(forward(z).scores, 1); }

}  // namespace geocyte::nn
