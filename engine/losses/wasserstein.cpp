// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/wasserstein.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include <utility>

#include "engine/core/check.h"

namespace geocyte::losses {
namespace {

Term too_few() { return Term::absent("the cells of the batch are not of two groups, so there is no gap"); }

/// (B, C): weights whose product with scores gives the gap of each column; a column without cells has weights of 0, and so has the
/// share of the columns that are there.
struct GapWeights {
  at::Tensor weight;                       ///< (B, C)
  double columns = 0;                      ///< columns with cells
};

GapWeights gap_weights(const Groups& groups, const at::Tensor& like, const at::Tensor& cell_weights) {
  const auto own = membership(groups, like).t() * group_weights(groups, like, Balance::by_group, cell_weights).unsqueeze(1);   // (B, K), a column sums to 1/present or 0
  const auto mass = own.sum(0, /*keepdim=*/true);                                // (1, K)
  const auto there = (mass > 0).to(like.scalar_type());
  const double present = there.sum().item<double>();
  if (present < 2) return {};
  const auto inside = own * present;                                             // a column sums to 1 or 0
  const auto outside = (own.sum(1, /*keepdim=*/true) - own) * (present / (present - 1)) * there;
  auto weight = outside - inside;                                                // (B, K)
  if (groups.count() == 2) return {weight.slice(1, 1, 2), 1};
  return {weight, present};
}

/// Rows of the batch, drawn alike often from each group: (n) for the groups `of` (n).
at::Tensor draw_members(const Groups& groups, const std::vector<std::int64_t>& of, const at::Tensor& u) {
  const auto place = u.to(at::kCPU).contiguous();
  const auto* unit = place.const_data_ptr<double>();
  std::vector<std::vector<std::int64_t>> members;
  for (std::int64_t g = 0; g < groups.count(); ++g) members.push_back(groups.members(g));
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < of.size(); ++i) {
    const auto& own = members[of[i]];
    rows.push_back(own[std::min<std::size_t>(static_cast<std::size_t>(unit[i] * static_cast<double>(own.size())), own.size() - 1)]);
  }
  return at::tensor(rows, at::kLong);
}

at::Tensor gradient_penalty(const CriticFunction& critic, const at::Tensor& z, const Groups& groups, std::int64_t cells, const at::Generator& generator) {
  // Pairs (k, other) in turn, members and e at random.
  const auto present = groups.of_at_least(1);
  std::vector<std::int64_t> own, other, column;
  const bool two = groups.count() == 2;
  for (std::int64_t i = 0; i < cells; ++i) {
    const auto k = i % static_cast<std::int64_t>(present.size()), step = 1 + i / static_cast<std::int64_t>(present.size()) % (static_cast<std::int64_t>(present.size()) - 1);
    own.push_back(present[k]);
    other.push_back(present[(k + step) % static_cast<std::int64_t>(present.size())]);
    column.push_back(two ? 0 : own.back());
  }
  const auto u = at::empty({3, cells}, z.options().dtype(at::kDouble)).uniform_(0, 1, generator);
  const auto a = z.index_select(0, draw_members(groups, own, u[0]).to(z.device())), b = z.index_select(0, draw_members(groups, other, u[1]).to(z.device()));
  const auto e = u[2].to(z.scalar_type()).unsqueeze(1);
  const auto between = (e * a + (1 - e) * b).detach().requires_grad_(true);      // (n, D)
  const auto columns = critic_columns(groups);
  const auto scores = critic(between).view({cells, -1, columns});                // (n, S, C)
  const auto chosen = scores.gather(2, at::tensor(column, at::kLong).to(z.device()).view({cells, 1, 1}).expand({cells, scores.size(1), 1})).squeeze(2);   // (n, S)
  at::Tensor sum;
  for (std::int64_t s = 0; s < chosen.size(1); ++s) {
    const auto slope = torch::autograd::grad({chosen.select(1, s).sum()}, {between}, {}, /*retain_graph=*/true, /*create_graph=*/true)[0];
    const auto excess = ((slope.pow(2).sum(1) + 1e-12).sqrt() - 1).pow(2).mean();
    sum = sum.defined() ? sum + excess : excess;
  }
  return sum / static_cast<double>(chosen.size(1));
}

/// Mean gap over columns with cells and scales.
at::Tensor mean_gap(const at::Tensor& scores, const GapWeights& contrast, std::int64_t columns) {
  const auto by_scale = scores.view({scores.size(0), -1, columns});              // (B, S, C)
  return (by_scale * contrast.weight.unsqueeze(1)).sum() / (contrast.columns * static_cast<double>(by_scale.size(1)));
}

void check_scores(const at::Tensor& scores, const Groups& groups) {
  require(scores.dim() == 2 && scores.size(0) == groups.cells() && scores.size(1) >= 1 && scores.size(1) % critic_columns(groups) == 0,
          "a critic gives each cell one score a column and scale");
}

}  // namespace

std::int64_t critic_columns(const Groups& groups) { return groups.count() == 2 ? 1 : groups.count(); }

Term wasserstein_gap(const at::Tensor& scores, const Groups& groups, const at::Tensor& cell_weights) {
  check_scores(scores, groups);
  const auto contrast = gap_weights(groups, scores, cell_weights);
  if (contrast.columns == 0) return too_few();
  return Term::of(-mean_gap(scores, contrast, critic_columns(groups)));
}

CriticLoss critic_loss(const CriticFunction& critic, const at::Tensor& z, const Groups& groups, const CriticLossOptions& options, at::Generator generator,
                       const at::Tensor& cell_weights) {
  require(at::GradMode::is_enabled(), "the loss of a critic needs gradients inside");
  require(options.penalty >= 0 && options.interpolated >= 0, "a penalty and its cells are not negative");
  const auto fixed = z.detach();
  const auto scores = critic(fixed);
  check_scores(scores, groups);
  CriticLoss result;
  const auto contrast = gap_weights(groups, scores, cell_weights);
  if (contrast.columns == 0) {
    result.loss = too_few();
    return result;
  }
  auto loss = mean_gap(scores, contrast, critic_columns(groups));
  result.gap = loss.detach();
  result.penalty = at::zeros({}, scores.options());
  if (options.penalty > 0) {
    const auto penalty = gradient_penalty(critic, fixed, groups, options.interpolated > 0 ? options.interpolated : groups.cells(), generator);
    result.penalty = penalty.detach();
    loss = loss + options.penalty * penalty;
  }
  result.loss = Term::of(loss);
  return result;
}

}  // namespace geocyte::losses
