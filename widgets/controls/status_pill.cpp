// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/status_pill.h"

#include <QPainter>

#include "widgets/theme/fonts.h"

namespace geocyte::widgets {
namespace {
constexpr int kDot = 8, kGap = 6, kHeight = 20;
}

StatusPill::StatusPill(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed); }

void StatusPill::setState(Tone tone, const QString& text) {
  if (tone_ == tone && text_ == text) return;
  tone_ = tone;
  text_ = text;
  setAccessibleName(text);
  updateGeometry();
  update();
}

QSize StatusPill::sizeHint() const {
  return {kDot + kGap + QFontMetrics(captionFont()).horizontalAdvance(text_) + 2, kHeight};
}

void StatusPill::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(toneColor(tone_, c));
  painter.drawEllipse(QRectF(0, (height() - kDot) / 2.0, kDot, kDot));
  painter.setPen(toneTextColor(tone_, c));
  painter.setFont(captionFont());
  painter.drawText(rect().adjusted(kDot + kGap, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text_);
}

}  // namespace geocyte::widgets
