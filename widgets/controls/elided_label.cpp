// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/elided_label.h"

#include <QEvent>
#include <QFontMetrics>
#include <QResizeEvent>

namespace geocyte::widgets {

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent) : QLabel(parent) {
  setTextFormat(Qt::PlainText);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setFullText(text);
}

void ElidedLabel::setFullText(const QString& text) {
  if (full_ == text && !(full_.isEmpty() && QLabel::text().isNull())) return;
  full_ = text;
  setAccessibleName(text);
  updateGeometry();
  fit();
}

QSize ElidedLabel::sizeHint() const {
  return {fontMetrics().horizontalAdvance(full_) + 2, QLabel::sizeHint().height()};
}

QSize ElidedLabel::minimumSizeHint() const {
  return {full_.isEmpty() ? 0 : std::min(sizeHint().width(), fontMetrics().averageCharWidth() * 4), sizeHint().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
  QLabel::resizeEvent(event);
  fit();
}

void ElidedLabel::changeEvent(QEvent* event) {
  QLabel::changeEvent(event);
  if (event->type() == QEvent::FontChange) {
    updateGeometry();
    fit();
  }
}

void ElidedLabel::fit() {
  const QString shown = fontMetrics().elidedText(full_, Qt::ElideRight, std::max(0, width()));
  if (text() != shown) setText(shown);
  setToolTip(shown == full_ ? QString() : full_);
}

}  // namespace geocyte::widgets
