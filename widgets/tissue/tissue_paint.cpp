// SPDX-License-Identifier: GPL-3.0-or-later
// What lies below the points: true places as quiet dots with a line to the predicted ones, and edges between neighbours.
#include <QImage>
#include <QPainter>
#include <QToolButton>

#include <algorithm>
#include <cmath>

#include "widgets/cloud/scatter_canvas.h"
#include "widgets/theme/colors.h"
#include "widgets/tissue/tissue.h"

namespace geocyte::widgets::tissue {
namespace {

constexpr std::size_t kMostEdges = 120000, kSmoothUpTo = 30000;
constexpr double kFar = 0.45, kNew = 0.16, kShared = 0.62;   // shares of ink in the panel's colour

/// Share of ink in the lines between two places: many of them lie over each other and would drown the points.
double lineInk(std::size_t lines) { return std::clamp(0.34 - 0.1 * std::log10(std::max(1.0, static_cast<double>(lines) / 60)), 0.12, 0.34); }

}  // namespace

QPointF Tissue::pixel(const cloud::PlaneMap& map, const Place& place) const {
  const Place at = camera_(place);
  return map.toPixel(at[0], at[1]);
}

void Tissue::paintBelow(QImage& image, const cloud::PlaneMap& map, bool of_target) const {
  if (scene_.isEmpty() || canvas_->mode() == cloud::Mode::density) return;
  if (!of_target) paintEllipses(image, map);
  if (edges_->isChecked()) paintEdges(image, map, of_target);
  if (show_ == Show::overlay && !of_target) paintLines(image, map);
}

void Tissue::paintLines(QImage& image, const cloud::PlaneMap& map) const {
  const ThemeColors& c = themeColors();
  const std::vector<std::uint8_t> mask = selected();
  const double dpr = devicePixelRatioF();
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing, scene_.judged.size() <= kSmoothUpTo);
  std::vector<QLineF> lines;
  for (const std::size_t i : scene_.judged)
    if (mask.empty() || mask[i]) lines.emplace_back(pixel(map, scene_.target[i]), pixel(map, scene_.predicted[i]));
  painter.setPen(QPen(mixed(c.panel, c.ink, lineInk(lines.size())), dpr));
  painter.drawLines(lines.data(), static_cast<int>(lines.size()));
  painter.setPen(Qt::NoPen);
  painter.setBrush(mixed(c.panel, c.ink, kFar));
  const double r = std::max(1.0, 0.32 * canvas_->diameter()) * dpr;
  for (std::size_t i = 0; i < scene_.target.size(); ++i)
    if (isKnown(scene_.target[i]) && (mask.empty() || mask[i])) painter.drawEllipse(pixel(map, scene_.target[i]), r, r);
}

void Tissue::paintEdges(QImage& image, const cloud::PlaneMap& map, bool of_target) const {
  if (scene_.k <= 0) return;
  const ThemeColors& c = themeColors();
  const std::vector<std::uint8_t> mask = selected();
  const Places& places = of_target ? scene_.target : scene_.predicted;
  const std::vector<std::int32_t>&own = of_target ? scene_.near_target : scene_.near_predicted, &other = of_target ? scene_.near_predicted : scene_.near_target;
  const auto k = static_cast<std::size_t>(scene_.k);
  std::vector<QLineF> lone, shared;
  for (std::size_t p = 0; p < scene_.judged.size() && lone.size() + shared.size() < kMostEdges; ++p) {
    const std::size_t i = scene_.judged[p];
    if (!mask.empty() && !mask[i]) continue;
    for (std::size_t x = 0; x < k; ++x) {
      const std::int32_t to = own[p * k + x];
      if (to < 0) continue;
      const std::size_t j = scene_.judged[static_cast<std::size_t>(to)];
      const auto begin = other.begin() + static_cast<std::ptrdiff_t>(p * k);
      const bool both = std::find(begin, begin + scene_.k, to) != begin + scene_.k;
      (both ? shared : lone).emplace_back(pixel(map, places[i]), pixel(map, places[j]));
    }
  }
  const double dpr = devicePixelRatioF();
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing, lone.size() + shared.size() <= kSmoothUpTo);
  painter.setPen(QPen(mixed(c.panel, c.ink, kNew), 0.8 * dpr));
  painter.drawLines(lone.data(), static_cast<int>(lone.size()));
  painter.setPen(QPen(mixed(c.panel, c.ink, kShared), 1.4 * dpr));
  painter.drawLines(shared.data(), static_cast<int>(shared.size()));
}

}  // namespace geocyte::widgets::tissue
