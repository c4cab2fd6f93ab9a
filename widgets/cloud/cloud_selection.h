// SPDX-License-Identifier: GPL-3.0-or-later
// Rows that a mouse has marked in a cloud join what is selected: plain replaces it, Shift adds, Ctrl takes away.
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace geocyte::widgets {
class SelectionModel;
}

namespace geocyte::widgets::cloud {

/// `mask`: one byte a row of `axis`. `names`: whole categories, if so.
void joinSelection(SelectionModel& selection, const QString& axis, std::vector<std::uint8_t> mask, Qt::KeyboardModifiers modifiers, const QString& reason, const QStringList& names = {});

}  // namespace geocyte::widgets::cloud
