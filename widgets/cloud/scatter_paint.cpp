// SPDX-License-Identifier: GPL-3.0-or-later
// What the canvas paints: points, densities, outlines, legends.
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <set>

#include "widgets/cloud/cloud_colors.h"
#include "widgets/cloud/density.h"
#include "widgets/cloud/scatter_canvas.h"
#include "widgets/cloud/splat.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::cloud {
namespace {

constexpr std::size_t kLayers = 8;
constexpr double kDim = 0.15, kLegendRow = 18, kLegendLeft = 14, kLegendWidth = 170;
constexpr double kDensityCell = 3, kDensityBlur = 8 / kDensityCell, kContourBlur = 14 / kDensityCell;   // pixels a cell; of the kernel, in cells
constexpr double kMasses[] = {0.3, 0.6, 0.9};
constexpr std::size_t kMostOutlined = 16, kFewestOutlined = 10;

}  // namespace

void ScatterCanvas::drawPoints() {
  const double dpr = devicePixelRatioF();
  const QSize pixels = (QSizeF(size()) * dpr).toSize();
  if (image_.size() != pixels) image_ = QImage(pixels, QImage::Format_RGB32);
  image_.setDevicePixelRatio(1);
  const QColor panel = themeColors().panel;
  image_.fill(panel);
  SplatStyle style, dim;
  style.diameter = dim.diameter = diameter_ * dpr;
  style.colors.push_back(missing_.rgb());
  for (const LegendEntry& entry : legend_) style.colors.push_back(entry.color.rgb());
  for (const QRgb color : style.colors) dim.colors.push_back(mixed(panel, QColor(color), kDim).rgb());
  const PlaneMap map = map_.scaledBy(dpr);
  if (underlay_ && !isAnimating()) underlay_(image_, map);
  // Behind outlines the points only say where the cloud is.
  if (mode_ == Mode::contours)
    for (QRgb& color : style.colors) color = mixed(panel, QColor(color), 0.3).rgb();
  if (mask_.empty()) {
    drawLayers(style, panel, map, mask_, true);
  } else {
    drawLayers(dim, panel, map, mask_, false);
    drawLayers(style, panel, map, mask_, true);
  }
  image_.setDevicePixelRatio(dpr);
}

void ScatterCanvas::drawLayers(const SplatStyle& style, const QColor& panel, const PlaneMap& map, const std::vector<std::uint8_t>& mask, bool wanted) {
  if (!has_depth_ || order_.size() < kLayers) return splat(image_, shown_, category_, order_, map, style, mask, wanted);
  // Far to near: as many points in each layer, each a little larger and stronger than the one behind it.
  for (std::size_t layer = 0; layer < kLayers; ++layer) {
    const double near = static_cast<double>(layer) / (kLayers - 1);
    SplatStyle own = style;
    own.diameter = style.diameter * (0.8 + 0.5 * near);
    for (QRgb& color : own.colors) color = mixed(panel, QColor(color), 0.4 + 0.6 * near).rgb();
    const auto at = [&](std::size_t k) { return order_.begin() + static_cast<std::ptrdiff_t>(order_.size() * k / kLayers); };
    splat(image_, shown_, category_, std::vector<std::uint32_t>(at(layer), at(layer + 1)), map, own, mask, wanted);
  }
}

void ScatterCanvas::drawDensity() {
  const double dpr = devicePixelRatioF();
  const QSize pixels = (QSizeF(size()) * dpr).toSize();
  const ThemeColors& c = themeColors();
  const DensityGrid grid = densityOf(shown_, map_, size(), kDensityCell, kDensityBlur, [this](std::size_t i) { return isKept(i); });
  const double highest = grid.highest();
  QImage small(grid.width, grid.height, QImage::Format_RGB32);
  for (int y = 0; y < grid.height; ++y) {
    auto* line = reinterpret_cast<QRgb*>(small.scanLine(y));
    for (int x = 0; x < grid.width; ++x) {
      // Square root: sparse parts stay visible beside dense ones. Below a fiftieth of the densest it fades into the ground.
      const double t = highest > 0 ? std::sqrt(grid.at(x, y) / highest) : 0;
      line[x] = mixed(c.panel, rampColor(t, c.dark), std::clamp(t / 0.14, 0.0, 1.0)).rgb();
    }
  }
  image_ = QImage(pixels, QImage::Format_RGB32);
  image_.setDevicePixelRatio(1);
  image_.fill(c.panel);
  QPainter painter(&image_);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(QRectF(0, 0, grid.width * kDensityCell * dpr, grid.height * kDensityCell * dpr), small);
  painter.end();
  image_.setDevicePixelRatio(dpr);
}

void ScatterCanvas::paintContours(QPainter& painter) const {
  const auto outline = [&](const QColor& color, auto keep) {
    const DensityGrid grid = densityOf(shown_, map_, size(), kDensityCell, kContourBlur, keep);
    for (std::size_t level = 0; level < std::size(kMasses); ++level) {
      painter.setPen(QPen(mixed(themeColors().panel, color, 1 - 0.25 * static_cast<double>(level)), level == 0 ? 2 : 1.25));
      const std::vector<QLineF> lines = contour(grid, massLevel(grid, kMasses[level]));
      painter.drawLines(lines.data(), static_cast<int>(lines.size()));
    }
  };
  if (!ramp_.title.isEmpty() || legend_.empty() || legend_.size() > kMostOutlined) return outline(themeColors().ink, [this](std::size_t i) { return isKept(i); });
  for (std::size_t k = 0; k < legend_.size(); ++k) {
    const auto mine = [&](std::size_t i) { return category_[i] == static_cast<std::int32_t>(k) && isKept(i); };
    std::size_t count = 0;
    for (std::size_t i = 0; i < category_.size(); ++i) count += mine(i);
    if (count >= kFewestOutlined) outline(legend_[k].color, mine);   // fewer points have no shape
  }
}

void ScatterCanvas::paintRamp(QPainter& painter) const {
  const ThemeColors& c = themeColors();
  const QFontMetricsF metrics(captionFont());
  const double width = 130, top = height() - 48;
  QColor veil = c.panel;
  veil.setAlphaF(0.82F);
  painter.fillRect(QRectF(kLegendLeft - 4, top - 2, width + 8, 46), veil);
  painter.setFont(captionFont());
  painter.setPen(c.ink);
  painter.drawText(QRectF(kLegendLeft, top, width, 16), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(ramp_.title, Qt::ElideMiddle, width));
  const double step = width / static_cast<double>(std::max<std::size_t>(1, legend_.size()));
  painter.setRenderHint(QPainter::Antialiasing, false);
  for (std::size_t i = 0; i < legend_.size(); ++i) painter.fillRect(QRectF(kLegendLeft + step * static_cast<double>(i), top + 18, step + 1, 8), legend_[i].color);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(c.dim);
  painter.drawText(QRectF(kLegendLeft, top + 27, width, 16), Qt::AlignLeft | Qt::AlignVCenter, ramp_.low);
  painter.drawText(QRectF(kLegendLeft, top + 27, width, 16), Qt::AlignRight | Qt::AlignVCenter, ramp_.high);
}

void ScatterCanvas::paintCorner(QPainter& painter) const {
  if (corner_.isEmpty()) return;
  const ThemeColors& c = themeColors();
  const QFontMetricsF metrics(strongFont());
  const QString text = metrics.elidedText(corner_, Qt::ElideMiddle, width() - 2 * kLegendLeft);
  QColor veil = c.panel;
  veil.setAlphaF(0.82F);
  painter.fillRect(QRectF(kLegendLeft - 4, 4, metrics.horizontalAdvance(text) + 8, 20), veil);
  painter.setFont(strongFont());
  painter.setPen(c.dim);
  painter.drawText(QRectF(kLegendLeft, 4, width(), 20), Qt::AlignLeft | Qt::AlignVCenter, text);
}

void ScatterCanvas::paintArea(QPainter& painter) const {
  QPolygonF outline = drawing_;
  if (outline.isEmpty())
    for (const QPointF& p : area_) outline << map_.toPixel(p.x(), p.y());
  if (outline.size() < 2) return;
  QPen pen(themeColors().ink, 1, Qt::CustomDashLine);
  pen.setDashPattern({3, 3});
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawPolygon(outline);
}

int ScatterCanvas::legendShown() const {
  const int room = static_cast<int>((height() - (corner_.isEmpty() ? 20 : 44)) / kLegendRow);
  const int all = static_cast<int>(legend_.size());
  return !ramp_.title.isEmpty() ? 0 : all + (coloursRepeat() ? 1 : 0) <= room ? all : std::clamp(room - 1, 0, all);
}

bool ScatterCanvas::coloursRepeat() const {
  std::set<QRgb> seen;
  return !std::all_of(legend_.begin(), legend_.end(), [&](const LegendEntry& entry) { return seen.insert(entry.color.rgb()).second; });
}

QString ScatterCanvas::legendNote() const {
  const int more = static_cast<int>(legend_.size()) - legendShown();
  if (!ramp_.title.isEmpty()) return {};
  if (coloursRepeat()) return more > 0 ? tr("%1 more, colours repeat").arg(more) : tr("colours repeat");
  return more > 0 ? tr("and %1 more").arg(more) : QString();
}

QRectF ScatterCanvas::legendRect(int category) const {
  const int lines = legendShown() + (legendNote().isEmpty() ? 0 : 1);
  return {kLegendLeft, height() - 6 - kLegendRow * (lines - category), std::min(kLegendWidth, width() - 2 * kLegendLeft), kLegendRow};
}

int ScatterCanvas::legendAt(const QPointF& at) const {
  const QFontMetricsF metrics(captionFont());
  for (int i = 0; i < legendShown(); ++i) {
    QRectF where = legendRect(i);
    where.setWidth(std::min(where.width(), 22 + metrics.horizontalAdvance(legend_[static_cast<std::size_t>(i)].name)));
    if (where.contains(at)) return i;
  }
  return -1;
}

void ScatterCanvas::paintLegend(QPainter& painter) const {
  const ThemeColors& c = themeColors();
  const QFontMetricsF metrics(captionFont());
  const bool any = std::any_of(legend_.begin(), legend_.end(), [](const LegendEntry& e) { return e.selected; });
  painter.setFont(captionFont());
  const int shown = legendShown();
  const auto line = [&](int row, const QString& text, const QColor& ink) {
    const QRectF where = legendRect(row);
    const QString name = metrics.elidedText(text, Qt::ElideMiddle, where.width() - 20);
    // A veil of the panel's colour, so that names stay readable above points.
    QColor veil = c.panel;
    veil.setAlphaF(0.82F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(veil);
    painter.drawRect(QRectF(where.left() - 3, where.top(), metrics.horizontalAdvance(name) + 24, where.height()));
    painter.setPen(ink);
    painter.drawText(where.adjusted(16, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, name);
  };
  for (int i = 0; i < shown; ++i) {
    const LegendEntry& entry = legend_[static_cast<std::size_t>(i)];
    line(i, entry.name, entry.selected || !any ? c.ink : c.dim);
    painter.setPen(Qt::NoPen);
    painter.setBrush(entry.color);
    painter.drawEllipse(QPointF(kLegendLeft + 5, legendRect(i).center().y()), 4.5, 4.5);
  }
  if (const QString note = legendNote(); !note.isEmpty()) line(shown, note, c.dim);
}

}  // namespace geocyte::widgets::cloud
