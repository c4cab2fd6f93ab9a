// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/elided_label.h"

#include <QEvent>
#include <QFontMetrics>
#include <QResizeEvent>

#include <algorithm>

namespace geocyte::widgets {
namespace {

/// Words between which a line may break: "n = 1 702" is one.
QStringList wordsOf(const QString& text) {
  const auto is_group = [](const QString& word) { return word.size() >= 3 && word[0].isDigit() && word[1].isDigit() && word[2].isDigit() && (word.size() == 3 || !word[3].isDigit()); };
  QStringList words;
  for (const QString& word : text.split(' ')) {
    const bool belongs = !words.isEmpty() && !words.last().isEmpty() &&
                         (word == QLatin1String("=") || words.last().endsWith(QLatin1String(" =")) || (words.last().back().isDigit() && is_group(word)));
    if (belongs) words.last() += ' ' + word;
    else words << word;
  }
  return words;
}

}  // namespace

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

void ElidedLabel::setMostLines(int lines, int height) {
  most_lines_ = std::max(1, lines);
  line_height_ = height;
  fit();
}

void ElidedLabel::fit() {
  if (most_lines_ > 1) {
    const QMargins around = contentsMargins();
    const int room = std::max(1, width() - around.left() - around.right());
    QStringList lines{QString()};
    const QStringList words = wordsOf(full_);
    for (qsizetype i = 0; i < words.size(); ++i) {
      const QString longer = lines.last().isEmpty() ? words[i] : lines.last() + ' ' + words[i];
      if (fontMetrics().horizontalAdvance(longer) <= room || lines.last().isEmpty()) {
        lines.last() = longer;
      } else if (lines.size() < most_lines_) {
        lines << words[i];
      } else {
        lines.last() = fontMetrics().elidedText(lines.last() + ' ' + words.mid(i).join(' '), Qt::ElideRight, room);
        break;
      }
    }
    setFixedHeight(line_height_ + std::max<int>(0, static_cast<int>(lines.size()) - 1) * fontMetrics().lineSpacing());
    const QString shown = lines.join('\n');
    if (text() != shown) setText(shown);
    return setToolTip(shown.endsWith(QChar(0x2026)) ? full_ : QString());
  }
  const QString shown = fontMetrics().elidedText(full_, Qt::ElideRight, std::max(0, contentsRect().width()));
  if (text() != shown) setText(shown);
  setToolTip(shown == full_ ? QString() : full_);
}

}  // namespace geocyte::widgets
