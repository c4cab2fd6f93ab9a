// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/timeline_strip.h"

#include <QEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QTimer>
#include <QToolButton>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace geocyte::widgets {
namespace {

constexpr int kHeight = 58, kLeft = 84, kRight = 132;
constexpr double kAxisY = 31, kDiamondY = 16, kFlagY = 46, kHandle = 5.5;
constexpr int kPlayMs = 100;
constexpr double kReach = 5;  // how near the pointer must be to a mark

void drawDiamond(QPainter& painter, double x, double y, double r, const QColor& color) {
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawPolygon(QPolygonF({{x, y - r}, {x + r, y}, {x, y + r}, {x - r, y}}));
}

}  // namespace

TimelineStrip::TimelineStrip(TimeCursor* cursor, QWidget* parent) : QWidget(parent), cursor_(cursor), timer_(new QTimer(this)) {
  setObjectName(QStringLiteral("timeline"));
  setAccessibleName(tr("Timeline of the run"));
  setFixedHeight(kHeight);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  play_ = new QToolButton(this);
  play_->setObjectName(QStringLiteral("timelinePlay"));
  play_->setFont(monoFont());
  play_->setText(QStringLiteral(" 10/s"));
  play_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  play_->setIconSize({12, 12});
  setTone(play_, Tone::dim);
  play_->setAccessibleName(tr("Play snapshots"));
  play_->setToolTip(tr("Play the snapshots, ten a second (Space)"));
  live_ = new QToolButton(this);
  live_->setObjectName(QStringLiteral("timelineLive"));
  live_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  live_->setIconSize({14, 14});
  connect(play_, &QToolButton::clicked, this, [this] { setPlaying(!isPlaying()); });
  connect(live_, &QToolButton::clicked, this, [this] {
    setPlaying(false);
    if (cursor_) cursor_->setLive();
  });
  timer_->setInterval(kPlayMs);
  connect(timer_, &QTimer::timeout, this, [this] { stepBy(1); });
  if (cursor_) connect(cursor_, &TimeCursor::changed, this, &TimelineStrip::restyle);
  restyle();
}

void TimelineStrip::setData(TimelineData data) {
  data_ = std::move(data);
  restyle();
}

bool TimelineStrip::isPlaying() const { return timer_->isActive(); }

void TimelineStrip::setPlaying(bool playing) {
  if (playing && (data_.snapshots.empty() || !cursor_)) return;
  if (playing && !isPlaying()) {
    // From the end, playing means from the beginning.
    if (cursor_->isLive() || shownStep() >= data_.snapshots.back()) cursor_->setStep(std::llround(data_.snapshots.front()));
    timer_->start();
  } else if (!playing) {
    timer_->stop();
  }
  restyle();
}

void TimelineStrip::stepBy(int direction, bool checkpoints) {
  if (!cursor_) return;
  std::vector<double> stops = data_.snapshots;
  if (checkpoints) {
    stops.clear();
    for (const Mark& mark : data_.marks)
      if (mark.kind == QLatin1String("checkpoint")) stops.push_back(mark.step);
    std::sort(stops.begin(), stops.end());
  }
  const double here = shownStep();
  if (direction > 0) {
    const auto next = std::upper_bound(stops.begin(), stops.end(), here);
    if (next != stops.end() && !cursor_->isLive()) return cursor_->setStep(std::llround(*next));
    setPlaying(false);
    cursor_->setLive();
  } else {
    const auto next = std::lower_bound(stops.begin(), stops.end(), here);
    if (next != stops.begin()) cursor_->setStep(std::llround(*(next - 1)));
  }
}

double TimelineStrip::lastStep() const {
  double last = std::max(data_.step, data_.total_steps);
  if (!data_.snapshots.empty()) last = std::max(last, data_.snapshots.back());
  return std::max(1.0, last);
}

double TimelineStrip::shownStep() const {
  return !cursor_ || cursor_->isLive() ? data_.step : std::clamp<double>(static_cast<double>(cursor_->step()), 0, lastStep());
}

double TimelineStrip::xOfStep(double step) const { return kLeft + (width() - kLeft - kRight) * step / lastStep(); }

double TimelineStrip::stepAtX(double x) const {
  const double room = std::max(1, width() - kLeft - kRight);
  return std::clamp((x - kLeft) / room, 0.0, 1.0) * lastStep();
}

void TimelineStrip::scrubTo(double x) {
  if (!cursor_ || data_.snapshots.empty()) return;
  setPlaying(false);
  // However far the end is: where the axis begins the first snapshot can be reached.
  const double wanted = x <= kLeft + kReach ? data_.snapshots.front() : stepAtX(x);
  if (wanted >= data_.step && wanted > data_.snapshots.front()) return cursor_->setLive();
  const auto above = std::lower_bound(data_.snapshots.begin(), data_.snapshots.end(), wanted);
  double nearest = above == data_.snapshots.end() ? data_.snapshots.back() : *above;
  if (above != data_.snapshots.begin() && wanted - *(above - 1) <= nearest - wanted) nearest = *(above - 1);
  cursor_->setStep(std::llround(nearest));
}

void TimelineStrip::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) scrubTo(event->position().x());
}

void TimelineStrip::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) scrubTo(event->position().x());
}

void TimelineStrip::keyPressEvent(QKeyEvent* event) {
  const bool far = event->modifiers() & Qt::ShiftModifier;
  switch (event->key()) {
    case Qt::Key_Left: return stepBy(-1, far);
    case Qt::Key_Right: return stepBy(1, far);
    case Qt::Key_Space: return setPlaying(!isPlaying());
    case Qt::Key_Home:
      if (cursor_ && !data_.snapshots.empty()) cursor_->setStep(std::llround(data_.snapshots.front()));
      return;
    case Qt::Key_End:
      setPlaying(false);
      if (cursor_) cursor_->setLive();
      return;
    default: QWidget::keyPressEvent(event);
  }
}

void TimelineStrip::resizeEvent(QResizeEvent*) { restyle(); }

bool TimelineStrip::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto text = textAt(help->pos());
    text ? QToolTip::showText(help->globalPos(), *text, this) : QToolTip::hideText();
    return true;
  }
  if (event->type() == QEvent::PaletteChange) restyle();
  return QWidget::event(event);
}

std::optional<QString> TimelineStrip::textAt(const QPoint& at) const {
  if (at.x() < kLeft - kReach || at.x() > width() - kRight + kReach) return std::nullopt;
  QStringList lines;
  for (const Mark& mark : data_.marks)
    if (std::abs(xOfStep(mark.step) - at.x()) <= kReach)
      lines << tr("step %1 · %2").arg(groupedText(std::llround(mark.step)), mark.text.isEmpty() ? mark.kind : mark.text);
  if (lines.isEmpty()) lines << tr("step %1").arg(groupedText(std::llround(stepAtX(at.x()))));
  return lines.join('\n');
}

void TimelineStrip::restyle() {
  const bool live = !cursor_ || cursor_->isLive();
  play_->setIcon(themeIcon(isPlaying() ? QStringLiteral("pause") : QStringLiteral("play"), Tone::dim));
  play_->setEnabled(data_.snapshots.size() > 1);
  const Tone tone = !live ? Tone::accent : data_.ended ? Tone::dim : Tone::ok;
  live_->setText(data_.ended ? live ? tr("Last step") : tr("Go to last") : live ? tr("Live") : tr("Go live"));
  live_->setIcon(themeIcon(QStringLiteral("dot"), tone));
  setTone(live_, tone);
  live_->setAccessibleName(live ? tr("Showing the newest step") : tr("Go to the newest step"));
  live_->setToolTip(live ? tr("The newest step is shown") : tr("Show the newest step again (End)"));
  play_->adjustSize();
  live_->adjustSize();
  play_->move(10, static_cast<int>(kAxisY) - play_->height() / 2);
  live_->move(width() - 14 - live_->width(), static_cast<int>(kAxisY) - live_->height() / 2);
  setAccessibleDescription(tr("step %1 of %2").arg(groupedText(std::llround(shownStep())), groupedText(std::llround(lastStep()))));
  update();
}

void TimelineStrip::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.fillRect(rect(), c.panel);
  painter.fillRect(0, 0, width(), 1, hasFocus() ? c.accent : c.line);
  painter.setRenderHint(QPainter::Antialiasing);
  const double begin = xOfStep(0), end = xOfStep(lastStep()), shown = xOfStep(shownStep()), newest = xOfStep(data_.step);
  painter.setPen(Qt::NoPen);
  painter.setBrush(c.line);
  painter.drawRoundedRect(QRectF(begin, kAxisY - 1.25, end - begin, 2.5), 1.25, 1.25);
  // Done but later than the shown moment: a paler accent.
  painter.setBrush(mixed(c.panel, c.accent, 0.35));
  painter.drawRoundedRect(QRectF(begin, kAxisY - 1.25, newest - begin, 2.5), 1.25, 1.25);
  painter.setBrush(c.accent);
  painter.drawRoundedRect(QRectF(begin, kAxisY - 1.25, shown - begin, 2.5), 1.25, 1.25);

  painter.setRenderHint(QPainter::Antialiasing, false);
  for (const double snapshot : data_.snapshots) {
    const QColor tick = mixed(c.panel, c.accent, snapshot <= shownStep() ? 0.75 : 0.4);
    painter.fillRect(QRectF(std::round(xOfStep(snapshot)), kAxisY - 5, 1, 10), tick);
  }
  painter.setRenderHint(QPainter::Antialiasing);

  painter.setFont(captionFont());
  const QFontMetricsF metrics(captionFont());
  double free_from = begin - 20;
  for (const Mark& mark : data_.marks) {
    const double x = xOfStep(mark.step);
    if (mark.kind == QLatin1String("checkpoint")) {
      drawDiamond(painter, x, kDiamondY, 4.5, c.dim);
      continue;
    }
    const bool alert = mark.kind == QLatin1String("alert");
    const Tone tone = alert ? Tone::bad : Tone::accent;
    if (x - 6 < free_from) continue;  // the tooltip still names it; text upon text says nothing
    paintIcon(painter, alert ? QStringLiteral("warning") : QStringLiteral("flag"), QRectF(x - 2, kFlagY - 5.5, 11, 11), toneColor(tone, c));
    const QString text = metrics.elidedText(mark.text, Qt::ElideRight, std::max(0.0, std::min(220.0, end + 100 - x)));
    painter.setPen(toneTextColor(tone, c));
    painter.drawText(QPointF(x + 13, kFlagY + 4.5), text);
    free_from = x + 13 + metrics.horizontalAdvance(text) + 8;
  }
  painter.setPen(QPen(c.panel, 1.5));
  painter.setBrush(c.accent);
  painter.drawEllipse(QPointF(shown, kAxisY), kHandle, kHandle);
  if (cursor_ && !cursor_->isLive()) {
    const QString text = tr("step %1").arg(groupedText(std::llround(shownStep())));
    const double half = metrics.horizontalAdvance(text) / 2 + 5;
    const QRectF box(std::clamp(shown - half, begin - 8, std::max(begin - 8, end + 20 - 2 * half)), kDiamondY - 10, 2 * half, 19);
    painter.setPen(Qt::NoPen);
    painter.setBrush(c.accent);
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(c.on_accent);
    painter.drawText(box, Qt::AlignCenter, text);
  }
}

}  // namespace geocyte::widgets
