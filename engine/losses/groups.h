// SPDX-License-Identifier: GPL-3.0-or-later
// Which group (source, patient, modality) each cell of a batch belongs to. The labels come from the host, so the sizes are
// known without asking the device; everything that the losses need of them is made once a batch and shared by all of them.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <span>
#include <vector>

namespace geocyte::losses {

class Groups {
 public:
  /// `labels`: one a cell, 0 .. count-1, or -1 for a cell that belongs to no group. Throws Error{internal} for any other.
  Groups(std::span<const std::int64_t> labels, std::int64_t count, c10::Device device = c10::kCPU);

  std::int64_t cells() const { return static_cast<std::int64_t>(labels_.size()); }
  std::int64_t count() const { return static_cast<std::int64_t>(sizes_.size()); }
  const std::vector<std::int64_t>& labels() const { return labels_; }
  const std::vector<std::int64_t>& sizes() const { return sizes_; }   ///< cells of each group, empty ones included
  c10::Device device() const { return device_; }

  /// Labels on the device, int64 (B).
  const at::Tensor& label_tensor() const { return label_tensor_; }
  /// Groups of at least `min_cells` cells, rising.
  std::vector<std::int64_t> of_at_least(std::int64_t min_cells) const;
  /// Cells of a group, rising.
  std::vector<std::int64_t> members(std::int64_t group) const;
  /// The same groups, with the cells left out that are not in group `wanted` of `other` (patients within one modality).
  /// Throws Error{internal} when the two do not speak of the same cells.
  Groups within(const Groups& other, std::int64_t wanted) const;

 private:
  std::vector<std::int64_t> labels_, sizes_;
  c10::Device device_;
  at::Tensor label_tensor_;
};

}  // namespace geocyte::losses
