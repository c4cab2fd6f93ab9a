// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a long curve with few points and loses no spike.
//
// Level 0 groups 8 consecutive samples into a bucket that keeps the smallest and the largest value with their steps; level
// l+1 joins two buckets of level l. A request for a step range and a width in pixels picks the finest level that needs at
// most one bucket a pixel column and emits the two extremes of each bucket in step order, then the last sample: at most
// two points a column, and every extreme of the data is among them.
// Appending is amortised O(1); a request is O(columns + log n). Memory: about n/4 buckets in all.
// NaN and infinity are not part of a bucket; their steps are kept apart (missing()).
#pragma once

#include <cstddef>
#include <vector>

namespace geocyte::widgets::loss_curves {

struct Point {
  double step, value;
};

class BucketPyramid {
 public:
  /// Steps ascend; a smaller step than the last one is a programming error of the reader and is dropped.
  void append(double step, double value);
  void clear();
  std::size_t size() const { return points_.size(); }             ///< finite samples
  const std::vector<double>& missing() const { return missing_; }   ///< steps of non-finite samples
  const std::vector<Point>& points() const { return points_; }

  /// At most 2 * columns + 4 points that cover [from, to], with one neighbour beyond each end so that lines reach the edge.
  std::vector<Point> sample(double from, double to, int columns) const;
  /// Smallest and largest value in [from, to], exact; false when there is none. O(log n).
  bool extremes(double from, double to, double* low, double* high) const;
  /// The sample nearest to a step; nullptr when empty.
  const Point* nearest(double step) const;

 private:
  struct Bucket {
    Point low, high;
  };
  Bucket joined(std::size_t level, std::size_t index) const;
  std::size_t lowerIndex(double step) const;
  void extremesOfRange(std::size_t begin, std::size_t end, Bucket* out, bool* any) const;

  std::vector<Point> points_;
  std::vector<double> missing_;
  std::vector<std::vector<Bucket>> levels_;   ///< levels_[l][i] covers samples [8i 2^l, 8(i+1) 2^l)
};

}  // namespace geocyte::widgets::loss_curves
