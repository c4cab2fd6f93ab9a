// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/report_svg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "engine/core/rng.h"

namespace geocyte::app {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSmoothing = 0.6;
constexpr double kNoGate = std::numeric_limits<double>::infinity();
constexpr int kWidth = 360, kHeight = 200, kLeft = 52, kRight = 10, kTop = 10, kBottom = 24;

struct Range {
  double low = kInfinity, high = -kInfinity;
  void add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
  void widen() {
    const double pad = high > low ? 0.06 * (high - low) : std::max(1e-9, std::abs(high) * 0.05);
    low -= pad;
    high += pad;
  }
};

/// Round steps (1, 2, 5 times a power of ten), about `wanted` of them.
std::vector<double> ticks(const Range& range, int wanted) {
  const double raw = (range.high - range.low) / wanted, power = std::pow(10.0, std::floor(std::log10(raw)));
  const double step = raw / power < 1.5 ? power : raw / power < 3.5 ? 2 * power : raw / power < 7.5 ? 5 * power : 10 * power;
  std::vector<double> found;
  for (double t = std::ceil(range.low / step) * step; t <= range.high; t += step) found.push_back(std::abs(t) < step * 1e-9 ? 0 : t);
  return found;
}

/// De-biased exponential moving average; NaN is skipped.
std::vector<double> smoothed(const std::vector<double>& values) {
  std::vector<double> out(values.size(), std::nan(""));
  double mean = 0, weight = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    mean = kSmoothing * mean + (1 - kSmoothing) * values[i];
    weight = kSmoothing * weight + (1 - kSmoothing);
    out[i] = mean / weight;
  }
  return out;
}

/// Path of a curve with the minimum and the maximum of each pixel column.
std::string column_path(const std::vector<double>& x, const std::vector<double>& y, const Range& rx, const Range& ry) {
  const int columns = kWidth - kLeft - kRight;
  std::vector<Range> column(static_cast<std::size_t>(columns) + 1);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (std::isfinite(y[i])) {
      const double f = rx.high > rx.low ? (x[i] - rx.low) / (rx.high - rx.low) : 0.5;
      column[static_cast<std::size_t>(std::clamp(f, 0.0, 1.0) * columns)].add(y[i]);
    }
  const auto place = [&](double v) { return kTop + (kHeight - kTop - kBottom) * (1 - (v - ry.low) / (ry.high - ry.low)); };
  std::string path;
  for (std::size_t c = 0; c < column.size(); ++c) {
    if (column[c].empty()) continue;
    const double px = kLeft + static_cast<double>(c);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', px, place(column[c].high));
    if (column[c].high > column[c].low) path += fmt::format("L{:.1f} {:.1f}", px, place(column[c].low));
  }
  return path;
}

/// Blue below the gate, orange above, pale at it; `ratio` is value / gate.
std::string gate_color(double ratio) {
  const double t = std::clamp(std::log2(std::max(ratio, 1e-6)) / 2, -1.0, 1.0);
  const std::array<double, 3> pale{236, 238, 241}, blue{92, 154, 214}, orange{226, 125, 60};
  const auto& end = t < 0 ? blue : orange;
  const auto mix = [&](int i) { return static_cast<int>(pale[static_cast<std::size_t>(i)] + std::abs(t) * (end[static_cast<std::size_t>(i)] - pale[static_cast<std::size_t>(i)])); };
  return fmt::format("rgb({},{},{})", mix(0), mix(1), mix(2));
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  return out;
}

std::string short_number(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : std::string("–"); }

const char* category_color(std::size_t index) {
  constexpr std::array<const char*, 8> colors{"#0072b2", "#56b4e9", "#009e73", "#d55e00", "#e69f00", "#cc79a7", "#f0e442", "#7f7f7f"};
  return colors[index % colors.size()];
}

std::string curve_svg(const ReportCurve& curve) {
  Range rx, ry;
  for (const double s : curve.steps) rx.add(s);
  for (const double v : curve.values) ry.add(v);
  if (rx.empty() || ry.empty()) return "<p class=dim>no finite value</p>";
  if (curve.chance) ry.add(*curve.chance);
  ry.widen();
  const auto y_of = [&](double v) { return kTop + (kHeight - kTop - kBottom) * (1 - (v - ry.low) / (ry.high - ry.low)); };
  const auto x_of = [&](double s) { return kLeft + (kWidth - kLeft - kRight) * (rx.high > rx.low ? (s - rx.low) / (rx.high - rx.low) : 0.5); };
  std::string svg = fmt::format("<svg viewBox='0 0 {} {}' role=img aria-label='{}'>", kWidth, kHeight, escaped(curve.title));
  for (const double t : ticks(ry, 4))
    svg += fmt::format("<path class=rule d='M{} {:.1f}H{}'/><text x={} y={:.1f} text-anchor=end>{}</text>", kLeft, y_of(t),
                       kWidth - kRight, kLeft - 6, y_of(t) + 3.5, short_number(t));
  if (rx.high > rx.low)
    for (const double t : ticks(rx, 4))
      svg += fmt::format("<text x={:.1f} y={} text-anchor=middle>{}</text>", x_of(t), kHeight - 6, short_number(t));
  if (curve.chance)
    svg += fmt::format("<path class=chance d='M{} {:.1f}H{}'/><text x={} y={:.1f} text-anchor=end>chance</text>", kLeft, y_of(*curve.chance),
                       kWidth - kRight, kWidth - kRight, y_of(*curve.chance) - 4);
  svg += fmt::format("<path class=ghost d='{}'/>", column_path(curve.steps, curve.values, rx, ry));
  svg += fmt::format("<path class=curve d='{}'/></svg>", column_path(curve.steps, smoothed(curve.values), rx, ry));
  return svg;
}

std::string matrix_svg(const ReportMatrix& matrix) {
  const std::size_t n = matrix.labels.size();
  if (n == 0 || matrix.values.size() != n * n) return "<p class=dim>no sources</p>";
  const double cell = std::min(64.0, 480.0 / static_cast<double>(n)), left = 84, top = 6;
  const double size = cell * static_cast<double>(n);
  std::string svg = fmt::format(
      "<svg viewBox='0 0 {:.0f} {:.0f}' role=img aria-label='{}'><defs><pattern id=hatch width=5 height=5 patternUnits=userSpaceOnUse "
      "patternTransform='rotate(45)'><path d='M0 0V5' stroke='#0004'/></pattern></defs>", left + size + 8, top + size + 26, escaped(matrix.title));
  for (std::size_t r = 0; r < n; ++r) {
    const double y = top + cell * static_cast<double>(r);
    svg += fmt::format("<text x={:.0f} y={:.1f} text-anchor=end>{}</text>", left - 8, y + cell / 2 + 4, escaped(matrix.labels[r]));
    svg += fmt::format("<text x={:.1f} y={:.1f} text-anchor=middle>{}</text>", left + cell * (static_cast<double>(r) + 0.5), top + size + 16, escaped(matrix.labels[r]));
    for (std::size_t c = 0; c < n; ++c) {
      if (r == c) continue;
      const double value = matrix.values[r * n + c];
      const double gate = matrix.gate.size() == n * n ? matrix.gate[r * n + c] : matrix.gate.size() == 1 ? matrix.gate[0] : kNoGate;
      const double x = left + cell * static_cast<double>(c);
      const std::string box = fmt::format("x={:.1f} y={:.1f} width={:.1f} height={:.1f} rx=3", x + 1, y + 1, cell - 2, cell - 2);
      svg += fmt::format("<rect {} fill='{}'/>", box, std::isfinite(value) && std::isfinite(gate) && gate > 0 ? gate_color(value / gate) : "#8884");
      if (value > gate) svg += fmt::format("<rect {} fill='url(#hatch)'/>", box);
      svg += fmt::format("<text class=cell x={:.1f} y={:.1f} text-anchor=middle>{}</text>", x + cell / 2, y + cell / 2 + 4,
                         std::isfinite(value) ? fmt::format("{:.2f}", value) : "–");
    }
  }
  return svg + "</svg>";
}

std::string coverage_svg(const ReportCoverage& coverage) {
  constexpr double kSide = 200, kX = 44, kY = 10;
  const auto x = [](double share) { return kX + kSide * share; };
  const auto y = [](double share) { return kY + kSide * (1 - share); };
  std::string svg = fmt::format("<svg viewBox='0 0 {} {}' role=img aria-label='{}'>", kX + kSide + 16, kY + kSide + 42, escaped(coverage.title));
  for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    svg += fmt::format("<path class=rule d='M{:.1f} {:.1f}H{:.1f}M{:.1f} {:.1f}V{:.1f}'/>", x(0), y(share), x(1), x(share), y(0), y(1));
    svg += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor=end>{:.0f} %</text><text x='{:.1f}' y='{:.1f}' text-anchor=middle>{:.0f} %</text>", kX - 6, y(share) + 4, 100 * share, x(share),
                       y(0) + 16, 100 * share);
  }
  svg += fmt::format("<text x='{:.1f}' y='{:.1f}' text-anchor=middle>should hold → holds ↑</text>", x(0.5), y(0) + 34);
  svg += fmt::format("<path class=chance d='M{:.1f} {:.1f}L{:.1f} {:.1f}'/>", x(0), y(0), x(1), y(1));
  std::string path;
  for (std::size_t i = 0; i < coverage.nominal.size(); ++i) {
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', x(coverage.nominal[i]), y(coverage.observed[i]));
    svg += fmt::format("<path class=curve d='M{:.1f} {:.1f}V{:.1f}'/><circle cx='{:.1f}' cy='{:.1f}' r=3 style='fill:var(--accent)'/>", x(coverage.nominal[i]), y(coverage.low[i]), y(coverage.high[i]),
                       x(coverage.nominal[i]), y(coverage.observed[i]));
  }
  return svg + fmt::format("<path class=curve d='{}'/></svg>", path);
}

std::string cloud_svg(const ReportCloud& cloud) {
  const std::size_t n = cloud.xy.size() / 2;
  Range rx, ry;
  for (std::size_t i = 0; i < n; ++i) {
    rx.add(cloud.xy[2 * i]);
    ry.add(cloud.xy[2 * i + 1]);
  }
  if (rx.empty() || ry.empty()) return "<p class=dim>no finite point</p>";
  const double extent = std::max({rx.high - rx.low, ry.high - ry.low, 1e-12}), scale = 480 / extent;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(7);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  // dots as zero-length round strokes, one path a category and a slice of the order: small files, fair overlap
  constexpr std::size_t kSlices = 12;
  std::string svg = fmt::format("<svg viewBox='-8 -8 496 496' role=img aria-label='{}'>", escaped(cloud.title));
  for (std::size_t slice = 0; slice < kSlices; ++slice) {
    std::vector<std::string> paths(cloud.categories.size() + 1);
    for (std::size_t k = slice * n / kSlices; k < (slice + 1) * n / kSlices; ++k) {
      const std::size_t i = order[k];
      if (!std::isfinite(cloud.xy[2 * i]) || !std::isfinite(cloud.xy[2 * i + 1])) continue;
      const std::int32_t code = i < cloud.codes.size() ? cloud.codes[i] : -1;
      const std::size_t path = code >= 0 && static_cast<std::size_t>(code) < cloud.categories.size() ? static_cast<std::size_t>(code) : cloud.categories.size();
      paths[path] += fmt::format("M{:.1f} {:.1f}h0", (cloud.xy[2 * i] - rx.low) * scale, (ry.high - cloud.xy[2 * i + 1]) * scale);
    }
    for (std::size_t c = 0; c < paths.size(); ++c)
      if (!paths[c].empty())
        svg += fmt::format("<path class=dots stroke='{}' d='{}'/>", c < cloud.categories.size() ? category_color(c) : "#8888", paths[c]);
  }
  return svg + "</svg>";
}

}  // namespace geocyte::app
