// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/adversary.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/core/check.h"

namespace geocyte::losses {
namespace {

struct GradientReversal : torch::autograd::Function<GradientReversal> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, double coefficient) {
    context->saved_data["coefficient"] = coefficient;
    return x.view_as(x);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    return {-context->saved_data["coefficient"].toDouble() * gradients[0], at::Tensor()};
  }
};

void check_logits(const at::Tensor& logits, const Groups& groups) {
  require_shape("logits of the adversary", logits.sizes(), std::array{groups.cells(), groups.count()});
}

}  // namespace

Term balanced_cross_entropy(const at::Tensor& logits, const Groups& groups) {
  check_logits(logits, groups);
  const auto present = static_cast<double>(groups.of_at_least(1).size());
  if (present < 2) return Term::absent("the cells of the batch are not of two groups, so there is nothing to tell apart");
  std::vector<double> weights(groups.cells(), 0);
  std::vector<std::int64_t> labels(groups.cells(), 0);   // a cell of no group: any class, with weight 0
  for (std::int64_t cell = 0; cell < groups.cells(); ++cell) {
    const auto label = groups.labels()[cell];
    if (label < 0) continue;
    labels[cell] = label;
    weights[cell] = 1 / (present * static_cast<double>(groups.sizes()[label]));
  }
  const auto weight = at::from_blob(weights.data(), {groups.cells()}, at::TensorOptions().dtype(at::kDouble))
                          .to(logits.options(), false, /*copy=*/true);           // (B)
  const auto label = at::from_blob(labels.data(), {groups.cells(), 1}, at::TensorOptions().dtype(at::kLong))
                         .to(logits.device(), at::kLong, false, /*copy=*/true);  // (B, 1)
  const auto log_probability = logits.log_softmax(1).gather(1, label).squeeze(1);   // (B)
  return Term::of(-(weight * log_probability).sum());
}

at::Tensor reverse_gradient(const at::Tensor& x, double coefficient) { return GradientReversal::apply(x, coefficient); }

double dann_coefficient(double progress, double alpha) {
  return 2 / (1 + std::exp(-alpha * std::clamp(progress, 0.0, 1.0))) - 1;
}

ClassRecall class_recall(const at::Tensor& logits, const Groups& groups) {
  check_logits(logits, groups);
  const auto present = groups.of_at_least(1);
  require(!present.empty(), "recall is asked for where a cell belongs to a group");
  const auto predicted = logits.detach().argmax(1).to(at::kCPU);                 // (B)
  const auto* prediction = predicted.const_data_ptr<std::int64_t>();
  std::vector<std::int64_t> hits(groups.count(), 0);
  for (std::int64_t cell = 0; cell < groups.cells(); ++cell)
    if (const auto label = groups.labels()[cell]; label >= 0 && prediction[cell] == label) ++hits[label];

  ClassRecall result;
  result.recall.assign(groups.count(), std::numeric_limits<double>::quiet_NaN());
  result.chance = 1 / static_cast<double>(present.size());
  double highest = 0;
  for (const auto group : present) {
    result.recall[group] = static_cast<double>(hits[group]) / static_cast<double>(groups.sizes()[group]);
    result.balanced_accuracy += result.recall[group] * result.chance;
    highest = std::max(highest, result.recall[group]);
  }
  result.worst_excess = highest - result.chance;
  return result;
}

}  // namespace geocyte::losses
