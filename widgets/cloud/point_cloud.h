// SPDX-License-Identifier: GPL-3.0-or-later
// Points of the plane with a category each, and the map from data to pixels.
#pragma once

#include <QPointF>
#include <QPolygonF>
#include <QRectF>
#include <QSize>

#include <cstdint>
#include <vector>

namespace geocyte::widgets::cloud {

struct PointCloud {
  std::vector<float> x, y;              ///< NaN in either = not shown
  std::size_t size() const { return x.size(); }
  bool isShown(std::size_t i) const;
  std::size_t shownCount() const;
  /// Of the shown points; a point or a line gets some room; empty without any.
  QRectF bounds() const;
};

/// Equal aspect: pixel = origin + scale * data, y upward unless y_down (images, tissue sections).
struct PlaneMap {
  double scale = 1, origin_x = 0, origin_y = 0;
  bool y_down = false;
  double pixelX(double x) const { return origin_x + scale * x; }
  double pixelY(double y) const { return y_down ? origin_y + scale * y : origin_y - scale * y; }
  QPointF toPixel(double x, double y) const { return {pixelX(x), pixelY(y)}; }
  QPointF toData(const QPointF& pixel) const;
  /// Shows all of `bounds` in `area`.
  static PlaneMap fit(const QRectF& bounds, const QRectF& area, bool y_down);
  PlaneMap scaledBy(double factor) const { return {scale * factor, origin_x * factor, origin_y * factor, y_down}; }
};

/// A permutation of 0 … n-1 that is the same on every machine: the order of drawing, so that no category hides another.
std::vector<std::uint32_t> drawOrder(std::size_t n);

/// One byte a point: inside the polygon (pixels of an area of this size) or not. The polygon is rasterised once, then each
/// point costs one look-up; against an exact test only points within a pixel of the edge can differ.
std::vector<std::uint8_t> pointsInside(const PointCloud& cloud, const PlaneMap& map, const QPolygonF& area, const QSize& size);

}  // namespace geocyte::widgets::cloud
