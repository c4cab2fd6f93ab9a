// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_curves/bucket_pyramid.h"

#include <algorithm>
#include <cmath>

namespace geocyte::widgets::loss_curves {
namespace {

constexpr std::size_t kShift = 3;  // samples a bucket of level 0: 2^3

}  // namespace

void BucketPyramid::clear() {
  points_.clear();
  missing_.clear();
  levels_.clear();
}

BucketPyramid::Bucket BucketPyramid::joined(std::size_t level, std::size_t index) const {
  Bucket bucket;
  if (level == 0) {
    const auto begin = points_.begin() + static_cast<std::ptrdiff_t>(index << kShift);
    const auto [low, high] = std::minmax_element(begin, begin + (std::ptrdiff_t{1} << kShift),
                                                 [](const Point& a, const Point& b) { return a.value < b.value; });
    bucket = {*low, *high};
  } else {
    const Bucket &a = levels_[level - 1][2 * index], &b = levels_[level - 1][2 * index + 1];
    bucket.low = b.low.value < a.low.value ? b.low : a.low;
    bucket.high = b.high.value > a.high.value ? b.high : a.high;
  }
  return bucket;
}

void BucketPyramid::append(double step, double value) {
  if (!std::isfinite(step)) return;
  if (!std::isfinite(value)) {
    missing_.push_back(step);
    return;
  }
  if (!points_.empty() && step < points_.back().step) return;
  points_.push_back({step, value});
  // A bucket is made when its last sample has come; what is not yet in one is read from the level below.
  std::size_t whole = points_.size() >> kShift;
  for (std::size_t level = 0; whole > 0; ++level, whole >>= 1) {
    if (level == levels_.size()) levels_.emplace_back();
    if (levels_[level].size() == whole) break;
    levels_[level].push_back(joined(level, whole - 1));
  }
}

std::size_t BucketPyramid::lowerIndex(double step) const {
  const auto at = std::lower_bound(points_.begin(), points_.end(), step, [](const Point& p, double s) { return p.step < s; });
  return static_cast<std::size_t>(at - points_.begin());
}

void BucketPyramid::extremesOfRange(std::size_t begin, std::size_t end, Bucket* out, bool* any) const {
  const auto take = [&](const Point& low, const Point& high) {
    if (!*any || low.value < out->low.value) out->low = low;
    if (!*any || high.value > out->high.value) out->high = high;
    *any = true;
  };
  while (begin < end) {
    // The largest finished bucket that starts here and ends in the range.
    std::size_t level = 0, length = std::size_t{1} << kShift;
    bool found = false;
    while (level < levels_.size() && begin % length == 0 && begin + length <= end && begin / length < levels_[level].size()) {
      found = true;
      ++level;
      length <<= 1;
    }
    if (!found) {
      take(points_[begin], points_[begin]);
      ++begin;
      continue;
    }
    length >>= 1;
    const Bucket& bucket = levels_[level - 1][begin / length];
    take(bucket.low, bucket.high);
    begin += length;
  }
}

std::vector<Point> BucketPyramid::sample(double from, double to, int columns) const {
  std::vector<Point> out;
  if (points_.empty() || columns < 1 || !(from <= to)) return out;
  std::size_t begin = lowerIndex(from), end = lowerIndex(to);
  while (end < points_.size() && points_[end].step <= to) ++end;
  const auto add = [&](const Point& p) {
    if (out.empty() || out.back().step != p.step || out.back().value != p.value) out.push_back(p);
  };
  if (begin > 0) add(points_[begin - 1]);
  const std::size_t count = end - begin;
  if (count <= 2 * static_cast<std::size_t>(columns)) {
    for (std::size_t i = begin; i < end; ++i) add(points_[i]);
  } else {
    std::size_t length = std::size_t{1} << kShift;
    while (length < points_.size() && (count + length - 1) / length + 1 > static_cast<std::size_t>(columns)) length <<= 1;
    // Buckets start at multiples of their length, so that a growing or sliding window keeps showing the same extremes.
    for (std::size_t at = begin; at < end;) {
      const std::size_t stop = std::min(end, (at / length + 1) * length);
      Bucket bucket{};
      bool any = false;
      extremesOfRange(at, stop, &bucket, &any);
      const bool low_first = bucket.low.step <= bucket.high.step;
      add(low_first ? bucket.low : bucket.high);
      add(low_first ? bucket.high : bucket.low);
      at = stop;
    }
    if (out.back().step < points_[end - 1].step) add(points_[end - 1]);
  }
  if (end < points_.size()) add(points_[end]);
  return out;
}

bool BucketPyramid::extremes(double from, double to, double* low, double* high) const {
  if (points_.empty() || !(from <= to)) return false;
  const std::size_t begin = lowerIndex(from);
  std::size_t end = lowerIndex(to);
  while (end < points_.size() && points_[end].step <= to) ++end;
  Bucket bucket{};
  bool any = false;
  extremesOfRange(begin, end, &bucket, &any);
  if (!any) return false;
  *low = bucket.low.value;
  *high = bucket.high.value;
  return true;
}

const Point* BucketPyramid::nearest(double step) const {
  if (points_.empty()) return nullptr;
  const std::size_t above = std::min(lowerIndex(step), points_.size() - 1);
  if (above > 0 && std::abs(points_[above - 1].step - step) <= std::abs(points_[above].step - step)) return &points_[above - 1];
  return &points_[above];
}

}  // namespace geocyte::widgets::loss_curves
