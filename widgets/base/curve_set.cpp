// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/curve_set.h"

#include <QRegularExpression>

namespace geocyte::widgets {

QStringList boundTags(const QString& binding, const CurveSet& curves) {
  QStringList tags;
  for (const QString& part : binding.split(',', Qt::SkipEmptyParts)) {
    const QString wanted = part.trimmed();
    if (!wanted.contains('*')) {
      tags << wanted;
      continue;
    }
    const auto pattern = QRegularExpression::fromWildcard(wanted);
    QStringList found;
    for (auto it = curves.by_tag.constBegin(); it != curves.by_tag.constEnd(); ++it)
      if (pattern.match(it.key()).hasMatch()) found << it.key();
    found.sort();
    tags << found;
  }
  tags.removeDuplicates();
  return tags;
}

}  // namespace geocyte::widgets
