// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cloud/point_cloud.h"

#include <QImage>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace geocyte::widgets::cloud {

bool PointCloud::isShown(std::size_t i) const { return std::isfinite(x[i]) && std::isfinite(y[i]); }

std::size_t PointCloud::shownCount() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < size(); ++i) count += isShown(i);
  return count;
}

QRectF PointCloud::bounds() const {
  double left = INFINITY, right = -INFINITY, low = INFINITY, high = -INFINITY;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!isShown(i)) continue;
    left = std::min<double>(left, x[i]), right = std::max<double>(right, x[i]);
    low = std::min<double>(low, y[i]), high = std::max<double>(high, y[i]);
  }
  if (!(left <= right)) return {};
  // One point, or all on a line: room around it, or there is nothing to look at.
  const double least = std::max({right - left, high - low, 1e-6 * std::max(std::abs(left), std::abs(low)), 1e-6});
  const double grow_x = std::max(0.0, 0.1 * least - (right - left)) / 2, grow_y = std::max(0.0, 0.1 * least - (high - low)) / 2;
  return QRectF(QPointF(left - grow_x, low - grow_y), QPointF(right + grow_x, high + grow_y));
}

QPointF PlaneMap::toData(const QPointF& pixel) const {
  return {(pixel.x() - origin_x) / scale, (y_down ? pixel.y() - origin_y : origin_y - pixel.y()) / scale};
}

PlaneMap PlaneMap::fit(const QRectF& bounds, const QRectF& area, bool y_down) {
  PlaneMap map;
  map.y_down = y_down;
  if (bounds.isEmpty() || area.isEmpty()) return map;
  map.scale = std::min(area.width() / bounds.width(), area.height() / bounds.height());
  const QPointF middle = bounds.center();
  map.origin_x = area.center().x() - map.scale * middle.x();
  map.origin_y = area.center().y() + (y_down ? -1 : 1) * map.scale * middle.y();
  return map;
}

std::vector<std::uint32_t> drawOrder(std::size_t n) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  // Fisher-Yates with splitmix64: the standard library's shuffle differs between implementations.
  std::uint64_t state = 0x6765'6f63'7974'65ULL;
  for (std::size_t i = n; i > 1; --i) {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    std::swap(order[i - 1], order[(z ^ (z >> 31)) % i]);
  }
  return order;
}

std::vector<std::uint8_t> pointsInside(const PointCloud& cloud, const PlaneMap& map, const QPolygonF& area, const QSize& size) {
  std::vector<std::uint8_t> inside(cloud.size(), 0);
  if (size.isEmpty() || area.size() < 3) return inside;
  QImage mask(size, QImage::Format_Grayscale8);
  mask.fill(0);
  QPainter painter(&mask);
  painter.setPen(Qt::NoPen);
  painter.setBrush(Qt::white);
  painter.drawPolygon(area, Qt::WindingFill);
  painter.end();
  for (std::size_t i = 0; i < cloud.size(); ++i) {
    const double px = map.pixelX(cloud.x[i]), py = map.pixelY(cloud.y[i]);
    if (!(px >= 0 && py >= 0 && px < size.width() && py < size.height())) continue;  // NaN fails every comparison
    inside[i] = mask.constScanLine(static_cast<int>(py))[static_cast<int>(px)] != 0;
  }
  return inside;
}

}  // namespace geocyte::widgets::cloud
