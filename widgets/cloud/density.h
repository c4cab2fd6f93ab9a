// SPDX-License-Identifier: GPL-3.0-or-later
// How densely points lie on the screen: a Gaussian kernel estimate on a grid of the drawing area.
//
//   f(c) = sum_i K(c - p_i),  K a Gaussian of `sigma` grid cells, approximated by three box filters in each direction
//   (P. Kovesi, "Fast almost-Gaussian filtering", DICTA 2010, eqs. 1-5: box widths whose variances add up to sigma^2)
// Mass level q: the largest t with sum_{f >= t} f >= q sum f, so that the region above t holds the share q of the points.
// Contours: marching squares with linear interpolation; saddles are split by the mean of the four corners.
// Points outside of the grid or with NaN are left out. Cost: linear in points and grid cells.
#pragma once

#include <QLineF>
#include <QSize>

#include <cstdint>
#include <vector>

#include "widgets/cloud/point_cloud.h"

namespace geocyte::widgets::cloud {

struct DensityGrid {
  int width = 0, height = 0;            ///< cells
  double cell = 1;                      ///< pixels a cell, each way
  std::vector<float> values;            ///< row-major, from the top left
  float at(int x, int y) const { return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)]; }
  float highest() const;
};

/// Of the rows for which keep(row) is true.
template <class Keep>
DensityGrid densityOf(const PointCloud& cloud, const PlaneMap& map, const QSize& area, double cell, double sigma, Keep keep);

/// Gaussian filter of `sigma` cells, in place; the sum stays, but for what leaves the grid.
void smooth(DensityGrid& grid, double sigma);
/// The level above which the share `mass` (0 to 1) of the whole lies; 0 for an empty grid.
float massLevel(const DensityGrid& grid, double mass);
/// Line pieces of the level set f = level, in pixels.
std::vector<QLineF> contour(const DensityGrid& grid, float level);

template <class Keep>
DensityGrid densityOf(const PointCloud& cloud, const PlaneMap& map, const QSize& area, double cell, double sigma, Keep keep) {
  DensityGrid grid;
  grid.cell = cell;
  grid.width = static_cast<int>(area.width() / cell) + 1;
  grid.height = static_cast<int>(area.height() / cell) + 1;
  grid.values.assign(static_cast<std::size_t>(grid.width) * static_cast<std::size_t>(grid.height), 0.0F);
  for (std::size_t i = 0; i < cloud.size(); ++i) {
    if (!keep(i)) continue;
    const double x = map.pixelX(cloud.x[i]) / cell, y = map.pixelY(cloud.y[i]) / cell;
    if (!(x >= 0 && y >= 0 && x < grid.width && y < grid.height)) continue;
    grid.values[static_cast<std::size_t>(y) * static_cast<std::size_t>(grid.width) + static_cast<std::size_t>(x)] += 1;
  }
  smooth(grid, sigma);
  return grid;
}

}  // namespace geocyte::widgets::cloud
