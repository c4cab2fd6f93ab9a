// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/simulate/section.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

namespace geocyte::simulate {

namespace {

constexpr double kReach = 1.7;   // no outline goes further from the middle

/// Slide frame -> tissue frame: a turn, a stretch of a few percent and a gentle shear, as real sections have.
struct SectionMap {
  double angle, stretch_x, stretch_y, shear;
  Place to_tissue(Place s) const {
    const double x = s.x * stretch_x + shear * s.y, y = s.y * stretch_y;
    return {x * std::cos(angle) - y * std::sin(angle), x * std::sin(angle) + y * std::cos(angle)};
  }
};

struct GridPoint {
  double margin;
  Place slide, tissue;
};

std::vector<GridPoint> grid_inside(const Tissue& tissue, const SectionMap& map, double pitch) {
  std::vector<GridPoint> out;
  const double row_height = pitch * std::numbers::sqrt3 / 2;
  const int n_rows = static_cast<int>(kReach / row_height), n_cols = static_cast<int>(kReach / pitch) + 1;
  for (int row = -n_rows; row <= n_rows; ++row)
    for (int col = -n_cols; col <= n_cols; ++col) {
      const Place slide{(col + (row % 2 != 0 ? 0.5 : 0.0)) * pitch, row * row_height};
      const Place place = map.to_tissue(slide);
      const double margin = tissue.margin(place);
      if (margin > 0) out.push_back({margin, slide, place});
    }
  return out;
}

}  // namespace

Sampled cut_slide(const Tissue& tissue, std::int64_t spots, Rng& rng) {
  const SectionMap map{(rng.uniform() - 0.5) * 0.7, 1 + 0.05 * rng.normal(), 1 + 0.05 * rng.normal(), 0.04 * rng.normal()};
  Sampled out;
  out.z = 2 * rng.uniform() - 1;
  double coarse = 1.0, fine = 0.5 / std::sqrt(static_cast<double>(spots));
  auto points = grid_inside(tissue, map, fine);
  for (int step = 0; step < 30 && coarse / fine > 1.0005; ++step) {
    const double middle = std::sqrt(coarse * fine);
    auto tried = grid_inside(tissue, map, middle);
    if (static_cast<std::int64_t>(tried.size()) >= spots) {
      fine = middle;
      points = std::move(tried);
    } else {
      coarse = middle;
    }
  }
  // Drop the surplus at the edge, but keep the scanning order of the grid.
  std::vector<double> margins;
  for (const auto& point : points) margins.push_back(point.margin);
  std::sort(margins.begin(), margins.end(), std::greater<>());
  const double cut = margins[static_cast<std::size_t>(spots) - 1];
  for (const auto& point : points) {
    if (point.margin < cut || static_cast<std::int64_t>(out.tissue.size()) == spots) continue;
    out.tissue.push_back(point.tissue);
    out.slide.push_back({point.slide.x / fine * kSpotPitchUm, point.slide.y / fine * kSpotPitchUm});
  }
  out.um_per_unit = kSpotPitchUm / fine;
  return out;
}

Sampled dissociate(const Tissue& tissue, std::int64_t cells, double um_per_unit, Rng& rng) {
  Sampled out;
  out.um_per_unit = um_per_unit;
  while (static_cast<std::int64_t>(out.tissue.size()) < cells) {
    const Place place{(2 * rng.uniform() - 1) * kReach, (2 * rng.uniform() - 1) * kReach};
    if (tissue.margin(place) > 0) out.tissue.push_back(place);
  }
  return out;
}

}  // namespace geocyte::simulate
