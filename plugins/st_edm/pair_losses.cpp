// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/pair_losses.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/log_softmax.h>

#include "engine/core/check.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr double kNever = -1e9;          // log probability of a cell being its own neighbour
constexpr double kRounded = 1e-6, kNoNeighbour = 1e-9;

}  // namespace

at::Tensor smooth_distances(const at::Tensor& u) {
  const at::Tensor centred = u - u.mean(-2, true);   // fewer digits are lost near the origin
  const at::Tensor squares = centred.square().sum(-1, true);   // (M, B, 1)
  const at::Tensor squared = at::baddbmm(squares + squares.transpose(1, 2), centred, centred.transpose(1, 2), 1, -2);
  return (squared.clamp_min(0) + kRounded).sqrt();
}

at::Tensor neighbour_loss(const at::Tensor& z, const at::Tensor& sharpness, const at::Tensor& d, const std::vector<double>& widths) {
  require(sharpness.size(1) == static_cast<std::int64_t>(widths.size()), "every width has a sharpness");
  const at::Tensor self = at::eye(z.size(1), z.options().dtype(at::kBool));
  const at::Tensor similarity = at::bmm(z, z.transpose(1, 2));   // (M, B, B)
  at::Tensor sum;
  for (std::size_t k = 0; k < widths.size(); ++k) {
    at::Tensor target = d.square().mul_(-0.5 / (widths[k] * widths[k])).exp_().masked_fill_(self, 0);
    target.div_(target.sum(-1, true).add_(kNoNeighbour));
    const at::Tensor logits = similarity * sharpness.select(1, static_cast<std::int64_t>(k)).reshape({-1, 1, 1});
    const at::Tensor loss = -(target * at::log_softmax(logits.masked_fill(self, kNever), -1)).sum(-1).mean();
    sum = sum.defined() ? sum + loss : loss;
  }
  return sum / static_cast<double>(widths.size());
}

at::Tensor distance_loss(const at::Tensor& u, const at::Tensor& d) { return (smooth_distances(u) - d).square().mean(); }

}  // namespace geocyte::plugins::st_edm
