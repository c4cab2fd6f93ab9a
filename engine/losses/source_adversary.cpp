// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/source_adversary.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <cmath>
#include <limits>

#include "engine/core/check.h"
#include "engine/losses/host_tensor.h"

namespace geocyte::losses {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

struct Prepared {
  at::Tensor weight;                       ///< (B)
  at::Tensor belongs;                      ///< (B, K)
  std::int64_t present = 0;
};

std::optional<Prepared> prepare(const at::Tensor& logits, const Groups& groups, Balance balance, const at::Tensor& cell_weights) {
  require_shape("logits of the sources", logits.sizes(), std::array{groups.cells(), groups.count()});
  Prepared prepared{group_weights(groups, logits, balance, cell_weights), membership(groups, logits).t(), 0};
  prepared.present = static_cast<std::int64_t>(groups.of_at_least(1).size());
  if (cell_weights.defined()) prepared.present = (prepared.weight.unsqueeze(0).mm(prepared.belongs) > 0).sum().item<std::int64_t>();
  if (prepared.present < 2) return std::nullopt;
  return prepared;
}

Term too_few() { return Term::absent("the cells of the batch are not of two sources, so there is nothing to tell apart"); }

/// log(n_k / B) (1, K); -inf for a group without cells, which a classifier then never calls.
at::Tensor log_prior(const Groups& groups, const at::Tensor& like) {
  double all = 0;
  for (const auto size : groups.sizes()) all += static_cast<double>(size);
  std::vector<double> prior;
  for (const auto size : groups.sizes()) prior.push_back(size > 0 ? std::log(static_cast<double>(size) / all) : kNever);
  return host_tensor(prior, {1, groups.count()}, like.options());
}

}  // namespace

Term source_cross_entropy(const at::Tensor& logits, const Groups& groups, const SourceAdversaryOptions& options, const at::Tensor& cell_weights) {
  const auto balance = options.balance == AdversaryBalance::by_group ? Balance::by_group : Balance::by_cell;
  const auto prepared = prepare(logits, groups, balance, cell_weights);
  if (!prepared) return too_few();
  const auto adjusted = options.balance == AdversaryBalance::by_prior ? logits + log_prior(groups, logits) : logits;
  const auto own = groups.label_tensor().clamp_min(0).unsqueeze(1);              // a cell of no group: any class, with weight 0
  const auto chosen = adjusted.log_softmax(1).gather(1, own).squeeze(1).masked_fill(groups.label_tensor() < 0, 0);   // (B)
  return Term::of(-(chosen * prepared->weight).sum());
}

Term source_confusion(const at::Tensor& logits, const Groups& groups, const SourceAdversaryOptions& options, const at::Tensor& cell_weights) {
  const auto balance = options.balance == AdversaryBalance::by_cell ? Balance::by_cell : Balance::by_group;
  const auto prepared = prepare(logits, groups, balance, cell_weights);
  if (!prepared) return too_few();
  const auto there = (prepared->belongs.sum(0, /*keepdim=*/true) > 0).to(logits.scalar_type());   // (1, K)
  const bool others = options.target == ConfusionTarget::others;
  const auto wanted = others ? there - prepared->belongs * there : there.expand_as(logits);
  const auto target = wanted / wanted.sum(1, /*keepdim=*/true).clamp_min(1);     // (B, K)
  return Term::of(-(logits.log_softmax(1) * target * prepared->weight.unsqueeze(1)).sum());
}

Term mean_of(std::span<const Term> terms) {
  at::Tensor sum;
  std::int64_t present = 0;
  std::string reasons;
  for (const auto& term : terms) {
    if (!term) {
      if (!term.why_absent.empty() && reasons.find(term.why_absent) == std::string::npos) reasons += (reasons.empty() ? "" : "; ") + term.why_absent;
      continue;
    }
    sum = sum.defined() ? sum + *term.value : *term.value;
    ++present;
  }
  if (present == 0) return Term::absent(reasons.empty() ? "there is nothing to take a mean of" : reasons);
  return Term::of(present == 1 ? sum : sum / static_cast<double>(present));
}

}  // namespace geocyte::losses
