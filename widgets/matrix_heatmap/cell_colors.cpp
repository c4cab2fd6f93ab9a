// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/matrix_heatmap/cell_colors.h"

#include <algorithm>
#include <cmath>

#include "widgets/theme/colors.h"

namespace geocyte::widgets::matrix_heatmap {
namespace {

constexpr double kFaintest = 0.25;   // of a cell that is judged: its side must be seen beside the gate, too

/// Position on the diverging scale, -1 to 1.
double divergence(double value, const CellScale& scale) {
  const double gate = *scale.gate;
  if (gate > 0) return value <= 0 ? -1 : std::clamp(std::log(value / gate) / std::log(std::max(1.01, scale.reach)), -1.0, 1.0);
  const double reach = std::max(std::abs(scale.high - gate), std::abs(gate - scale.low));
  return reach > 0 ? std::clamp((value - gate) / reach, -1.0, 1.0) : 0;
}

}  // namespace

QColor cellColor(double value, const CellScale& scale, bool dark, std::optional<bool> fails) {
  const ThemeColors& theme = themeColors(dark);
  if (!std::isfinite(value)) return theme.panel;
  if (!scale.gate && !fails) {
    const double range = scale.high - scale.low;
    const double t = range > 0 ? std::clamp((value - scale.low) / range, 0.0, 1.0) : 0.5;
    return mixed(mixed(theme.panel, theme.within, 0.08), theme.within, t);
  }
  double t = scale.gate ? divergence(value, scale) : 0;
  if (fails) t = *fails ? std::max(kFaintest, t) : std::min(-kFaintest, t);
  return mixed(theme.at_gate, t < 0 ? theme.within : theme.beyond, std::abs(t));
}

QColor cellTextColor(const QColor& fill) {
  return contrastRatio(fill, Qt::black) >= contrastRatio(fill, Qt::white) ? QColor(Qt::black) : QColor(Qt::white);
}

}  // namespace geocyte::widgets::matrix_heatmap
