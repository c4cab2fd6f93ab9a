// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/moments.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <array>

#include "engine/core/check.h"

namespace geocyte::losses {

Moments moments_of(const at::Tensor& z) {
  require(z.dim() == 2 && z.size(0) >= 1, "moments are taken of a matrix with at least one row");
  const auto n = z.size(0);
  const auto mean = z.mean(0);                                                   // (D)
  const auto centred = z - mean;                                                 // (n, D)
  return {mean, centred.t().mm(centred) / static_cast<double>(std::max<std::int64_t>(n - 1, 1)), n};
}

Moments GroupMoments::of(std::int64_t row) const {
  require(row >= 0 && row < count(), "a row of group moments exists");
  return {mean.select(0, row), covariance.select(0, row), sizes[row]};
}

at::Tensor PaddedGroups::rows_of(const at::Tensor& z) const {
  return z.index_select(0, index).view({count(), present.size(1), z.size(1)}) * present;
}

PaddedGroups padded_groups(const at::Tensor& z, const Groups& groups, std::int64_t min_cells) {
  require(min_cells >= 1, "moments are taken of groups of at least one cell");
  require(z.dim() == 2, "moments are taken of a matrix");
  require_shape("cells of grouped moments", z.sizes().slice(0, 1), std::array{groups.cells()});
  PaddedGroups padded;
  padded.groups = groups.of_at_least(min_cells);
  std::int64_t longest = 0;
  for (const auto group : padded.groups) {
    padded.sizes.push_back(groups.sizes()[group]);
    longest = std::max(longest, padded.sizes.back());
  }
  const auto k = padded.count();
  std::vector<std::int64_t> rows(k * longest, 0);
  std::vector<double> present(k * longest, 0), share(k, 0), divisor(k, 1);
  for (std::int64_t i = 0; i < k; ++i) {
    const auto members = groups.members(padded.groups[i]);
    std::copy(members.begin(), members.end(), rows.begin() + i * longest);
    std::fill_n(present.begin() + i * longest, members.size(), 1.0);
    share[i] = 1.0 / static_cast<double>(members.size());
    divisor[i] = 1.0 / static_cast<double>(std::max<std::size_t>(members.size() - 1, 1));
  }
  const auto on_device = [&](std::vector<double>& values, at::IntArrayRef shape) {
    return at::from_blob(values.data(), shape, at::TensorOptions().dtype(at::kDouble)).to(z.options(), false, /*copy=*/true);
  };
  padded.index = at::from_blob(rows.data(), {k * longest}, at::TensorOptions().dtype(at::kLong)).clone().to(z.device());
  padded.present = on_device(present, {k, longest, 1});
  padded.share = on_device(share, {k, 1});
  padded.divisor = on_device(divisor, {k, 1, 1});
  return padded;
}

GroupMoments group_moments(const at::Tensor& z, const Groups& groups, std::int64_t min_cells) {
  const auto padded = padded_groups(z, groups, min_cells);
  GroupMoments moments;
  moments.groups = padded.groups;
  moments.sizes = padded.sizes;
  const auto members = padded.rows_of(z);                                        // (K, n_max, D)
  moments.mean = members.sum(1) * padded.share;                                  // (K, D)
  const auto centred = (members - moments.mean.unsqueeze(1)) * padded.present;   // (K, n_max, D)
  moments.covariance = centred.transpose(1, 2).bmm(centred) * padded.divisor;    // (K, D, D)
  return moments;
}

}  // namespace geocyte::losses
