// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/pair_form.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "engine/core/check.h"
#include "engine/kernels/pair_tile.h"
#include "engine/kernels/team.h"

namespace geocyte::kernels {
namespace {

constexpr double kSmallWork = 2e7;   // flops below which starting a thread costs more than it saves

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

/// Points in blocks that no group shares; only the pairs of a block with itself and with later blocks are visited.
template <class T>
class Form {
 public:
  Form(const T* points, std::span<const std::int64_t> sizes, std::int64_t dims, const PairFormOptions& options)
      : options_(options), tile_(pair_tile<T>(options.isa)), dims_(dims), rows_(total(sizes)) {
    const auto origin = mean_of(points, rows_, dims);
    std::int64_t first = 0;
    for (const std::int64_t size : sizes) {
      for (std::int64_t at = 0; at < size; at += kBlock) blocks_.push_back({std::ssize(groups_), at, std::min(kBlock, size - at), first + at});
      groups_.push_back(pack_points(points + first * dims, size, dims, origin));
      first += size;
    }
    for (const double width : options.widths) precision_.push_back(static_cast<T>(1 / (width * width)));
    T longest = 0;
    for (const auto& group : groups_) {
      present_.emplace_back(group.padded_rows(), T(0));
      std::fill_n(present_.back().begin(), group.rows, T(1));
      half_.emplace_back(group.padded_rows(), T(0));
      for (std::int64_t i = 0; i < group.rows; ++i) {
        double squared = 0;
        for (std::int64_t d = 0; d < dims; ++d) squared += static_cast<double>(group.row(i)[d]) * static_cast<double>(group.row(i)[d]);
        half_.back()[i] = static_cast<T>(squared / 2);
        longest = std::max(longest, half_.back()[i]);
      }
    }
    const double narrowest = options.widths.empty() ? 0 : *std::min_element(options.widths.begin(), options.widths.end());
    products_ = 2 * static_cast<double>(longest) <= 16 * narrowest * narrowest;
    count_ = std::ssize(blocks_);
    value_.assign(count_ * count_, 0);
    if (!options.gradient) return;
    slope_.assign(count_ * count_ * kBlock, T(0));
    kept_ = std::make_unique_for_overwrite<T[]>(count_ * (count_ + 1) / 2 * kBlock * kBlock);
    gradient_.assign(rows_ * dims, T(0));
  }

  PairFormResult<T> run() {
    const auto n = static_cast<double>(rows_);
    Team team(n * n * static_cast<double>(2 * dims_ + 12) < kSmallWork ? 1 : options_.threads);
    team.run(count_, [&](std::int64_t i) { visit(i); });
    if (options_.gradient) team.run(count_, [&](std::int64_t i) { collect(i); });
    const std::int64_t k = std::ssize(groups_);
    PairFormResult<T> result;
    result.sums.assign(k * k, 0);
    for (std::int64_t i = 0; i < count_; ++i)
      for (std::int64_t j = i; j < count_; ++j) {
        result.sums[blocks_[i].group * k + blocks_[j].group] += value_[i * count_ + j];
        if (j > i) result.sums[blocks_[j].group * k + blocks_[i].group] += value_[i * count_ + j];
      }
    for (std::int64_t c = 0; c < k * k; ++c) result.value += options_.coefficients[c] * result.sums[c];
    result.gradient = std::move(gradient_);
    return result;
  }

 private:
  struct Block {
    std::int64_t group, first, live, row;      ///< its group, where it begins there, its points, where it begins among all
  };

  double coefficient(const Block& a, const Block& b) const { return options_.coefficients[a.group * std::ssize(groups_) + b.group]; }
  T* kept(std::int64_t i, std::int64_t j) { return kept_.get() + (i * count_ - i * (i - 1) / 2 + j - i) * kBlock * kBlock; }
  /// Sums of phi' of the points of block i over block j.
  T* slope(std::int64_t i, std::int64_t j) { return slope_.data() + (i * count_ + j) * kBlock; }

  /// The pairs of a block with itself and with later ones: sums of phi, and phi' for the gradient.
  void visit(std::int64_t i) {
    const Block& a = blocks_[i];
    const PackedPoints<T>& mine = groups_[a.group];
    const std::int64_t rows = padded(a.live, kRowStep);
    alignas(64) T own[kBlock * kBlock];
    for (std::int64_t j = i; j < count_; ++j) {
      const Block& b = blocks_[j];
      const PackedPoints<T>& other = groups_[b.group];
      const Tile<T> tile{options_.gradient ? kept(i, j) : own, kBlock, rows, kBlock};
      if (products_) tile_.product(mine.row(a.first), mine.width, half_[a.group].data() + a.first, other.panel(b.first), half_[b.group].data() + b.first, dims_, tile);
      else tile_.cost(mine.row(a.first), mine.width, other.panel(b.first), dims_, false, tile);
      if (products_ && i == j)
        for (std::int64_t r = 0; r < rows; ++r) tile.data[r * kBlock + r] = 0;
      T values[kBlock] = {}, slopes[kBlock] = {};
      tile_.profile(tile, {precision_.data(), static_cast<int>(precision_.size()), present_[b.group].data() + b.first, values, slopes});
      double value = 0;
      for (std::int64_t r = 0; r < a.live; ++r) value += static_cast<double>(values[r]);
      value_[i * count_ + j] = value;
      if (!options_.gradient) continue;
      std::copy_n(slopes, kBlock, slope(i, j));
      if (i == j) continue;
      T* across = slope(j, i);
      for (std::int64_t r = 0; r < a.live; ++r)
        for (std::int64_t c = 0; c < kBlock; ++c) across[c] += tile.data[r * kBlock + c];
    }
  }

  /// The gradient of the points of a block, from the kept tiles of its row and of its column.
  void collect(std::int64_t i) {
    const Block& a = blocks_[i];
    const PackedPoints<T>& mine = groups_[a.group];
    const std::int64_t rows = padded(a.live, kRowStep);
    std::vector<T> inward(rows * mine.width), outward(rows * mine.width);
    double slopes[kBlock] = {};
    for (std::int64_t j = 0, end = 0; j < count_; j = end) {
      const Block& first = blocks_[j];
      const double c = coefficient(a, first);
      std::fill(inward.begin(), inward.end(), T(0));
      for (end = j; end < count_ && blocks_[end].group == first.group; ++end) {
        const Block& b = blocks_[end];
        const PackedPoints<T>& other = groups_[b.group];
        for (std::int64_t r = 0; r < a.live; ++r) slopes[r] += c * static_cast<double>(slope(i, end)[r]);
        if (end >= i) tile_.accumulate(kept(i, end), kBlock, 1, rows, b.live, other.row(b.first), other.width, inward.data());
        else tile_.accumulate(kept(end, i), 1, kBlock, rows, b.live, other.row(b.first), other.width, inward.data());
      }
      for (std::size_t at = 0; at < inward.size(); ++at) outward[at] += static_cast<T>(c) * inward[at];
    }
    for (std::int64_t r = 0; r < a.live; ++r)
      for (std::int64_t d = 0; d < dims_; ++d)
        gradient_[(a.row + r) * dims_ + d] =
            static_cast<T>(2 * (slopes[r] * static_cast<double>(mine.row(a.first + r)[d]) - static_cast<double>(outward[r * mine.width + d])));
  }

  const PairFormOptions& options_;
  PairTile<T> tile_;
  std::int64_t dims_, rows_, count_ = 0;     ///< count_: blocks
  bool products_ = false;
  std::vector<PackedPoints<T>> groups_;
  std::vector<std::vector<T>> present_;      ///< of each group 1, and 0 for padding
  std::vector<std::vector<T>> half_;         ///< of each group |x|^2 / 2
  std::vector<Block> blocks_;
  std::vector<T> precision_, gradient_;
  std::vector<double> value_;                ///< (blocks, blocks) sums of phi
  std::vector<T> slope_;                     ///< (blocks, blocks, kBlock)
  std::unique_ptr<T[]> kept_;                ///< phi' of the upper half of the blocks
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
