// SPDX-License-Identifier: GPL-3.0-or-later
// What a grid of runs found, as plain values: factors with levels, scores, and one row a cell or plain tool. No file and no engine behind it.
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

#include <cmath>
#include <limits>
#include <vector>

namespace geocyte::widgets::ablation_matrix {

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

enum class Better { higher, lower, unknown };

/// A score of the held-out evaluation.
struct Score {
  QString id, title, what;              ///< "biology/cell_type_accuracy", "cell types found", one sentence
  Better better = Better::unknown;
};

/// One score of one row over the seeds. What is not known is NaN.
struct Value {
  int n = 0;                            ///< seeds
  double mean = kNone, sd = kNone, chance = kNone;
  int paired = 0;                       ///< seeds that the baseline has as well
  double difference = kNone, low = kNone, high = kNone;   ///< to the baseline, or the effect; with its 95 % interval
  double lowest = kNone, highest = kNone;                 ///< of an effect: in the settings that it is a mean of

  bool isKnown() const { return n > 0 && std::isfinite(mean); }
  bool hasDifference() const { return isKnown() && std::isfinite(difference); }
  bool hasInterval() const { return hasDifference() && std::isfinite(low) && std::isfinite(high); }
  /// To the last bit, in every seed: what was changed took no part.
  bool isIdentical() const { return hasDifference() && difference == 0 && (!hasInterval() || (low == 0 && high == 0)); }
  bool excludesZero() const { return hasInterval() && (low > 0 || high < 0); }
};

/// A cell of the grid; a plain tool on the baseline's data; what a factor changes over all settings of the others, or two of them together
/// beyond what each does alone.
enum class RowKind { cell, tool, effect };

struct Row {
  QString name, detail;                 ///< detail: of an effect, "instead of on, 4 settings"
  RowKind kind = RowKind::cell;
  bool baseline = false;
  QHash<QString, QString> levels;       ///< by factor; a tool has none, an effect those that it is about
  bool isCell() const { return kind == RowKind::cell; }
  bool isInteraction() const { return kind == RowKind::effect && levels.size() > 1; }
  int finished = 0, running = 0, pending = 0, failed = 0;   ///< runs
  QStringList reasons;                  ///< why runs failed: "seed 8: …"
  double seconds = kNone;               ///< mean wall time of a run
  QHash<QString, Value> values;         ///< by id of the score
};

struct Factor {
  QString name;
  QStringList levels;
};

struct Content {
  QString title, made_by;               ///< made_by: version of the code
  QStringList seeds;
  std::vector<Factor> factors;
  std::vector<Score> scores;
  std::vector<Row> rows;                ///< cells, then tools, then effects

  int baseline() const;                 ///< its row; -1 = none
  bool hasEffects() const;
  int indexOf(const QString& score) const;   ///< -1 = there is none
  /// The row with exactly these levels; -1 = not planned.
  int rowWith(const QHash<QString, QString>& levels) const;
  /// Largest |mean| of the cells, what digits are chosen by, and largest |difference|, what colours are full at.
  double largestMean(const QString& score) const;
  double largestDifference(const QString& score) const;
  /// Chance level of the baseline's model; NaN = none.
  double chance(const QString& score) const;
  int runs() const;
  int finished() const;
  int failed() const;
};

}  // namespace geocyte::widgets::ablation_matrix
