// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/sliced_wasserstein.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "engine/losses/sorted_groups.h"

namespace geocyte::losses {
namespace {

/// Sorted values (n, L) read at T midpoints: rows of (T, L).
at::Tensor quantiles(const at::Tensor& sorted, std::int64_t points) {
  const auto n = sorted.size(0);
  if (n == points) return sorted;
  std::vector<std::int64_t> below(points), above(points);
  std::vector<double> share(points);
  for (std::int64_t t = 0; t < points; ++t) {
    const double place = (static_cast<double>(t) + 0.5) / static_cast<double>(points) * static_cast<double>(n) - 0.5;
    const double held = std::clamp(place, 0.0, static_cast<double>(n - 1));
    below[t] = std::min(static_cast<std::int64_t>(held), n - 1);
    above[t] = std::min(below[t] + 1, n - 1);
    share[t] = held - static_cast<double>(below[t]);
  }
  const auto device = sorted.device();
  const auto weight = at::tensor(share, at::kDouble).to(sorted.options()).unsqueeze(1);                     // (T, 1)
  return sorted.index_select(0, at::tensor(below).to(device)) * (1 - weight) + sorted.index_select(0, at::tensor(above).to(device)) * weight;
}

at::Tensor sort_columns(const at::Tensor& projected) { return std::get<0>(projected.sort(0)); }

}  // namespace

at::Tensor random_directions(std::int64_t dims, std::int64_t directions, const at::Generator& generator, const at::TensorOptions& like) {
  require(dims >= 1 && directions >= 1, "directions are drawn of at least one dimension");
  const auto drawn = at::empty({dims, directions}, like).normal_(0, 1, generator);
  return drawn / drawn.norm(2, {0}, /*keepdim=*/true).clamp_min(1e-12);
}

Term sliced_wasserstein(const at::Tensor& z, const Groups& groups, const at::Tensor& directions, const SlicedWassersteinOptions& options) {
  if (auto why = why_no_pair(groups, options.min_cells, options.what); !why.empty()) return Term::absent(std::move(why));
  require(z.dim() == 2 && z.size(0) == groups.cells(), "sliced Wasserstein reads a row of each cell");
  require(directions.dim() == 2 && directions.size(0) == z.size(1) && directions.size(1) >= 1, "directions are columns of the dimension of z");
  const auto projected = z.mm(directions);                                       // (B, L)
  std::vector<at::Tensor> members;
  std::int64_t largest = 0;
  const auto kept = groups.of_at_least(options.min_cells);
  for (const auto group : kept) {
    members.push_back(projected.index_select(0, at::tensor(groups.members(group)).to(z.device())));
    largest = std::max(largest, members.back().size(0));
  }
  const auto k = static_cast<double>(members.size());
  if (options.reference == SlicedReference::pooled) {
    std::vector<std::int64_t> all;
    for (const auto group : kept) {
      const auto cells = groups.members(group);
      all.insert(all.end(), cells.begin(), cells.end());
    }
    const auto pool = sort_columns(projected.index_select(0, at::tensor(all).to(z.device())));
    at::Tensor sum;
    for (const auto& member : members) {
      const auto distance = (quantiles(sort_columns(member), pool.size(0)) - pool).pow(2).mean();
      sum = sum.defined() ? sum + distance : distance;
    }
    return Term::of(sum / k);
  }
  std::vector<at::Tensor> read;
  for (const auto& member : members) read.push_back(quantiles(sort_columns(member), largest));
  const auto q = at::stack(read);                                                // (K, T, L)
  return Term::of((q - q.mean(0, /*keepdim=*/true)).pow(2).sum(0).mean() * (2 / (k - 1)));
}

}  // namespace geocyte::losses
