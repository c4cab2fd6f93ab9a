// SPDX-License-Identifier: GPL-3.0-or-later
// Draws points into an image on the CPU: no OpenGL, the same pixels on every machine. Few points are round and smooth,
// many are small squares. Cost: linear in points times the pixels of one point.
#pragma once

#include <QImage>
#include <QRgb>

#include <cstdint>
#include <vector>

#include "widgets/cloud/point_cloud.h"

namespace geocyte::widgets::cloud {

/// Diameter of a point in logical pixels for a cloud of n: 5 for hundreds down to 1 for a million.
double pointDiameter(std::size_t n);

struct SplatStyle {
  std::vector<QRgb> colors;             ///< of category c at c + 1; [0] is for points without one
  double diameter = 3;                  ///< device pixels
};

/// Draws the rows of `order` for which `mask[row] == wanted` (an empty mask takes all). `map` is in device pixels;
/// `image` is RGB32. Points that leave the image are clipped, rows with NaN skipped.
void splat(QImage& image, const PointCloud& cloud, const std::vector<std::int32_t>& category, const std::vector<std::uint32_t>& order,
           const PlaneMap& map, const SplatStyle& style, const std::vector<std::uint8_t>& mask = {}, bool wanted = true);

}  // namespace geocyte::widgets::cloud
