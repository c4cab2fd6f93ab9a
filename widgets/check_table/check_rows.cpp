// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/check_table/check_rows.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets::check_table {
namespace {

constexpr double kSide = 14, kHead = 26, kMark = 14, kMarkArea = 24, kExplain = 14, kExplainArea = 26;
constexpr int kOneLine = 26, kTwoLines = 38, kShort = 24, kWide = 520;
constexpr double kRange = 88, kBoundArea = 86, kNumberArea = 150, kIntervalArea = 92;

/// In the narrow form: an interval, what is worst, another run's number, or why it is not judged.
bool needsSecondLine(const CheckItem& item) {
  if (!item.isKnown()) return !item.check.rule.isEmpty();
  return !intervalText(item.check).isEmpty() || !item.check.worst.isEmpty() || item.other;
}

/// What is worst, and another run's number.
QString factsText(const CheckItem& item) {
  return joined({worstText(item.check), item.other ? QObject::tr("%1: %2").arg(item.other_name, valueText(*item.other)) : QString()}, QStringLiteral(" · "));
}

void write(QPainter& painter, const QRectF& area, const QString& text, const QFont& font, const QColor& color, Qt::Alignment side = Qt::AlignLeft) {
  painter.setFont(font);
  painter.setPen(color);
  painter.drawText(area, static_cast<int>(side | Qt::AlignVCenter), QFontMetricsF(font).elidedText(text, Qt::ElideRight, area.width() + 1));
}

void paintMark(QPainter& painter, const QRectF& box, Outcome outcome) {
  const ThemeColors& c = themeColors();
  switch (outcome) {
    case Outcome::passes: return paintIcon(painter, QStringLiteral("check"), box, c.ok);
    case Outcome::fails: return paintIcon(painter, QStringLiteral("close"), box, c.bad);
    case Outcome::no_gate: return paintIcon(painter, QStringLiteral("minus"), box, c.dim);
    case Outcome::open: break;
  }
  painter.setPen(QPen(c.faint, 1.4, Qt::DotLine));
  painter.setBrush(Qt::NoBrush);
  painter.drawEllipse(box.center(), 4.5, 4.5);
}

}  // namespace

CheckRows::CheckRows(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
}

void CheckRows::setItems(std::vector<CheckItem> items) {
  items_ = std::move(items);
  if (current_ >= static_cast<int>(items_.size())) current_ = -1;
  layOut();
  update();
}

void CheckRows::setSelected(int row) {
  if (row == selected_) return;
  selected_ = row;
  update();
}

bool CheckRows::isWide() const { return width() >= kWide; }
int CheckRows::rowHeight(int row) const {
  const CheckItem& item = items_[static_cast<std::size_t>(row)];
  return isWide() ? kOneLine : needsSecondLine(item) ? kTwoLines : kShort;
}

bool CheckRows::opensKind(int row) const {
  return row == 0 || items_[static_cast<std::size_t>(row)].check.kind != items_[static_cast<std::size_t>(row - 1)].check.kind;
}

void CheckRows::layOut() {
  top_.clear();
  bottom_ = 0;
  for (int row = 0; row < static_cast<int>(items_.size()); ++row) {
    if (opensKind(row)) bottom_ += kHead + (row > 0 ? 4 : 0);
    top_.push_back(bottom_);
    bottom_ += rowHeight(row);
  }
  const int needed = static_cast<int>(std::ceil(bottom_)) + 6;
  if (minimumHeight() != needed) setMinimumHeight(needed);   // what it lies in scrolls
  updateGeometry();
}

QSize CheckRows::sizeHint() const { return {320, static_cast<int>(std::ceil(bottom_)) + 6}; }

QRectF CheckRows::rowRect(int row) const { return {0, top_[static_cast<std::size_t>(row)], static_cast<double>(width()), static_cast<double>(rowHeight(row))}; }

QRectF CheckRows::explainRect(int row) const {
  const QRectF where = rowRect(row);
  return {where.right() - kSide - kExplain, where.top() + (isWide() ? kOneLine : 22) / 2.0 - kExplain / 2, kExplain, kExplain};
}

int CheckRows::rowAt(const QPointF& at) const {
  for (int row = 0; row < static_cast<int>(items_.size()); ++row)
    if (rowRect(row).contains(at)) return row;
  return -1;
}

/// The interval and the value on a line with the bound as a tick: how near it is, at a glance.
void CheckRows::paintRange(QPainter& painter, const QRectF& area, const CheckItem& item) const {
  const ThemeColors& c = themeColors();
  const CheckView& check = item.check;
  if (check.counts || !std::isfinite(check.bound) || !std::isfinite(check.value) || check.bound == 0) return;
  double low = std::min({0.0, check.value, check.bound}), high = std::max(check.value, check.bound);
  if (std::isfinite(check.low)) low = std::min(low, check.low);
  if (std::isfinite(check.high)) high = std::max(high, check.high);
  if (!(high > low)) return;
  const auto at = [&](double value) { return area.left() + area.width() * (value - low) / (high - low); };
  const double y = std::round(area.center().y()) + 0.5;
  const QColor color = item.outcome() == Outcome::fails ? c.bad : item.outcome() == Outcome::passes ? c.ok : c.dim;
  painter.setPen(QPen(mixed(c.panel, c.line, 0.9), 1));
  painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
  if (std::isfinite(check.high)) {
    painter.setPen(QPen(color, 3, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(QPointF(at(std::isfinite(check.low) ? check.low : check.value), y), QPointF(at(check.high), y));
  }
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawEllipse(QPointF(at(check.value), y), 3.2, 3.2);
  painter.setPen(QPen(c.ink, 1.5));
  const double tick = std::round(at(check.bound)) + 0.5;
  painter.drawLine(QPointF(tick, y - 6), QPointF(tick, y + 6));
}

void CheckRows::paintWide(QPainter& painter, const QRectF& area, const CheckItem& item, const QColor& quiet) const {
  const ThemeColors& c = themeColors();
  const double top = area.top(), line = area.height();
  double right = area.right();
  write(painter, {right - kBoundArea, top, kBoundArea, line}, boundText(item.check), monoFont(), quiet);
  right -= kBoundArea + 8;
  paintRange(painter, {right - kRange, top, kRange, line}, item);
  right -= kRange + 12;
  write(painter, {right - kIntervalArea, top, kIntervalArea, line}, intervalText(item.check), monoFont(), quiet);
  write(painter, {right - kNumberArea, top, kNumberArea - kIntervalArea - 6, line}, valueText(item.check), monoFont(), item.outcome() == Outcome::fails ? c.bad_text : c.ink, Qt::AlignRight);
  right -= kNumberArea + 10;
  const double title = std::min(QFontMetricsF(textFont()).horizontalAdvance(item.check.title) + 12, right - area.left()), left = area.left() + title;
  write(painter, {area.left(), top, title, line}, item.check.title, textFont(), item.isKnown() ? c.ink : quiet);
  const QString said = item.isKnown() ? factsText(item) : item.check.rule.isEmpty() ? outcomeText(item.outcome()) : item.check.rule;
  if (right - left > 40) write(painter, {left, top, right - left, line}, said, captionFont(), quiet);
}

void CheckRows::paintNarrow(QPainter& painter, const QRectF& area, const CheckItem& item, const QColor& quiet) const {
  const ThemeColors& c = themeColors();
  const QColor ink = item.isKnown() ? c.ink : quiet;
  double right = area.right();
  const auto atTheRight = [&](const QString& text, const QFont& font, const QColor& color) {
    const double width = QFontMetricsF(font).horizontalAdvance(text) + 4;
    write(painter, {right - width, area.top(), width, area.height()}, text, font, color, Qt::AlignRight);
    right -= width + 8;
  };
  if (item.isKnown()) {
    atTheRight(valueText(item.check), monoFont(), item.outcome() == Outcome::fails ? c.bad_text : ink);
    if (!needsSecondLine(item) && !boundText(item.check).isEmpty()) atTheRight(boundText(item.check), monoFont(), quiet);
  } else {
    // The mark says it too: where there is no room for both, the title is read.
    const QString said = outcomeText(item.outcome());
    const double both = QFontMetricsF(textFont()).horizontalAdvance(item.check.title) + QFontMetricsF(captionFont()).horizontalAdvance(said) + 12;
    if (both <= area.width()) atTheRight(said, captionFont(), quiet);
  }
  write(painter, {area.left(), area.top(), right - area.left(), area.height()}, item.check.title, textFont(), ink);
  if (!needsSecondLine(item)) return;
  const QRectF second(area.left(), area.top() + 20, area.width(), 17);
  const QString bound = joined({intervalText(item.check), boundText(item.check)}, QStringLiteral("  ")), facts = factsText(item);
  const double room = bound.isEmpty() ? 0 : QFontMetricsF(monoFont()).horizontalAdvance(bound) + 4;
  if (!bound.isEmpty()) write(painter, {second.right() - room, second.top(), room, second.height()}, bound, monoFont(), quiet, Qt::AlignRight);
  write(painter, {second.left(), second.top(), second.width() - (bound.isEmpty() ? 0 : room + 8), second.height()},
        !item.isKnown() ? item.check.rule : facts.isEmpty() ? outcomeText(item.outcome()) : facts, captionFont(), quiet);
}

void CheckRows::paintRow(QPainter& painter, int row) const {
  const ThemeColors& c = themeColors();
  const CheckItem& item = items_[static_cast<std::size_t>(row)];
  const QRectF where = rowRect(row);
  if (row == selected_) painter.fillRect(where, c.selected_row);
  else if (row == hover_) painter.fillRect(where, c.hover);
  const QColor quiet = row == selected_ ? c.dim_on_selected : c.dim;
  const double line = isWide() ? kOneLine : 22;
  painter.save();
  paintMark(painter, QRectF(where.left() + kSide, where.top() + line / 2 - kMark / 2, kMark, kMark), item.outcome());
  paintIcon(painter, QStringLiteral("info"), explainRect(row), row == hover_ || row == current_ ? quiet : c.faint);
  const QRectF words(where.left() + kSide + kMarkArea, where.top(), where.width() - 2 * kSide - kMarkArea - kExplainArea, line);
  isWide() ? paintWide(painter, words, item, quiet) : paintNarrow(painter, words, item, quiet);
  if (row == current_ && hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange)) {
    painter.setPen(c.accent);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(where.adjusted(0.5, 0.5, -0.5, -0.5));
  }
  painter.restore();
}

void CheckRows::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  for (int row = 0; row < static_cast<int>(items_.size()); ++row) {
    if (opensKind(row)) {
      const QRectF head(kSide, rowRect(row).top() - kHead, width() - 2 * kSide, kHead);
      painter.setFont(captionFont());
      painter.setPen(c.dim);
      painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(captionFont()).elidedText(kindText(items_[static_cast<std::size_t>(row)].check.kind), Qt::ElideRight, head.width()));
      painter.fillRect(QRectF(0, rowRect(row).top() - 1, width(), 1), c.line);
    }
    paintRow(painter, row);
  }
}

void CheckRows::mousePressEvent(QMouseEvent* event) {
  const int row = rowAt(event->position());
  if (event->button() != Qt::LeftButton || row < 0) return;
  current_ = row;
  update();
  if (explainRect(row).adjusted(-6, -6, 6, 6).contains(event->position())) emit explainWanted(row);
  else emit activated(row);
}

void CheckRows::mouseMoveEvent(QMouseEvent* event) {
  const int row = rowAt(event->position());
  const bool explains = row >= 0 && explainRect(row).adjusted(-6, -6, 6, 6).contains(event->position());
  setCursor(row >= 0 && (explains || !items_[static_cast<std::size_t>(row)].check.worst.isEmpty()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (row != hover_) update();
  hover_ = row;
  emit hovered(row, event->globalPosition().toPoint());
}

void CheckRows::leaveEvent(QEvent* event) {
  hover_ = -1;
  update();
  emit hovered(-1, {});
  QWidget::leaveEvent(event);
}

void CheckRows::keyPressEvent(QKeyEvent* event) {
  const int count = static_cast<int>(items_.size());
  const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
  if (step != 0 && count > 0) {
    current_ = std::clamp(current_ + step, 0, count - 1);
    update();
    return emit currentMoved(current_);
  }
  if (event->key() == Qt::Key_Escape) return emit cleared();
  if (current_ >= 0 && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space)) return emit activated(current_);
  if (current_ >= 0 && event->key() == Qt::Key_I) return emit explainWanted(current_);
  QWidget::keyPressEvent(event);
}

void CheckRows::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  layOut();
}

bool CheckRows::event(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
  return QWidget::event(event);
}

}  // namespace geocyte::widgets::check_table
