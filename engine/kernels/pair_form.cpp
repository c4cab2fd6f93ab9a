// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/pair_form.h"

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"
#include "engine/kernels/pair_tile.h"
#include "engine/kernels/team.h"

namespace geocyte::kernels {
namespace {

constexpr double kSmallWork = 3e6;   // flops below which starting a thread costs more than it saves

std::int64_t total(std::span<const std::int64_t> sizes) {
  std::int64_t n = 0;
  for (const std::int64_t size : sizes) n += size;
  return n;
}

template <class T>
std::vector<double> mean_of(const T* points, std::int64_t rows, std::int64_t dims) {
  std::vector<double> mean(dims, 0);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t d = 0; d < dims; ++d) mean[d] += static_cast<double>(points[i * dims + d]) / static_cast<double>(rows);
  for (double& m : mean) m = std::isfinite(m) ? m : 0;
  return mean;
}

template <class T>
class Form {
 public:
  Form(const T* points, std::span<const std::int64_t> sizes, std::int64_t dims, const PairFormOptions& options)
      : options_(options), tile_(pair_tile<T>(options.isa)), dims_(dims) {
    const auto origin = mean_of(points, total(sizes), dims);
    for (const std::int64_t size : sizes) {
      first_row_.push_back(rows_);
      rows_ += size;
      for (std::int64_t block = 0; block * kBlock < size; ++block) blocks_.push_back({groups_.size(), block});
      groups_.push_back(pack_points(points, size, dims, origin));
      points += size * dims;
    }
    for (const double width : options.widths) precision_.push_back(static_cast<T>(1 / (width * width)));
    for (const auto& group : groups_) {
      present_.emplace_back(group.padded_rows(), T(0));
      std::fill_n(present_.back().begin(), group.rows, T(1));
    }
    const std::int64_t k = std::ssize(groups_);
    block_sums_.assign(std::ssize(blocks_) * k, 0);
    if (options.gradient) gradient_.assign(rows_ * dims, T(0));
  }

  PairFormResult<T> run() {
    const auto n = static_cast<double>(rows_);
    Team team(n * n * static_cast<double>(3 * dims_ + 12) < kSmallWork ? 1 : options_.threads);
    team.run(std::ssize(blocks_), [&](std::int64_t i) { block(i); });
    const std::int64_t k = std::ssize(groups_);
    PairFormResult<T> result;
    result.sums.assign(k * k, 0);
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      for (std::int64_t b = 0; b < k; ++b) result.sums[blocks_[i].group * k + b] += block_sums_[i * k + b];
    for (std::int64_t c = 0; c < k * k; ++c) result.value += options_.coefficients[c] * result.sums[c];
    result.gradient = std::move(gradient_);
    return result;
  }

 private:
  struct Block {
    std::size_t group;
    std::int64_t block;
  };

  /// A block of rows against all points.
  void block(std::int64_t index) {
    const auto [own, number] = blocks_[index];
    const PackedPoints<T>& mine = groups_[own];
    const std::int64_t k = std::ssize(groups_), first = number * kBlock, live = std::min(kBlock, mine.rows - first), rows = padded(live, kRowStep);
    alignas(64) T tile[kBlock * kBlock];
    std::vector<T> inward(rows * mine.width), outward(options_.gradient ? rows * mine.width : 0);
    std::vector<double> slope_total(rows, 0);
    for (std::int64_t b = 0; b < k; ++b) {
      const PackedPoints<T>& other = groups_[b];
      const double c = options_.coefficients[own * k + b];
      std::fill(inward.begin(), inward.end(), T(0));
      double value = 0;
      for (std::int64_t j = 0; j < other.padded_rows(); j += kBlock) {
        const Tile<T> costs{tile, kBlock, rows, kBlock};
        tile_.cost(mine.row(first), mine.width, other.panel(j), dims_, false, costs);
        T values[kBlock] = {}, slopes[kBlock] = {};
        tile_.profile(costs, {precision_.data(), static_cast<int>(precision_.size()), present_[b].data() + j, values, slopes});
        for (std::int64_t r = 0; r < live; ++r) value += static_cast<double>(values[r]);
        if (!options_.gradient || c == 0) continue;
        for (std::int64_t r = 0; r < live; ++r) slope_total[r] += c * static_cast<double>(slopes[r]);
        tile_.accumulate(tile, kBlock, 1, rows, std::min(kBlock, other.rows - j), other.row(j), other.width, inward.data());
      }
      block_sums_[index * k + b] = value;
      if (options_.gradient)
        for (std::size_t i = 0; i < inward.size(); ++i) outward[i] += static_cast<T>(c) * inward[i];
    }
    if (options_.gradient)
      for (std::int64_t r = 0; r < live; ++r)
        for (std::int64_t d = 0; d < dims_; ++d)
          gradient_[(first_row_[own] + first + r) * dims_ + d] =
              static_cast<T>(2 * (slope_total[r] * static_cast<double>(mine.row(first + r)[d]) - static_cast<double>(outward[r * mine.width + d])));
  }

  const PairFormOptions& options_;
  PairTile<T> tile_;
  std::int64_t dims_, rows_ = 0;
  std::vector<PackedPoints<T>> groups_;
  std::vector<std::vector<T>> present_;      ///< of each group 1, and 0 for padding
  std::vector<std::int64_t> first_row_;      ///< of each group in the given points
  std::vector<Block> blocks_;
  std::vector<T> precision_, gradient_;
  std::vector<double> block_sums_;           ///< (blocks, K)
};

}  // namespace

template <class T>
PairFormResult<T> pair_form(const T* points, std::span<const std::int64_t> sizes, std::int64_t dims, const PairFormOptions& options) {
  require(dims >= 1 && !sizes.empty(), "a pair form has points");
  for (const std::int64_t size : sizes) require(size >= 1, "a group of a pair form has at least one point");
  for (const double width : options.widths) require(width > 0, "a kernel width is above 0");
  require(options.coefficients.size() == sizes.size() * sizes.size(), "a pair form has a coefficient for each pair of groups");
  return Form<T>(points, sizes, dims, options).run();
}

template <class T>
double median_distance(const T* points, std::span<const std::int64_t> sizes, std::int64_t dims, bool within, std::int64_t most) {
  require(dims >= 1 && most >= 2, "a median is taken of distances between at least two points");
  std::vector<std::int64_t> group;
  for (std::size_t g = 0; g < sizes.size(); ++g) group.insert(group.end(), sizes[g], static_cast<std::int64_t>(g));
  const std::int64_t n = std::ssize(group), taken = std::min(n, most);
  std::vector<T> sample(taken * dims);
  for (std::int64_t i = 0; i < taken; ++i) {
    std::copy_n(points + i * n / taken * dims, dims, sample.begin() + i * dims);
    group[i] = group[i * n / taken];
  }
  const auto packed = pack_points(sample.data(), taken, dims, mean_of(sample.data(), taken, dims));
  const auto kernel = pair_tile<T>(best_isa());
  alignas(64) T tile[kBlock * kBlock];
  std::vector<T> halves;               // |x - y|^2 / 2
  for (std::int64_t i = 0; i < taken; i += kBlock)
    for (std::int64_t j = 0; j <= i; j += kBlock) {
      kernel.cost(packed.row(i), packed.width, packed.panel(j), dims, false, {tile, kBlock, kBlock, kBlock});
      for (std::int64_t a = i; a < std::min(taken, i + kBlock); ++a)
        for (std::int64_t b = j; b < std::min(a, j + kBlock); ++b)
          if (const T half = tile[(a - i) * kBlock + b - j]; std::isfinite(half) && (!within || group[a] == group[b])) halves.push_back(half);
    }
  if (halves.empty()) return 0;
  const auto middle = halves.begin() + (std::ssize(halves) - 1) / 2;
  std::nth_element(halves.begin(), middle, halves.end());
  return std::sqrt(2 * static_cast<double>(*middle));
}

template PairFormResult<float> pair_form(const float*, std::span<const std::int64_t>, std::int64_t, const PairFormOptions&);
template PairFormResult<double> pair_form(const double*, std::span<const std::int64_t>, std::int64_t, const PairFormOptions&);
template double median_distance(const float*, std::span<const std::int64_t>, std::int64_t, bool, std::int64_t);
template double median_distance(const double*, std::span<const std::int64_t>, std::int64_t, bool, std::int64_t);

}  // namespace geocyte::kernels
