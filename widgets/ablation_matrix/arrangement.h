// SPDX-License-Identifier: GPL-3.0-or-later
// Which row and score stand where: all cells under each other with a column a score, or one score over two factors with the others nested in
// the rows. Plain tools and the chance level stand below the cells in the first form.
#pragma once

#include <QHash>
#include <QString>

#include <vector>

#include "widgets/ablation_matrix/content.h"

namespace geocyte::widgets::ablation_matrix {

enum class LineKind { cell, chance, tool, effect, interaction };

struct Line {
  LineKind kind = LineKind::cell;
  QString text;                         ///< "encoder.latent 64"
  QString detail;                       ///< second line: "baseline", "2 of 3 seeds finished", "3 seeds · 31 s a run"
  int row = -1;                         ///< of the content; -1 in a pivot, where it depends on the column
  bool baseline = false;
};

struct Head {
  QString text, detail;                 ///< "cell types found ↑", "64"
  int score = -1;                       ///< of the content
  QString level;                        ///< in a pivot
};

/// What a slot shows; row -1 = not planned.
struct Place {
  int row = -1, score = -1;
};

struct Arrangement {
  QString corner;                       ///< what the lines are
  std::vector<Line> lines;
  std::vector<Head> heads;
  std::vector<Place> places;             ///< by line, then by head
  Place at(int line, int head) const;
  int cellLines() const;                ///< lines of kind cell
};

/// Where a column is sorted by; none: as the grid was planned.
struct Order {
  QString score;
  bool descending = true;
};

Arrangement cellsByScores(const Content& content, const Order& order = {});

/// What factors change over all settings of the others, then what two of them do together beyond the sum of both.
Arrangement effectsByScores(const Content& content, const Order& order = {});

bool isOfEffects(const Arrangement& arrangement);
/// Whether a gap or a rule belongs above this line: it is the first one after the cells, or after the effects.
bool standsApart(const std::vector<Line>& lines, int line);

struct PivotChoice {
  QString rows, columns;                ///< factors
  QString score;
  QHash<QString, QString> only;         ///< of other factors: the level that is shown; those not here are nested in the rows
};
/// Lines without any planned cell are left out.
Arrangement pivotOf(const Content& content, const PivotChoice& choice);
/// Rows and columns that say most: the factors with most levels.
PivotChoice firstPivot(const Content& content);

/// "encoder.latent 64, adversary off": what it has other than the baseline; the whole name of the baseline.
QString changesText(const Content& content, const Row& row);
/// "↑", "↓", "".
QString arrowOf(Better better);

}  // namespace geocyte::widgets::ablation_matrix
