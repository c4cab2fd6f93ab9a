// SPDX-License-Identifier: GPL-3.0-or-later
// Where things stand in the matrix, mouse and keys. The drawing: grid_paint.cpp.
#include "widgets/ablation_matrix/ablation_grid.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>

#include <algorithm>

#include "widgets/theme/fonts.h"

namespace geocyte::widgets::ablation_matrix {
namespace {

constexpr double kSlotHeight = 46, kTallHead = 58, kApart = 14, kLeastSlot = 138, kMostLine = 300, kLeastLine = 150, kPadding = 12;

double widest(const QFontMetricsF& metrics, const QStringList& texts) {
  double width = 0;
  for (const QString& text : texts) width = std::max(width, metrics.horizontalAdvance(text));
  return width;
}

}  // namespace

AblationGrid::AblationGrid(QWidget* parent) : QAbstractScrollArea(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setFrameShape(QFrame::NoFrame);
  viewport()->setMouseTracking(true);
  viewport()->setBackgroundRole(QPalette::Base);
  viewport()->setAutoFillBackground(true);
}

void AblationGrid::setArrangement(const Content& content, Arrangement arrangement, const Order& order) {
  const Place was = arrangement_.at(line_, head_);
  content_ = content;
  arrangement_ = std::move(arrangement);
  order_ = order;
  decimals_.clear();
  largest_.clear();
  for (const Score& score : content_.scores) {
    decimals_.push_back(decimalsFor(content_.largestMean(score.id)));
    largest_.push_back(content_.largestDifference(score.id));
  }
  line_ = head_ = -1;
  layOut();
  setCursorAt(was.row, was.score);
  viewport()->update();
}

void AblationGrid::layOut() {
  const QFontMetricsF mono(monoFont()), strong(strongFont()), caption(captionFont());
  const int lines = static_cast<int>(arrangement_.lines.size()), heads = static_cast<int>(arrangement_.heads.size());
  QStringList names, details, values;
  for (const Line& line : arrangement_.lines) names << line.text, details << line.detail;
  line_width_ = std::clamp(std::max(widest(strong, names), widest(caption, details)) + 2 * kPadding + 4, kLeastLine, std::min(kMostLine, std::max(kLeastLine, viewport()->width() * 0.3)));
  constexpr int kMeasured = 300;   // lines of a grid are alike: so many tell how wide a slot must be
  for (int l = 0; l < std::min(lines, kMeasured); ++l)
    for (int h = 0; h < heads; ++h) values << slotText(l, h).mid(0, 2);
  slot_width_ = std::max(kLeastSlot, widest(mono, values) + 2 * kPadding);
  // What is left is shared out, so that a small grid fills its panel.
  const double room = viewport()->width() - line_width_;
  if (heads > 0 && slot_width_ * heads < room) slot_width_ = std::min(room / heads, slot_width_ * 1.5);
  slot_width_ = std::floor(slot_width_);
  head_height_ = kTallHead;
  tops_.clear();
  double top = 0;
  for (int l = 0; l < lines; ++l) {
    if (standsApart(arrangement_.lines, l)) top += kApart;
    tops_.push_back(top);
    top += kSlotHeight;
  }
  tops_.push_back(top);
  const double wide = slot_width_ * heads, tall = top;
  horizontalScrollBar()->setRange(0, static_cast<int>(std::max(0.0, std::ceil(wide - room))));
  horizontalScrollBar()->setPageStep(static_cast<int>(room));
  horizontalScrollBar()->setSingleStep(static_cast<int>(slot_width_));
  verticalScrollBar()->setRange(0, static_cast<int>(std::max(0.0, std::ceil(tall - (viewport()->height() - head_height_)))));
  verticalScrollBar()->setPageStep(static_cast<int>(viewport()->height() - head_height_));
  verticalScrollBar()->setSingleStep(static_cast<int>(kSlotHeight));
}

QRectF AblationGrid::slotRect(int line, int head) const {
  return {line_width_ + head * slot_width_ - horizontalScrollBar()->value(), head_height_ + topOf(line) - verticalScrollBar()->value(), slot_width_, kSlotHeight};
}

QRectF AblationGrid::headRect(int head) const { return {line_width_ + head * slot_width_ - horizontalScrollBar()->value(), 0, slot_width_, head_height_}; }

QRectF AblationGrid::lineRect(int line) const { return {0, head_height_ + topOf(line) - verticalScrollBar()->value(), line_width_, kSlotHeight}; }

QStringList AblationGrid::slotText(int line, int head) const {
  const Place place = arrangement_.at(line, head);
  if (place.score < 0) return {};
  const std::size_t s = static_cast<std::size_t>(place.score);
  const int decimals = s < decimals_.size() ? decimals_[s] : 3;
  if (arrangement_.lines[static_cast<std::size_t>(line)].kind == LineKind::chance) return {plainText(content_.chance(content_.scores[s].id), decimals)};
  if (place.row < 0) return {tr("not planned")};
  const Row& row = content_.rows[static_cast<std::size_t>(place.row)];
  const Value value = row.values.value(content_.scores[s].id);
  switch (standingOf(row, value)) {
    case Standing::known: return {meanText(value, decimals), differenceText(value, decimals), tr("n %1").arg(value.n)};
    case Standing::running: return {tr("running")};
    case Standing::pending: return {tr("waiting")};
    case Standing::failed: return {tr("failed"), row.reasons.value(0)};
    case Standing::none: break;
  }
  return {QStringLiteral("–")};
}

QColor AblationGrid::slotFill(int line, int head) const {
  const ThemeColors& colors = themeColors();
  const Place place = arrangement_.at(line, head);
  if (place.row < 0 || place.score < 0) return colors.panel;
  const Score& score = content_.scores[static_cast<std::size_t>(place.score)];
  const Row& row = content_.rows[static_cast<std::size_t>(place.row)];
  const Value value = row.values.value(score.id);
  if (!value.isKnown()) return colors.panel;
  const QColor fill = fillOf(value, score, largest_[static_cast<std::size_t>(place.score)], colors);
  return row.kind == RowKind::tool ? mixed(colors.panel, fill, 0.5) : fill;   // colour is about the ingredients first
}

void AblationGrid::setOpened(int row) {
  opened_ = row;
  viewport()->update();
}

void AblationGrid::setCursorAt(int row, int score) {
  int line = line_, head = head_;
  for (int l = 0; l < static_cast<int>(arrangement_.lines.size()) && row >= 0; ++l)
    for (int h = 0; h < static_cast<int>(arrangement_.heads.size()); ++h) {
      const Place place = arrangement_.at(l, h);
      if (place.row != row || (score >= 0 && place.score != score)) continue;
      line = l;
      head = h;
      l = static_cast<int>(arrangement_.lines.size());
      break;
    }
  if (row < 0 && score >= 0)
    for (int h = 0; h < static_cast<int>(arrangement_.heads.size()); ++h)
      if (arrangement_.heads[static_cast<std::size_t>(h)].score == score && arrangement_.heads[static_cast<std::size_t>(h)].level.isEmpty()) head = h;
  line_ = line;
  head_ = head;
  showCursor();
}

void AblationGrid::moveCursor(int line, int head) {
  const int lines = static_cast<int>(arrangement_.lines.size()), heads = static_cast<int>(arrangement_.heads.size());
  if (lines == 0 || heads == 0) return;
  line_ = std::clamp(line, 0, lines - 1);
  head_ = std::clamp(head, 0, heads - 1);
  showCursor();
  const Place place = arrangement_.at(line_, head_);
  emit cursorMoved(place.row, place.score);
}

void AblationGrid::showCursor() {
  if (line_ < 0 || head_ < 0) return;
  const QRectF rect = slotRect(line_, head_);
  const auto into = [](QScrollBar* bar, double from, double to, double least, double most) {
    if (from < least) bar->setValue(bar->value() - static_cast<int>(std::ceil(least - from)));
    else if (to > most) bar->setValue(bar->value() + static_cast<int>(std::ceil(std::min(to - most, from - least))));
  };
  into(horizontalScrollBar(), rect.left(), rect.right(), line_width_, viewport()->width());
  into(verticalScrollBar(), rect.top(), rect.bottom(), head_height_, viewport()->height());
  const Place place = arrangement_.at(line_, head_);
  setAccessibleDescription(place.row < 0 || place.score < 0 ? arrangement_.lines[static_cast<std::size_t>(line_)].text + QStringLiteral(", ") + slotText(line_, head_).join(QStringLiteral(", "))
                                                           : sentence(content_, content_.rows[static_cast<std::size_t>(place.row)], content_.scores[static_cast<std::size_t>(place.score)]));
  viewport()->update();
}

bool AblationGrid::hit(const QPointF& at, int* line, int* head) const {
  *line = *head = -1;
  if (at.y() >= head_height_)
    for (int l = 0; l < static_cast<int>(arrangement_.lines.size()); ++l)
      if (const QRectF rect = lineRect(l); at.y() >= rect.top() && at.y() < rect.bottom()) *line = l;
  if (at.x() >= line_width_ && slot_width_ > 0) *head = static_cast<int>((at.x() - line_width_ + horizontalScrollBar()->value()) / slot_width_);
  if (*head >= static_cast<int>(arrangement_.heads.size())) *head = -1;
  return *line >= 0 && *head >= 0;
}

void AblationGrid::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  int line = -1, head = -1;
  if (hit(event->position(), &line, &head)) {
    moveCursor(line, head);
    const Place place = arrangement_.at(line, head);
    emit activated(place.row, place.score);
  } else if (line >= 0 && event->position().x() < line_width_) {
    moveCursor(line, std::max(0, head_));
    emit activated(arrangement_.at(line, std::max(0, head_)).row, arrangement_.at(line, std::max(0, head_)).score);
  } else if (head >= 0 && event->position().y() < head_height_ && arrangement_.heads[static_cast<std::size_t>(head)].level.isEmpty()) {
    emit sortWanted(arrangement_.heads[static_cast<std::size_t>(head)].score);
  }
}

void AblationGrid::mouseMoveEvent(QMouseEvent* event) {
  int line = -1, head = -1;
  const bool over = hit(event->position(), &line, &head);
  viewport()->setCursor(over || (line >= 0 && event->position().x() < line_width_) || (head >= 0 && event->position().y() < head_height_) ? Qt::PointingHandCursor : Qt::ArrowCursor);
  const Place place = over ? arrangement_.at(line, head) : Place();
  emit hovered(place.row, place.score, event->globalPosition().toPoint());
}

void AblationGrid::keyPressEvent(QKeyEvent* event) {
  const int line = std::max(0, line_), head = std::max(0, head_);
  const bool fresh = line_ < 0 || head_ < 0;
  switch (event->key()) {
    case Qt::Key_Up: return moveCursor(fresh ? line : line - 1, head);
    case Qt::Key_Down: return moveCursor(fresh ? line : line + 1, head);
    case Qt::Key_Left: return moveCursor(line, fresh ? head : head - 1);
    case Qt::Key_Right: return moveCursor(line, fresh ? head : head + 1);
    case Qt::Key_Home: return moveCursor(line, 0);
    case Qt::Key_End: return moveCursor(line, static_cast<int>(arrangement_.heads.size()) - 1);
    case Qt::Key_PageUp: return moveCursor(line - 8, head);
    case Qt::Key_PageDown: return moveCursor(line + 8, head);
    case Qt::Key_Return: case Qt::Key_Enter: case Qt::Key_Space:
      if (fresh) moveCursor(line, head);
      if (line_ >= 0) emit activated(arrangement_.at(line_, head_).row, arrangement_.at(line_, head_).score);
      return;
    case Qt::Key_BracketLeft: emit stepped(-1); return;
    case Qt::Key_BracketRight: emit stepped(1); return;
    case Qt::Key_S:
      if (head_ >= 0 && arrangement_.heads[static_cast<std::size_t>(head_)].level.isEmpty()) emit sortWanted(arrangement_.heads[static_cast<std::size_t>(head_)].score);
      return;
    case Qt::Key_Escape: emit closed(); return;
    default: QAbstractScrollArea::keyPressEvent(event);
  }
}

void AblationGrid::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  layOut();
  showCursor();
}

void AblationGrid::scrollContentsBy(int, int) { viewport()->update(); }

bool AblationGrid::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::Leave) emit hovered(-1, -1, {});
  if (event->type() != QEvent::ToolTip) return QAbstractScrollArea::viewportEvent(event);
  return true;   // the card says it
}

}  // namespace geocyte::widgets::ablation_matrix
