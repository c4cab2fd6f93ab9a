// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cloud/splat.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace geocyte::widgets::cloud {
namespace {

constexpr int kPhases = 4;              // sub-pixel positions of a round point, each way
constexpr int kSamples = 8;             // of coverage within a pixel, each way
constexpr double kRoundFrom = 2.5;      // device pixels; smaller points are squares

/// Coverage (0 to 255) of a disc at one sub-pixel position.
struct Stamp {
  int side = 0;
  std::vector<std::uint8_t> cover;
};

Stamp discStamp(double diameter, double phase_x, double phase_y) {
  Stamp stamp;
  stamp.side = static_cast<int>(std::ceil(diameter)) + 1;
  stamp.cover.resize(static_cast<std::size_t>(stamp.side * stamp.side));
  const double radius = diameter / 2, middle_x = radius + phase_x, middle_y = radius + phase_y;
  for (int row = 0; row < stamp.side; ++row)
    for (int column = 0; column < stamp.side; ++column) {
      int hits = 0;
      for (int s = 0; s < kSamples * kSamples; ++s) {
        const double dx = column + (s % kSamples + 0.5) / kSamples - middle_x, dy = row + (s / kSamples + 0.5) / kSamples - middle_y;
        hits += dx * dx + dy * dy <= radius * radius;
      }
      stamp.cover[static_cast<std::size_t>(row * stamp.side + column)] = static_cast<std::uint8_t>(hits * 255 / (kSamples * kSamples));
    }
  return stamp;
}

QRgb blended(QRgb under, QRgb over, int cover) {
  const auto mix = [cover](int u, int o) { return u + (o - u) * cover / 255; };
  return qRgb(mix(qRed(under), qRed(over)), mix(qGreen(under), qGreen(over)), mix(qBlue(under), qBlue(over)));
}

class Target {
 public:
  explicit Target(QImage& image)
      : bits_(reinterpret_cast<QRgb*>(image.bits())), stride_(image.bytesPerLine() / 4), width_(image.width()), height_(image.height()) {}

  void square(int left, int top, int side, QRgb color) const {
    for (int y = std::max(0, top); y < std::min(height_, top + side); ++y)
      for (int x = std::max(0, left); x < std::min(width_, left + side); ++x) bits_[y * stride_ + x] = color;
  }
  void stamp(int left, int top, const Stamp& stamp, QRgb color) const {
    for (int row = std::max(0, -top); row < std::min(stamp.side, height_ - top); ++row) {
      QRgb* line = bits_ + (top + row) * stride_;
      for (int column = std::max(0, -left); column < std::min(stamp.side, width_ - left); ++column) {
        const int cover = stamp.cover[static_cast<std::size_t>(row * stamp.side + column)];
        if (cover == 255) line[left + column] = color;
        else if (cover > 0) line[left + column] = blended(line[left + column], color, cover);
      }
    }
  }
  /// Whether a point of this size there touches the image; false for NaN and for what an int cannot hold.
  bool touches(double x, double y, double reach) const { return x > -reach && y > -reach && x < width_ + reach && y < height_ + reach; }

 private:
  QRgb* bits_;
  qsizetype stride_;
  int width_, height_;
};

}  // namespace

double pointDiameter(std::size_t n) {
  if (n <= 1500) return 5;
  if (n <= 4000) return 4.5;
  if (n <= 12000) return 3.5;
  if (n <= 50000) return 3;
  return n <= 200000 ? 2 : 1;
}

void splat(QImage& image, const PointCloud& cloud, const std::vector<std::int32_t>& category, const std::vector<std::uint32_t>& order,
           const PlaneMap& map, const SplatStyle& style, const std::vector<std::uint8_t>& mask, bool wanted) {
  if (image.isNull() || style.colors.empty()) return;
  const Target target(image);
  const bool round = style.diameter >= kRoundFrom;
  std::array<Stamp, kPhases * kPhases> stamps;
  if (round)
    for (int i = 0; i < kPhases * kPhases; ++i)
      stamps[static_cast<std::size_t>(i)] = discStamp(style.diameter, (i % kPhases + 0.5) / kPhases, (i / kPhases + 0.5) / kPhases);
  const int side = std::max(1, static_cast<int>(std::lround(style.diameter)));
  const double half = style.diameter / 2;
  for (const std::uint32_t i : order) {
    if (!mask.empty() && (mask[i] != 0) != wanted) continue;
    const double x = map.pixelX(cloud.x[i]), y = map.pixelY(cloud.y[i]);
    if (!target.touches(x, y, style.diameter + 1)) continue;
    const std::size_t slot = category.empty() ? 0 : static_cast<std::size_t>(category[i] + 1);
    const QRgb color = style.colors[slot < style.colors.size() ? slot : 0];
    if (!round) {
      target.square(static_cast<int>(std::floor(x - half + 0.5)), static_cast<int>(std::floor(y - half + 0.5)), side, color);
      continue;
    }
    const double left = std::floor(x - half), top = std::floor(y - half);
    const int phase_x = std::min(kPhases - 1, static_cast<int>((x - half - left) * kPhases));
    const int phase_y = std::min(kPhases - 1, static_cast<int>((y - half - top) * kPhases));
    target.stamp(static_cast<int>(left), static_cast<int>(top), stamps[static_cast<std::size_t>(phase_y * kPhases + phase_x)], color);
  }
}

}  // namespace geocyte::widgets::cloud
