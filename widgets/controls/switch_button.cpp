// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/switch_button.h"

#include <QKeyEvent>
#include <QPainter>

#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets {
namespace {

constexpr double kTrackWidth = 30, kTrackHeight = 16, kKnob = 12, kBeforeText = 8;

}  // namespace

SwitchButton::SwitchButton(QWidget* parent) : QAbstractButton(parent) {
  setCheckable(true);
  setFocusPolicy(Qt::StrongFocus);
  setFont(monoFont());
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize SwitchButton::sizeHint() const {
  return {static_cast<int>(kTrackWidth + kBeforeText) + fontMetrics().horizontalAdvance(QStringLiteral("off")) + 4, 24};
}

void SwitchButton::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const bool on = isChecked();
  const QRectF track(width() - kTrackWidth - 2, (height() - kTrackHeight) / 2, kTrackWidth, kTrackHeight);
  const QColor ground = on ? c.accent : mixed(c.panel, c.dim, 0.45);
  painter.setPen(Qt::NoPen);
  painter.setBrush(isEnabled() ? ground : mixed(c.panel, ground, 0.5));
  painter.drawRoundedRect(track, kTrackHeight / 2, kTrackHeight / 2);
  const double inset = (kTrackHeight - kKnob) / 2;
  painter.setBrush(on ? c.on_accent : c.panel);
  painter.drawEllipse(QRectF(on ? track.right() - inset - kKnob : track.left() + inset, track.top() + inset, kKnob, kKnob));
  if (hasFocus()) {
    painter.setPen(QPen(c.accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(track.adjusted(-1.5, -1.5, 1.5, 1.5), kTrackHeight / 2 + 1.5, kTrackHeight / 2 + 1.5);
  }
  painter.setFont(font());
  painter.setPen(isEnabled() ? c.ink : c.dim);
  painter.drawText(QRectF(0, 0, track.left() - kBeforeText, height()), Qt::AlignRight | Qt::AlignVCenter, on ? tr("on") : tr("off"));
}

void SwitchButton::keyPressEvent(QKeyEvent* event) {
  // Space is the base's; Enter does the same here, as everywhere in the form.
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return click();
  QAbstractButton::keyPressEvent(event);
}

}  // namespace geocyte::widgets
