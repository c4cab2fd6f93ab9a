// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cloud/density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace geocyte::widgets::cloud {
namespace {

constexpr int kBoxes = 3;

/// Radii of the boxes whose variances add up to sigma^2.
std::array<int, kBoxes> boxRadii(double sigma) {
  const double ideal = std::sqrt(12 * sigma * sigma / kBoxes + 1);
  int lower = static_cast<int>(std::floor(ideal));
  if (lower % 2 == 0) --lower;
  const double l = lower;
  const auto narrow = static_cast<int>(std::lround((12 * sigma * sigma - kBoxes * l * l - 4 * kBoxes * l - 3 * kBoxes) / (-4 * l - 4)));
  std::array<int, kBoxes> radii{};
  for (int i = 0; i < kBoxes; ++i) radii[static_cast<std::size_t>(i)] = ((i < narrow ? lower : lower + 2) - 1) / 2;
  return radii;
}

void boxLine(const float* from, float* to, int count, int stride, int radius) {
  double sum = 0;
  const double width = 2 * radius + 1;
  for (int i = 0; i < std::min(radius, count); ++i) sum += from[i * stride];
  for (int i = 0; i < count; ++i) {
    if (i + radius < count) sum += from[(i + radius) * stride];
    if (i - radius - 1 >= 0) sum -= from[(i - radius - 1) * stride];
    to[i * stride] = static_cast<float>(std::max(0.0, sum) / width);
  }
}

}  // namespace

float DensityGrid::highest() const { return values.empty() ? 0 : *std::max_element(values.begin(), values.end()); }

void smooth(DensityGrid& grid, double sigma) {
  if (grid.values.empty() || !(sigma > 0.3)) return;
  std::vector<float> other(grid.values.size());
  for (const int radius : boxRadii(sigma)) {
    for (int y = 0; y < grid.height; ++y) boxLine(grid.values.data() + static_cast<std::ptrdiff_t>(y) * grid.width, other.data() + static_cast<std::ptrdiff_t>(y) * grid.width, grid.width, 1, radius);
    for (int x = 0; x < grid.width; ++x) boxLine(other.data() + x, grid.values.data() + x, grid.height, grid.width, radius);
  }
}

float massLevel(const DensityGrid& grid, double mass) {
  std::vector<float> sorted = grid.values;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const double whole = std::accumulate(sorted.begin(), sorted.end(), 0.0);
  double sum = 0;
  for (const float value : sorted) {
    sum += value;
    if (sum >= mass * whole) return value;
  }
  return 0;
}

std::vector<QLineF> contour(const DensityGrid& grid, float level) {
  std::vector<QLineF> lines;
  if (!(level > 0)) return lines;
  const auto point = [&](double x, double y) { return QPointF((x + 0.5) * grid.cell, (y + 0.5) * grid.cell); };
  const auto share = [level](float a, float b) { return a == b ? 0.5 : static_cast<double>((level - a) / (b - a)); };
  for (int y = 0; y + 1 < grid.height; ++y)
    for (int x = 0; x + 1 < grid.width; ++x) {
      const float a = grid.at(x, y), b = grid.at(x + 1, y), c = grid.at(x + 1, y + 1), d = grid.at(x, y + 1);
      const int sides = (a >= level ? 1 : 0) | (b >= level ? 2 : 0) | (c >= level ? 4 : 0) | (d >= level ? 8 : 0);
      if (sides == 0 || sides == 15) continue;
      const QPointF top = point(x + share(a, b), y), right = point(x + 1, y + share(b, c)), bottom = point(x + share(d, c), y + 1), left = point(x, y + share(a, d));
      switch (sides) {
        case 1: case 14: lines.emplace_back(left, top); break;
        case 2: case 13: lines.emplace_back(top, right); break;
        case 3: case 12: lines.emplace_back(left, right); break;
        case 4: case 11: lines.emplace_back(right, bottom); break;
        case 6: case 9: lines.emplace_back(top, bottom); break;
        case 7: case 8: lines.emplace_back(left, bottom); break;
        default: {                       // 5 and 10: two opposite corners
          const bool joined = (a + b + c + d) / 4 >= level;
          const bool a_is_in = sides == 5;
          if (joined == a_is_in) lines.emplace_back(top, right), lines.emplace_back(left, bottom);
          else lines.emplace_back(left, top), lines.emplace_back(right, bottom);
        }
      }
    }
  return lines;
}

}  // namespace geocyte::widgets::cloud
