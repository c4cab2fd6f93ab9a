// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/sinkhorn_memory.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "engine/core/check.h"
#include "engine/losses/group_scale.h"
#include "engine/losses/sorted_groups.h"

namespace geocyte::losses {

SinkhornMemory::SinkhornMemory(std::int64_t groups, std::int64_t dims, std::int64_t capacity, double decay) : decay_(decay) {
  require(groups >= 0 && dims >= 1 && capacity >= 0, "a memory has sizes that are not negative");
  require(decay >= 0 && decay < 1, "the decay of an average is at least 0 and below 1");
  median = register_buffer("median", at::zeros({}, at::kDouble));
  bank = register_buffer("bank", at::zeros({groups, capacity, dims}));
  seen = register_buffer("seen", at::zeros({groups}, at::kLong));
}

void SinkhornMemory::observe(const at::Tensor& z, const Groups& groups) {
  require(groups.count() == seen.size(0), "a memory speaks of the groups that it was made for");
  const c10::NoGradGuard no_grad;
  const auto sorted = sorted_groups(z, groups, 1);
  if (!sorted.cells.isfinite().all().item<bool>()) return;
  if (const double now = median_within_groups(sorted); now > 0) {
    const double before = median_distance();
    median.fill_(before > 0 ? decay_ * before + (1 - decay_) * now : now);
  }
  const std::int64_t capacity = bank.size(1);
  if (capacity == 0) return;
  std::int64_t first = 0;
  for (std::size_t k = 0; k < sorted.groups.size(); ++k) {
    const auto group = sorted.groups[k], size = sorted.sizes[k];
    auto* count = seen.mutable_data_ptr<std::int64_t>() + group;
    for (std::int64_t i = std::max<std::int64_t>(0, size - capacity); i < size; ++i)
      bank.select(0, group).select(0, (*count + i) % capacity).copy_(sorted.cells.select(0, first + i));
    *count += size;
    first += size;
  }
}

double SinkhornMemory::median_distance() const { return median.item<double>(); }

at::Tensor SinkhornMemory::remembered(std::int64_t group) const {
  require(group >= 0 && group < seen.size(0), "a memory speaks of the groups that it was made for");
  return bank.select(0, group).slice(0, 0, std::min(bank.size(1), seen.const_data_ptr<std::int64_t>()[group]));
}

}  // namespace geocyte::losses
