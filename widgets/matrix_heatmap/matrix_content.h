// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells of a matrix say, worked out from named arrays: values above and below the diagonal, which of them fail
// their gate, and what the pairs come to.
#pragma once

#include <QHash>
#include <QString>

#include <optional>

#include "widgets/base/array_map.h"
#include "widgets/matrix_heatmap/matrix_grid.h"

namespace geocyte::widgets::matrix_heatmap {

inline constexpr std::int64_t kMostCells = 1000000;   // beyond this a picture of cells says nothing

/// Two dimensions, something in it, not too large to be drawn.
bool isMatrix(const ArrayView* array);
/// The categories of a label, filled up with numbers.
QStringList categoryNames(const ArrayMap& map, const QString& label, std::int64_t count);
/// The value of a pair by the names of its categories; NaN when the map has no such matrix or no such name.
double pairValue(const ArrayMap& map, const QString& array, const QString& label, const QString& row, const QString& column);

/// What one metric of the menu is made of: names of arrays, "" = none.
struct MetricParts {
  QString values, label;
  QString gate;                         ///< a number, or the name of an array with a bound for each pair
  QString pass;                         ///< an array: 1 passes, 0 fails, NaN was not judged; it wins over the gate
  QString lower;                        ///< an array of the same map that takes the lower triangle
  double reach = 8;                     ///< factor from the gate at which colours are full
};

struct MatrixContent {
  GridData cells;
  bool is_symmetric = false;            ///< pairs of one set of categories: each is counted once
  bool has_lower = false;               ///< the lower triangle shows something else
  bool has_verdicts = false;            ///< an array of verdicts judges, not the gate alone
};

/// `gate` is the number that replaces the one of `parts` (the user moved it). `reference`: its lower triangle, or nullptr.
MatrixContent contentOf(const ArrayMap& map, const MetricParts& parts, std::optional<double> gate, const ArrayMap* reference);

struct PairSummary {
  int pairs = 0, judged = 0, passing = 0;
  int worst_row = -1, worst_column = -1;
  double worst = 0;
};

/// Over the upper triangle of a symmetric matrix, else over all cells but the diagonal. NaN cells are not counted.
PairSummary summaryOf(const MatrixContent& content);
/// "9 of 15 pairs pass · worst P2_SC – P10_ST3 3.18"; "" without pairs.
QString summaryText(const MatrixContent& content);

}  // namespace geocyte::widgets::matrix_heatmap
