// SPDX-License-Identifier: GPL-3.0-or-later
// One row of a CheckTable: a check, and what it says in words.
#pragma once

#include <QString>

#include <optional>
#include <vector>

#include "widgets/base/array_map.h"

namespace geocyte::widgets::check_table {

enum class Outcome { passes, fails, open, no_gate };

struct CheckItem {
  CheckView check;                      ///< without a value as long as nobody has judged
  std::optional<CheckView> other;       ///< of what the moment is held against
  QString other_name;

  Outcome outcome() const;
  bool isKnown() const;                 ///< it has a value
};

/// "passes", "FAILS", "not judged", "no gate".
QString outcomeText(Outcome outcome);
/// "9 of 15", "0.91", "–".
QString valueText(const CheckView& check);
/// "[0.88, 0.93]", "at most 0.42", "".
QString intervalText(const CheckView& check);
/// What it must be, short: "all", "≤ 0.31", "≥ 0.86", of an interval "reaches 0.88", "" where there is no bound.
QString boundText(const CheckView& check);
/// "P2_ST3 – P2_SC".
QString worstText(const CheckView& check);
/// With `between` between those that are not empty.
QString joined(QStringList parts, const QString& between);
/// Heading over the rows of a kind.
QString kindText(const QString& kind);

/// Of the bindings "check1" … with "title1" …: the checks of `map` in that order, those that nobody judged yet without a value,
/// then what else `map` has. `reference` stands beside.
std::vector<CheckItem> itemsOf(const QHash<QString, QString>& bindings, const ArrayMap& map, const ArrayMap& reference);

}  // namespace geocyte::widgets::check_table
