// SPDX-License-Identifier: GPL-3.0-or-later
// How far a place may be off, and in which direction: an ellipse about each selected cell.
//
//   S = (1/K) sum_k (y_k - x)(y_k - x)'     of the samples y_k of a cell about its place x, as they lie in the picture
//   axes: eigenvectors of S, half axes sqrt(l_1), sqrt(l_2), both scaled so that l_1 + l_2 is the square of the error to be expected, where the run says one
// Without samples a circle. Cells that expression tells nothing about along one direction have a long ellipse along it.
#include <QImage>
#include <QPainter>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "widgets/cloud/scatter_canvas.h"
#include "widgets/theme/colors.h"
#include "widgets/tissue/tissue.h"

namespace geocyte::widgets::tissue {
namespace {

constexpr std::size_t kMostEllipses = 60;

}  // namespace

bool Tissue::knowsUncertainty() const {
  const ArrayView *expected = arrays_.find(bindings_.value(QStringLiteral("uncertainty"))), *samples = arrays_.find(bindings_.value(QStringLiteral("samples")));
  const auto rows = static_cast<std::int64_t>(scene_.predicted.size());
  return (expected && expected->shape.size() == 1 && expected->shape[0] == rows && rows > 0) || (holdsPlaces(samples, true) && samples->shape[1] == rows);
}

std::optional<Ellipse> Tissue::ellipseOf(std::size_t row) const {
  const Place& place = scene_.predicted[row];
  // They are of the prediction of the run: of no other answer, and of no single sample.
  if (!isKnown(place) || !(made_.places.isEmpty() || made_.places == QLatin1String("predicted"))) return {};
  const ArrayView *expected = arrays_.find(bindings_.value(QStringLiteral("uncertainty"))), *samples = arrays_.find(bindings_.value(QStringLiteral("samples")));
  const auto rows = static_cast<std::int64_t>(scene_.predicted.size());
  const double scale = scene_.fit.n > 0 ? scene_.fit.scale : 1;
  double radius = NAN, xx = 0, yy = 0, xy = 0;
  if (expected && expected->shape.size() == 1 && expected->shape[0] == rows) radius = scale * expected->at(static_cast<std::int64_t>(row));
  std::int64_t count = 0;
  if (holdsPlaces(samples, true) && samples->shape[1] == rows) {
    const Place middle = camera_(place);
    const std::int64_t dims = samples->shape[2];
    for (std::int64_t k = 0; k < samples->shape[0]; ++k) {
      Place sample{0, 0, 0};
      for (std::int64_t d = 0; d < dims; ++d) sample[static_cast<std::size_t>(d)] = samples->at((k * rows + static_cast<std::int64_t>(row)) * dims + d);
      if (!isKnown(sample)) continue;
      const Place at = camera_(scene_.fit.n > 0 ? scene_.fit(sample) : sample);
      const double x = at[0] - middle[0], y = at[1] - middle[1];
      xx += x * x, yy += y * y, xy += x * y;
      ++count;
    }
  }
  if (count < 2 || !(xx + yy > 0)) {
    if (!(radius > 0)) return {};
    return Ellipse{place, radius / std::numbers::sqrt2, radius / std::numbers::sqrt2, 0};
  }
  const double all = (xx + yy) / static_cast<double>(count), half = std::hypot(xx - yy, 2 * xy) / (2 * static_cast<double>(count));
  const double grow = radius > 0 ? radius / std::sqrt(all) : 1;
  return Ellipse{place, grow * std::sqrt(all / 2 + half), grow * std::sqrt(std::max(0.0, all / 2 - half)), std::atan2(2 * xy, xx - yy) / 2};
}

void Tissue::paintEllipses(QImage& image, const cloud::PlaneMap& map) const {
  const std::vector<std::uint8_t> mask = selected();
  if (mask.empty() || !ellipses_->isChecked()) return;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] && scene_.in_slide[i]) rows.push_back(i);
  if (rows.size() > kMostEllipses) return;   // a heap of them says nothing
  const ThemeColors& c = themeColors();
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const std::size_t row : rows) {
    const std::optional<Ellipse> ellipse = ellipseOf(row);
    if (!ellipse) continue;
    painter.save();
    painter.translate(pixel(map, ellipse->middle));
    painter.rotate((map.y_down ? 1 : -1) * ellipse->angle * 180 / std::numbers::pi);
    painter.setBrush(mixed(c.panel, c.accent, 0.1));
    painter.setPen(QPen(mixed(c.panel, c.accent, 0.6), 1.25 * devicePixelRatioF()));
    painter.drawEllipse(QPointF(0, 0), ellipse->longer * map.scale, ellipse->shorter * map.scale);
    painter.restore();
  }
}

}  // namespace geocyte::widgets::tissue
