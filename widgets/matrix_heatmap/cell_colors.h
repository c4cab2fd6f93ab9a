// SPDX-License-Identifier: GPL-3.0-or-later
// Colours of matrix cells.
// With a gate g > 0 they diverge there: t = ln(v / g) / ln r (r = 8), cut to [-1, 1], blue (`within`) below, neutral at the gate,
// orange (`beyond`) above. The scale is fixed, so a colour means the same at every step. Where a cell is judged the verdict
// chooses the side and t only how strong it is, at least a quarter: a pair that fails is never blue. Without a gate:
// sequential between smallest and largest value.
#pragma once

#include <QColor>

#include <optional>

namespace geocyte::widgets::matrix_heatmap {

struct CellScale {
  std::optional<double> gate;
  double low = 0, high = 1;             ///< of the values, for the sequential scale and gates <= 0
  double reach = 8;                     ///< r above 1: colours are full at r times the gate and at an r-th of it
};

QColor cellColor(double value, const CellScale& scale, bool dark, std::optional<bool> fails = {});
/// Black or white, whichever reads better on this fill; at least 4.5:1.
QColor cellTextColor(const QColor& fill);

}  // namespace geocyte::widgets::matrix_heatmap
