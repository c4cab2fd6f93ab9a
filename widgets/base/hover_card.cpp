// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/hover_card.h"

#include <QEvent>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QPointer>
#include <QScreen>

#include <algorithm>
#include <cmath>

#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets {
namespace {

constexpr double kPadding = 10, kRow = 18, kGap = 16, kCurve = 44, kNarrowest = 150, kWidest = 380;

QPointer<HoverCard> the_card;

QRectF curveRect(double width, double top) { return {kPadding, top, width - 2 * kPadding, kCurve}; }

void paintCurve(QPainter& painter, const QRectF& area, const HoverContent& content) {
  const ThemeColors& c = themeColors();
  double low = INFINITY, high = -INFINITY;
  for (const double v : content.curve)
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  if (!(low <= high)) return;
  if (content.curve_gate) low = std::min(low, *content.curve_gate), high = std::max(high, *content.curve_gate);
  low = std::min(low, 0.0);
  const double range = high > low ? high - low : 1;
  const auto at = [&](std::size_t i, double value) {
    return QPointF(area.left() + area.width() * static_cast<double>(i) / static_cast<double>(content.curve.size() - 1), area.bottom() - area.height() * (value - low) / range);
  };
  painter.setPen(QPen(c.line, 1));
  painter.drawLine(QPointF(area.left(), std::round(area.bottom()) + 0.5), QPointF(area.right(), std::round(area.bottom()) + 0.5));
  if (content.curve_gate) {
    QPen dashes(c.dim, 1, Qt::CustomDashLine);
    dashes.setDashPattern({3, 3});
    painter.setPen(dashes);
    const double y = std::round(at(0, *content.curve_gate).y()) + 0.5;
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
  }
  QPainterPath path;
  bool pen_down = false;
  for (std::size_t i = 0; i < content.curve.size(); ++i) {
    if (!std::isfinite(content.curve[i])) {
      pen_down = false;
      continue;
    }
    pen_down ? path.lineTo(at(i, content.curve[i])) : path.moveTo(at(i, content.curve[i]));
    pen_down = true;
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(c.accent, 1.5));
  painter.drawPath(path);
  const auto now = static_cast<std::size_t>(content.curve_now);
  if (content.curve_now >= 0 && now < content.curve.size() && std::isfinite(content.curve[now])) {
    painter.setPen(QPen(c.panel, 1.5));
    painter.setBrush(c.accent);
    painter.drawEllipse(at(now, content.curve[now]), 3.5, 3.5);
  }
}

}  // namespace

QString HoverContent::text() const {
  QStringList lines{title};
  for (const auto& [name, value] : rows) lines << name + QLatin1Char(' ') + value;
  return (lines + notes).join('\n');
}

HoverCard::HoverCard(QWidget* owner) : QWidget(owner, Qt::ToolTip), owner_(owner) {
  setObjectName(QStringLiteral("hoverCard"));
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setAttribute(Qt::WA_ShowWithoutActivating);
  owner->installEventFilter(this);
}

HoverCard* HoverCard::shown() { return the_card && the_card->isVisible() ? the_card.data() : nullptr; }

void HoverCard::showAt(const QPoint& at, const HoverContent& content, QWidget* owner) {
  if (content.isEmpty()) return hideFrom(owner);
  if (the_card && the_card->owner_ != owner) delete the_card;
  if (!the_card) the_card = new HoverCard(owner);
  the_card->content_ = content;
  the_card->setAccessibleName(content.text());
  the_card->resize(the_card->sizeHint());
  const QRect screen = owner->screen()->availableGeometry();
  QPoint corner = at + QPoint(14, 16);
  if (corner.x() + the_card->width() > screen.right()) corner.setX(at.x() - 14 - the_card->width());
  if (corner.y() + the_card->height() > screen.bottom()) corner.setY(at.y() - 12 - the_card->height());
  the_card->move(corner);
  the_card->show();
  the_card->update();
}

void HoverCard::hideFrom(const QWidget* owner) {
  if (the_card && the_card->owner_ == owner) the_card->hide();
}

QSize HoverCard::sizeHint() const {
  const QFontMetricsF words(captionFont()), digits(monoFont()), strong(strongFont());
  double names = 0, values = 0, width = strong.horizontalAdvance(content_.title);
  for (const auto& [name, value] : content_.rows) {
    names = std::max(names, words.horizontalAdvance(name));
    values = std::max(values, digits.horizontalAdvance(value));
  }
  width = std::max(width, names + (values > 0 ? kGap + values : 0));
  for (const QString& note : content_.notes) width = std::max(width, words.horizontalAdvance(note));
  width = std::clamp(width + 2 * kPadding + 2, kNarrowest, kWidest);
  const double curve = content_.curve.size() > 1 ? kCurve + 8 + (content_.curve_name.isEmpty() ? 0 : kRow) : 0;
  const double rows = static_cast<double>(content_.rows.size() + content_.notes.size());
  return QSizeF(width, 2 * kPadding + 20 + kRow * rows + curve).toSize();
}

void HoverCard::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), c.panel);
  painter.setPen(QPen(c.line, 1));
  painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
  const double room = width() - 2 * kPadding;
  const QFontMetricsF words(captionFont()), digits(monoFont()), strong(strongFont());
  double y = kPadding;
  painter.setFont(strongFont());
  painter.setPen(c.ink);
  painter.drawText(QRectF(kPadding, y, room, 18), Qt::AlignLeft | Qt::AlignVCenter, strong.elidedText(content_.title, Qt::ElideMiddle, room));
  y += 20;
  for (const auto& [name, value] : content_.rows) {
    painter.setFont(monoFont());
    painter.setPen(c.ink);
    painter.drawText(QRectF(kPadding, y, room, kRow), Qt::AlignRight | Qt::AlignVCenter, value);
    painter.setFont(captionFont());
    painter.setPen(c.dim);
    const double left = room - digits.horizontalAdvance(value) - 6;
    painter.drawText(QRectF(kPadding, y, left, kRow), Qt::AlignLeft | Qt::AlignVCenter, words.elidedText(name, Qt::ElideRight, left));
    y += kRow;
  }
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  for (const QString& note : content_.notes) {
    painter.drawText(QRectF(kPadding, y, room, kRow), Qt::AlignLeft | Qt::AlignVCenter, words.elidedText(note, Qt::ElideRight, room));
    y += kRow;
  }
  if (content_.curve.size() < 2) return;
  if (!content_.curve_name.isEmpty()) {
    painter.drawText(QRectF(kPadding, y, room, kRow), Qt::AlignLeft | Qt::AlignVCenter, words.elidedText(content_.curve_name, Qt::ElideRight, room));
    y += kRow;
  }
  paintCurve(painter, curveRect(width(), y + 4), content_);
}

bool HoverCard::eventFilter(QObject* watched, QEvent* event) {
  switch (event->type()) {
    case QEvent::Leave: case QEvent::MouseButtonPress: case QEvent::Wheel: case QEvent::Hide: case QEvent::KeyPress: hide(); break;
    default: break;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace geocyte::widgets
