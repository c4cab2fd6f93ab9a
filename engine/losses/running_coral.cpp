// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/running_coral.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/core/check.h"

namespace geocyte::losses {

RunningMoments::RunningMoments(std::int64_t groups, std::int64_t dims, double given_decay) : decay(given_decay) {
  require(groups >= 0 && dims >= 1, "running moments have sizes that are not negative");
  require(decay >= 0 && decay < 1, "the decay of an average is at least 0 and below 1");
  mean = register_buffer("mean", at::zeros({groups, dims}));
  covariance = register_buffer("covariance", at::zeros({groups, dims, dims}));
  batches = register_buffer("batches", at::zeros({groups}, at::kLong));
}

void RunningMoments::observe(const at::Tensor& z, const Groups& groups, std::int64_t min_cells) {
  require(groups.count() == batches.size(0), "running moments speak of the groups that they were made for");
  const at::NoGradGuard no_grad;
  const auto now = group_moments(z.detach(), groups, min_cells);
  for (std::int64_t row = 0; row < now.count(); ++row) {
    const auto one = now.of(row);
    if (!(one.mean.isfinite().all().item<bool>() && one.covariance.isfinite().all().item<bool>())) continue;
    const auto group = now.groups[row];
    auto& count = batches.mutable_data_ptr<std::int64_t>()[group];
    const double keep = count > 0 ? decay : 0;
    mean.select(0, group).mul_(keep).add_(one.mean.to(mean.options()), 1 - keep);
    covariance.select(0, group).mul_(keep).add_(one.covariance.to(covariance.options()), 1 - keep);
    ++count;
  }
}

Term running_coral(const at::Tensor& z, const Groups& groups, const RunningMoments& running, const RunningCoralOptions& options) {
  require(groups.count() == running.batches.size(0), "running moments speak of the groups that they were made for");
  const auto now = group_moments(z, groups, options.min_cells);
  const auto* seen = running.batches.const_data_ptr<std::int64_t>();
  std::vector<at::Tensor> means, covariances;
  // The value of the blend with the derivative of the batch.
  const auto blend = [&](const at::Tensor& batch, const at::Tensor& before, bool known) {
    if (!known) return batch;
    return batch + (running.decay * (before.to(batch.options()) - batch)).detach();
  };
  for (std::int64_t group = 0; group < groups.count(); ++group) {
    const auto at = std::find(now.groups.begin(), now.groups.end(), group);
    const auto mean = running.mean.select(0, group), covariance = running.covariance.select(0, group);
    if (at != now.groups.end()) {
      const auto batch = now.of(at - now.groups.begin());
      means.push_back(blend(batch.mean, mean, seen[group] > 0));
      covariances.push_back(blend(batch.covariance, covariance, seen[group] > 0));
    } else if (seen[group] > 0) {
      means.push_back(mean.to(z.options()).clone());
      covariances.push_back(covariance.to(z.options()).clone());
    }
  }
  if (now.count() == 0)
    return Term::absent("the batch has no " + std::string(options.what) + " of at least " + std::to_string(options.min_cells) + " cells");
  if (means.size() < 2) return Term::absent("only one " + std::string(options.what) + " is known so far, and a pair needs two");
  const auto k = static_cast<double>(means.size()), d = static_cast<double>(z.size(1));
  const auto m = at::stack(means), c = at::stack(covariances);                   // (K, D), (K, D, D)
  const auto of_covariances = (c - c.mean(0, /*keepdim=*/true)).pow(2).sum() * (2 / ((k - 1) * d * d));
  if (options.form == CoralForm::deep_coral) return Term::of(0.25 * of_covariances);
  return Term::of((m - m.mean(0, /*keepdim=*/true)).pow(2).sum() * (2 / ((k - 1) * d)) + of_covariances);
}

}  // namespace geocyte::losses
