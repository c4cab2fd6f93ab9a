// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/parity.h"

#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/ops/layer_norm.h>
#include <fmt/format.h>

#include "engine/core/check.h"
#include "engine/core/error.h"

namespace geocyte::plugins::gems {
namespace {

/// Largest difference in units of the root mean square of b.
double difference(const at::Tensor& a, const at::Tensor& b) {
  const double scale = b.square().mean().sqrt().item<double>();
  return (a - b).abs().max().item<double>() / (scale > 0 ? scale : 1);
}

at::Tensor normalised(const at::Tensor& z) { return at::layer_norm(z, {z.size(1)}); }
at::Tensor unit(const at::Tensor& z) { return z / z.norm(2, 1, true).clamp_min(1e-12); }

std::string cause_of(const at::Tensor& optimised, const at::Tensor& again, const at::Tensor& judged) {
  if (difference(optimised, again) > kParityTolerance) return "noise (dropout, or training mode) acts where they are optimised";
  const auto same = [](const at::Tensor& a, const at::Tensor& b) { return difference(a, b) < 10 * kParityTolerance; };
  if (same(normalised(optimised), judged)) return "a layer normalisation stands before they are judged";
  if (same(optimised, normalised(judged))) return "a layer normalisation stands before they are optimised";
  if (same(unit(optimised), judged)) return "a scaling to unit length (L2) stands before they are judged";
  if (same(optimised, unit(judged))) return "a scaling to unit length (L2) stands before they are optimised";
  const double factor = ((optimised * judged).sum() / optimised.square().sum().clamp_min(1e-30)).item<double>();
  if (same(optimised * factor, judged)) return fmt::format("they differ by a factor of {:.4g}", factor);
  return "another network, mode or preprocessing stands in one of the two";
}

}  // namespace

double check_parity(const std::function<at::Tensor()>& optimised, const std::function<at::Tensor()>& judged) {
  const auto on_host = [](const at::Tensor& z) { return z.detach().to(at::kCPU, at::kDouble); };
  const at::Tensor a = on_host(optimised()), b = on_host(judged());
  require(a.sizes() == b.sizes() && a.dim() == 2, "the embeddings that are compared are of the same cells");
  const double gap = difference(a, b);
  if (!(gap <= kParityTolerance))
    throw Error(ErrorCode::bad_config,
                fmt::format("the embeddings that are judged are not the ones that are optimised (largest difference {:.2g} of their size): {}", gap,
                            cause_of(a, on_host(optimised()), b)),
                "take the difference out, or optimise and judge the same tensor; scores say nothing otherwise");
  return gap;
}

}  // namespace geocyte::plugins::gems
