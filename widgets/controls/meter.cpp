// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/meter.h"

#include <QPainter>

#include <algorithm>

#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets {
namespace {
constexpr int kMinWidth = 64, kHeight = 34;
constexpr double kNearlyFull = 0.95;
}  // namespace

Meter::Meter(const QString& name, QWidget* parent) : QWidget(parent), name_(name) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setAccessibleName(name);
}

void Meter::setValue(const QString& text, double fraction) {
  const bool wider = QFontMetrics(captionFont()).horizontalAdvance(name_ + ' ' + text) + 4 > width();
  text_ = text;
  fraction_ = fraction;
  setAccessibleDescription(text);
  setToolTip(name_ + ' ' + text);
  if (wider) updateGeometry();
  update();
}

QSize Meter::sizeHint() const {
  return {std::max(kMinWidth, QFontMetrics(captionFont()).horizontalAdvance(name_ + ' ' + text_) + 4), kHeight};
}

void Meter::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  painter.drawText(QRectF(0, 2, width(), 18), Qt::AlignLeft | Qt::AlignVCenter, name_ + ' ' + text_);
  if (!(fraction_ >= 0)) return;
  const QRectF bar(0, 25, width(), 3);
  painter.setPen(Qt::NoPen);
  painter.setBrush(c.line);
  painter.drawRoundedRect(bar, 1.5, 1.5);
  painter.setBrush(fraction_ > kNearlyFull && name_ != QLatin1String("CPU") ? c.warn : c.accent);  // a busy processor is good news
  painter.drawRoundedRect(QRectF(0, 25, width() * std::min(1.0, fraction_), 3), 1.5, 1.5);
}

}  // namespace geocyte::widgets
