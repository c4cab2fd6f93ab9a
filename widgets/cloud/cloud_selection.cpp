// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cloud/cloud_selection.h"

#include "widgets/base/shared_models.h"

namespace geocyte::widgets::cloud {

void joinSelection(SelectionModel& selection, const QString& axis, std::vector<std::uint8_t> mask, Qt::KeyboardModifiers modifiers, const QString& reason, const QStringList& names) {
  const std::vector<std::uint8_t>& old = selection.mask();
  const bool joins = selection.axis() == axis && old.size() == mask.size();
  if (joins && (modifiers & Qt::ShiftModifier))
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = mask[i] || old[i];
  if (modifiers & Qt::ControlModifier)
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = joins && old[i] && !mask[i];
  selection.select(axis, std::move(mask), reason, names);
}

}  // namespace geocyte::widgets::cloud
