// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/groups.h"

#include <ATen/ops/from_blob.h>

#include <utility>

#include "engine/core/check.h"

namespace geocyte::losses {

Groups::Groups(std::span<const std::int64_t> labels, std::int64_t count, c10::Device device)
    : labels_(labels.begin(), labels.end()), device_(device) {
  require(count >= 0, "a number of groups is not negative");
  sizes_.assign(count, 0);
  for (const auto label : labels_) {
    require(label >= -1 && label < count, "the label of a cell is -1 or below the number of groups");
    if (label >= 0) ++sizes_[label];
  }
  label_tensor_ = at::from_blob(labels_.data(), {cells()}, at::TensorOptions().dtype(at::kLong)).clone().to(device);
}

std::vector<std::int64_t> Groups::of_at_least(std::int64_t min_cells) const {
  std::vector<std::int64_t> groups;
  for (std::int64_t group = 0; group < count(); ++group)
    if (sizes_[group] >= min_cells) groups.push_back(group);
  return groups;
}

std::vector<std::int64_t> Groups::members(std::int64_t group) const {
  std::vector<std::int64_t> cells_of_group;
  for (std::int64_t cell = 0; cell < cells(); ++cell)
    if (labels_[cell] == group) cells_of_group.push_back(cell);
  return cells_of_group;
}

Groups Groups::within(const Groups& other, std::int64_t wanted) const {
  require(cells() == other.cells(), "two groupings speak of the same cells");
  auto labels = labels_;
  for (std::size_t cell = 0; cell < labels.size(); ++cell)
    if (other.labels_[cell] != wanted) labels[cell] = -1;
  return Groups(labels, count(), device_);
}

}  // namespace geocyte::losses
