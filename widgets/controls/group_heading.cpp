// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/group_heading.h"

#include <QKeyEvent>
#include <QPainter>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets {
namespace {

constexpr int kHeight = 34, kBaseline = 9, kChevron = 12;

}  // namespace

GroupHeading::GroupHeading(const QString& name, QWidget* parent) : QAbstractButton(parent) {
  setObjectName(QStringLiteral("group/") + name);
  setText(name);
  setCheckable(true);
  setChecked(true);
  setFont(captionFont());
  setCursor(Qt::PointingHandCursor);
  setFocusPolicy(Qt::TabFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(this, &QAbstractButton::toggled, this, &GroupHeading::describe);
  describe();
}

void GroupHeading::describe() {
  setToolTip(isOpen() ? tr("Close the group %1").arg(text()) : tr("Open the group %1").arg(text()));
  setAccessibleName(changes_ ? tr("%1, %2 changed").arg(text()).arg(changes_) : text());
  update();
}

void GroupHeading::setChanges(int changes) {
  if (changes_ == changes) return;
  changes_ = changes;
  describe();
}

QSize GroupHeading::sizeHint() const { return {120, kHeight}; }

void GroupHeading::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Right || event->key() == Qt::Key_Left) return setOpen(event->key() == Qt::Key_Right);
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return click();
  QAbstractButton::keyPressEvent(event);
}

void GroupHeading::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setFont(font());
  const QColor ink = underMouse() || hasFocus() ? c.ink : c.dim;
  const QRectF line(0, kBaseline, width(), height() - kBaseline);
  paintIcon(painter, isOpen() ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
            QRectF(0, line.center().y() - kChevron / 2.0, kChevron, kChevron), ink);
  QFont spaced = font();
  spaced.setLetterSpacing(QFont::PercentageSpacing, 104);
  painter.setFont(spaced);
  painter.setPen(ink);
  painter.drawText(line.adjusted(kChevron + 5, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text().toUpper());
  if (changes_) {
    painter.setFont(font());
    painter.setPen(toneTextColor(Tone::accent, c));
    painter.drawText(line.adjusted(0, 0, -2, 0), Qt::AlignRight | Qt::AlignVCenter, tr("%1 changed").arg(changes_));
  }
  if (hasFocus()) {
    painter.setPen(QPen(c.accent, 1));
    painter.drawLine(QPointF(0, height() - 1.5), QPointF(width(), height() - 1.5));
  }
}

}  // namespace geocyte::widgets
