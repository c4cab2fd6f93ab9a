// SPDX-License-Identifier: GPL-3.0-or-later
// One curve of a tile: the shared series, and its raw and smoothed pyramids, which only ever take what is new.
#pragma once

#include "widgets/base/curve_set.h"
#include "widgets/loss_curves/bucket_pyramid.h"
#include "widgets/loss_curves/smoothing.h"

namespace geocyte::widgets::loss_curves {

class CurveLine {
 public:
  CurveLine(Curve curve, double smoothing, double unit);
  /// Takes over name, colour and series. Starts anew where the series is another one or has shrunk.
  void update(const Curve& curve);
  /// `unit`: steps over which the weight is `amount`, see smoothing.h.
  void setSmoothing(double amount, double unit);
  void setColor(const QColor& color) { curve_.color = color; }

  const Curve& curve() const { return curve_; }
  const BucketPyramid& raw() const { return raw_; }
  const BucketPyramid& smooth() const { return smooth_; }
  double lastStep() const;                          ///< of all samples, NaN ones too; 0 when empty

 private:
  void restart();
  void takeNew();
  Curve curve_;
  double amount_, unit_;
  Smoother smoother_;
  BucketPyramid raw_, smooth_;
  std::size_t taken_ = 0;
};

}  // namespace geocyte::widgets::loss_curves
