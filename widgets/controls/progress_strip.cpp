// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/progress_strip.h"

#include <QPainter>

#include <algorithm>

#include "widgets/base/number_format.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets {

ProgressStrip::ProgressStrip(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("Progress"));
}

void ProgressStrip::setProgress(std::int64_t step, std::int64_t total, const QString& right) {
  left_ = tr("step %1").arg(groupedText(step));
  if (total > 0) left_ += QStringLiteral(" / ") + groupedText(total);
  right_ = right;
  fraction_ = total > 0 ? std::clamp(static_cast<double>(step) / static_cast<double>(total), 0.0, 1.0) : 0;
  setAccessibleDescription(right_.isEmpty() ? left_ : left_ + QStringLiteral(", ") + right_);
  setToolTip(accessibleDescription());
  update();
}

void ProgressStrip::setMessage(const QString& text) {
  left_ = text;
  right_.clear();
  fraction_ = 0;
  setAccessibleDescription(text);
  setToolTip(text);
  update();
}

QSize ProgressStrip::sizeHint() const { return {320, 34}; }
QSize ProgressStrip::minimumSizeHint() const { return {140, 34}; }

void ProgressStrip::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF text(0, 2, width(), 18);
  painter.setFont(monoFont());
  painter.setPen(c.dim);
  const double left_width = QFontMetricsF(monoFont()).horizontalAdvance(left_);
  painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, left_);
  // The rate gives way to the step where there is no room for both.
  const QFontMetricsF caption(captionFont());
  const QString right = caption.elidedText(right_, Qt::ElideRight, width() - left_width - 12);
  if (right.size() > 3) {
    painter.setFont(captionFont());
    painter.drawText(text, Qt::AlignRight | Qt::AlignVCenter, right);
  }
  const QRectF bar(0, 25, width(), 3);
  painter.setPen(Qt::NoPen);
  painter.setBrush(c.line);
  painter.drawRoundedRect(bar, 1.5, 1.5);
  if (fraction_ <= 0) return;
  painter.setBrush(c.accent);
  painter.drawRoundedRect(QRectF(bar.topLeft(), QSizeF(std::max(3.0, bar.width() * fraction_), bar.height())), 1.5, 1.5);
}

}  // namespace geocyte::widgets
