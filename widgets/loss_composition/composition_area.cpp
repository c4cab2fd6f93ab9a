// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/loss_composition/composition_area.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::loss_composition {
namespace {

constexpr double kMargin = 14, kGap = 18, kAxis = 18, kRow = 17, kLeastRow = 15, kSwatch = 20, kNumbers = 46;

}  // namespace

CompositionArea::CompositionArea(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void CompositionArea::setData(CompositionData data) {
  data_ = std::move(data);
  const int count = static_cast<int>(stack_.terms());
  if (solo_ >= count) solo_ = -1;
  if (focus_ >= count) focus_ = -1;
  hover_ = std::min(hover_, count - 1);
  arrange();
  update();
}

void CompositionArea::setMarker(std::optional<double> step) {
  if (marker_ == step) return;
  marker_ = step;
  update();
}

void CompositionArea::setSolo(int term) {
  const int wanted = term < static_cast<int>(stack_.terms()) ? std::max(-1, term) : -1;
  if (wanted == solo_) return;
  solo_ = wanted;
  update();
  emit soloChanged(solo_);
}

void CompositionArea::toggleSolo(int term) { setSolo(term == solo_ ? -1 : term); }

void CompositionArea::arrange() {
  const QFontMetricsF words(captionFont());
  double names = 0;
  for (const QString& name : data_.names) names = std::max(names, words.horizontalAdvance(name));
  const double wide = std::min(kSwatch + names + 8 + kNumbers, 0.5 * (width() - 2 * kMargin));
  legend_ = QRectF(width() - kMargin - wide, 0, wide, height());
  plot_ = QRectF(kMargin, 4, std::max(1.0, legend_.left() - kGap - kMargin), std::max(1.0, height() - 4 - kAxis));
}

std::size_t CompositionArea::columns() const { return static_cast<std::size_t>(std::max(2.0, plot_.width() / 3)); }

int CompositionArea::legendRows() const {
  const int fit = std::max(1, static_cast<int>((height() - 4) / kLeastRow));
  const int count = static_cast<int>(stack_.terms());
  return count <= fit ? count : fit - 1;   // the last line then says how many more there are
}

QRectF CompositionArea::legendRect(int term) const {
  const int rows = legendRows();
  if (term < 0 || term >= rows) return {};
  const bool with_step = height() - 4 >= kRow * (rows + 1);
  const double row = std::min(kRow, (height() - 4.0) / std::max(1, rows));
  return {legend_.left(), 4 + (with_step ? kRow : 0) + row * term, legend_.width(), row};
}

double CompositionArea::xOfStep(double step) const {
  if (stack_.size() == 0) return plot_.left();
  const double first = stack_.step(0), last = stack_.step(stack_.size() - 1);
  return last > first ? plot_.left() + plot_.width() * (step - first) / (last - first) : plot_.left();
}

double CompositionArea::stepOfX(double x) const {
  if (stack_.size() == 0) return 0;
  const double first = stack_.step(0), last = stack_.step(stack_.size() - 1);
  return first + (last - first) * std::clamp((x - plot_.left()) / plot_.width(), 0.0, 1.0);
}

std::size_t CompositionArea::shownRow() const {
  if (stack_.size() == 0) return 0;
  return stack_.nearest(marker_.value_or(stack_.step(stack_.size() - 1)));
}

QString CompositionArea::shareText(int term) const {
  const std::size_t row = shownRow();
  if (row >= stack_.size() || term < 0 || term >= static_cast<int>(stack_.terms())) return QStringLiteral("–");
  const double share = stack_.share(row, static_cast<std::size_t>(term));
  if (share > 0 && share < 0.005) return QStringLiteral("<1 %");
  return tr("%1 %").arg(std::lround(100 * share));
}

double CompositionArea::top() const {
  if (solo_ < 0) return 1;
  double highest = 0;
  for (const Bucket& bucket : buckets())
    if (bucket.known) highest = std::max(highest, bucket.high[static_cast<std::size_t>(solo_)]);
  for (const double round : {0.01, 0.02, 0.05, 0.1, 0.2, 0.5})
    if (highest <= round) return round;
  return 1;
}

int CompositionArea::termAt(const QPointF& at) const {
  for (int k = 0; k < legendRows(); ++k)
    if (legendRect(k).contains(at)) return k;
  if (!plot_.contains(at) || buckets().empty()) return -1;
  const double step = stepOfX(at.x());
  const std::vector<Bucket>& buckets = this->buckets();
  const auto bucket = std::find_if(buckets.begin(), buckets.end(), [step](const Bucket& b) { return step <= b.to; });
  if (bucket == buckets.end() || !bucket->known) return -1;
  const double height = (plot_.bottom() - at.y()) / plot_.height() * top();
  if (solo_ >= 0) return height <= bucket->high[static_cast<std::size_t>(solo_)] ? solo_ : -1;
  double sum = 0;
  for (std::size_t k = 0; k < stack_.terms(); ++k)
    if (sum += bucket->share[k]; height <= sum) return static_cast<int>(k);
  return static_cast<int>(stack_.terms()) - 1;
}

void CompositionArea::moveMarker(int rows) {
  if (stack_.size() == 0) return;
  // One key moves as far as one drawn bucket: every step of a long run would take for ever.
  const auto stride = static_cast<std::int64_t>(stack_.bucketLength(columns()));
  const auto row = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::min(shownRow(), stack_.size() - 1)) + rows * stride, 0, static_cast<std::int64_t>(stack_.size()) - 1);
  emit pointed(stack_.step(static_cast<std::size_t>(row)));
}

void CompositionArea::resizeEvent(QResizeEvent*) { arrange(); }

void CompositionArea::mouseMoveEvent(QMouseEvent* event) {
  const int term = termAt(event->position());
  setCursor(term >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (term != hover_) {
    hover_ = term;
    update();
  }
  if (plot_.contains(event->position()) && stack_.size() > 0) emit pointed(stepOfX(event->position().x()));
}

void CompositionArea::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const int term = termAt(event->position());
  focus_ = term;
  if (term < 0) setSolo(-1);
  else toggleSolo(term);
  update();
}

void CompositionArea::leaveEvent(QEvent*) {
  hover_ = -1;
  update();
  emit left();
}

void CompositionArea::keyPressEvent(QKeyEvent* event) {
  const int count = static_cast<int>(stack_.terms());
  switch (event->key()) {
    case Qt::Key_Up: case Qt::Key_Down:
      if (count == 0) return;
      focus_ = std::clamp(focus_ < 0 ? 0 : focus_ + (event->key() == Qt::Key_Down ? 1 : -1), 0, count - 1);
      setAccessibleDescription(QStringLiteral("%1 %2").arg(data_.names.value(focus_), shareText(focus_)));
      return update();
    case Qt::Key_Left: return moveMarker(-1);
    case Qt::Key_Right: return moveMarker(1);
    case Qt::Key_Return: case Qt::Key_Enter: case Qt::Key_Space:
      if (focus_ >= 0) toggleSolo(focus_);
      return;
    case Qt::Key_Escape:
      focus_ = -1;
      setSolo(-1);
      emit left();
      return update();
    default: QWidget::keyPressEvent(event);
  }
}

QString CompositionArea::tooltip(const QPointF& at) const {
  const int term = termAt(at);
  if (term < 0) return {};
  QStringList lines{QStringLiteral("%1: %2").arg(data_.names.value(term), shareText(term))};
  const double step = stepOfX(at.x());
  const std::vector<Bucket>& buckets = this->buckets();
  const auto bucket = std::find_if(buckets.begin(), buckets.end(), [step](const Bucket& b) { return step <= b.to; });
  if (plot_.contains(at) && bucket != buckets.end() && bucket->known && bucket->to > bucket->from) {
    const auto k = static_cast<std::size_t>(term);
    lines << tr("%1 to %2 % in steps %3 to %4").arg(100 * bucket->low[k], 0, 'f', 1).arg(100 * bucket->high[k], 0, 'f', 1).arg(groupedText(std::llround(bucket->from)), groupedText(std::llround(bucket->to)));
  }
  lines << (term == solo_ ? tr("Click: all terms again") : tr("Click: this term alone"));
  return lines.join('\n');
}

bool CompositionArea::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const QString text = tooltip(help->pos());
  if (text.isEmpty()) QToolTip::hideText();
  else QToolTip::showText(help->globalPos(), text, this);
  return true;
}

}  // namespace geocyte::widgets::loss_composition
