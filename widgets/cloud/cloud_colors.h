// SPDX-License-Identifier: GPL-3.0-or-later
// What colours a cloud: a label of its rows, a number of each row, or the expression of a gene.
//
// Names of colourings: a label's own name ("source"), "array:<name>" for an array with one value a row, "gene:<id>" for a
// column of the block (rows, gene) that the run may carry.
#pragma once

#include <QString>

#include <vector>

#include "widgets/base/array_map.h"
#include "widgets/controls/choice_button.h"
#include "widgets/cloud/scatter_canvas.h"

namespace geocyte::widgets {
class PaletteModel;
}

namespace geocyte::widgets::cloud {

struct Coloring {
  std::vector<std::int32_t> codes;      ///< of the legend; -1 = missing
  std::vector<LegendEntry> legend;
  RampLegend ramp;                      ///< of a number; empty for labels
};

/// Where the numbers of a gene stand; nullptr when the run carries none for `rows` rows of `axis`.
const ArrayView* geneBlock(const ArrayMap& map, const QString& axis, std::int64_t rows);
QStringList genesOf(const ArrayMap& map, const QString& axis, std::int64_t rows);

/// What the rows can be coloured by: labels, then numbers. Genes are not among them: there are too many for a menu.
std::vector<ChoiceButton::Choice> colorings(const ArrayMap& map, const QString& axis, std::int64_t rows);

/// Empty when the map has nothing of that name for this many rows. Numbers: 32 steps of a ramp between their 1st and 99th
/// percentile, or, where most are zero, between 0 and the 99th percentile of the others.
Coloring coloringOf(const ArrayMap& map, const QString& name, const QString& axis, std::int64_t rows, const PaletteModel& palette);

/// Takes categories without a row in `shown` (one byte a row) out of the legend and counts the others among those rows only.
void keepShown(Coloring& made, const std::vector<std::uint8_t>& shown);

/// Quiet to strong, on this ground; t from 0 to 1.
QColor rampColor(double t, bool dark);

}  // namespace geocyte::widgets::cloud
