// SPDX-License-Identifier: GPL-3.0-or-later
// The pairs of a matrix as lines over the steps of a run.
#pragma once

#include <QString>

#include <optional>
#include <vector>

#include "widgets/base/array_map.h"

namespace geocyte::widgets::pair_trend {

struct PairLine {
  QString first, second;                ///< names of the two categories
  std::vector<double> values;           ///< one a moment; NaN where the pair is missing
  bool fails = false;                   ///< at the moment that is shown
  QString name() const { return first + QStringLiteral(" – ") + second; }
};

struct PairLines {
  std::vector<double> steps;            ///< of the moments, ascending
  std::vector<PairLine> lines;
  std::optional<double> gate;
  double shown_step = -1;               ///< the moment that is shown; -1 = unknown
  /// Smallest and largest finite value, the gate among them; false when there is none.
  bool extremes(bool positive_only, double* low, double* high) const;
  /// Index of the last moment at or before the shown one; -1 when there is none.
  int shownIndex() const;
};

/// Each pair once: the upper triangle of the square matrices called `array`. Categories are matched by name across moments;
/// a newest matrix of more than 64 categories gives nothing, since nobody can follow two thousand lines.
PairLines linesOf(const ArrayHistory& history, const QString& array, const QString& label, std::optional<double> gate, double shown_step);

}  // namespace geocyte::widgets::pair_trend
