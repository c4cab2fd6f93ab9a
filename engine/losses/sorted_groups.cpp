// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/sorted_groups.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>

#include "engine/core/check.h"

namespace geocyte::losses {

at::Tensor SortedGroups::scatter(const at::Tensor& gradient, const at::Tensor& z) const {
  auto whole = at::zeros({z.size(0), z.size(1)}, gradient.options());
  whole.index_copy_(0, index, gradient);
  return whole.to(z.device());
}

at::Tensor SortedGroups::scalar(double value, const at::Tensor& z) const { return at::full({}, value, cells.options().device(z.device())); }

SortedGroups sorted_groups(const at::Tensor& z, const Groups& groups, std::int64_t min_cells) {
  require(min_cells >= 1, "a group that is compared has at least one cell");
  require(z.dim() == 2 && z.size(1) >= 1, "grouped cells are the rows of a matrix");
  require_shape("cells of groups", z.sizes().slice(0, 1), std::array{groups.cells()});
  SortedGroups sorted;
  sorted.groups = groups.of_at_least(min_cells);
  std::int64_t rows = 0;
  for (const auto group : sorted.groups) {
    sorted.sizes.push_back(groups.sizes()[group]);
    rows += sorted.sizes.back();
  }
  sorted.index = at::empty({rows}, at::kLong);
  auto* next = sorted.index.mutable_data_ptr<std::int64_t>();
  for (const auto group : sorted.groups) {
    const auto members = groups.members(group);
    next = std::copy(members.begin(), members.end(), next);
  }
  const auto type = z.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  sorted.cells = z.detach().to(at::TensorOptions(at::kCPU).dtype(type)).index_select(0, sorted.index).contiguous();
  return sorted;
}

std::string why_no_pair(const Groups& groups, std::int64_t min_cells, const char* what) {
  const auto enough = groups.of_at_least(min_cells).size();
  if (enough >= 2) return {};
  return "the batch has " + std::to_string(enough) + " " + what + (enough == 1 ? "" : "s") + " of at least " + std::to_string(min_cells) +
         " cells, and a pair needs two";
}

}  // namespace geocyte::losses
