// SPDX-License-Identifier: GPL-3.0-or-later
// One curve of a tile: the shared series, and its raw and smoothed pyramids, which only ever take what is new. The pyramids
// stand over what the axis counts: steps, hours since the curve began, or seconds since 1970.
#pragma once

#include "widgets/base/curve_set.h"
#include "widgets/base/shared_models.h"
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
  /// Hours and clock leave out samples whose time is not known.
  void setUnit(StepUnit unit);
  /// Where a step stands on the axis, and which step stands there: the nearest sample's; steps are themselves.
  double axisOf(double step) const;
  double stepAt(double position) const;
  void setColor(const QColor& color) { curve_.color = color; }

  const Curve& curve() const { return curve_; }
  const BucketPyramid& raw() const { return raw_; }
  const BucketPyramid& smooth() const { return smooth_; }
  double last() const;                              ///< position of the last sample, NaN ones too; 0 when empty
  double first() const;
  double lastStep() const;

 private:
  void restart();
  void takeNew();
  double positionOf(std::size_t sample) const;
  Curve curve_;
  double amount_, unit_;
  StepUnit counted_ = StepUnit::step;
  Smoother smoother_;
  BucketPyramid raw_, smooth_;
  std::size_t taken_ = 0;
};

}  // namespace geocyte::widgets::loss_curves
