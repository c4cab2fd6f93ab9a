// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing of slots, names and marks.
#include <QFontMetricsF>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

#include "widgets/ablation_matrix/ablation_grid.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets::ablation_matrix {
namespace {

constexpr double kInside = 12, kGap = 1, kRadius = 3, kHatch = 7, kMark = 11;

QFont boldMono() {
  QFont font = monoFont();
  font.setWeight(QFont::DemiBold);
  return font;
}

void hatch(QPainter& painter, const QRectF& rect, const QColor& color) {
  painter.save();
  painter.setClipRect(rect);
  painter.setPen(QPen(color, 1));
  for (double x = rect.left() - rect.height(); x < rect.right(); x += kHatch) painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()));
  painter.restore();
}

/// Three quarters of a circle: something goes on.
void ring(QPainter& painter, const QRectF& where, const QColor& color) {
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::FlatCap));
  painter.drawArc(where.adjusted(1, 1, -1, -1), 90 * 16, -270 * 16);
}

}  // namespace

void AblationGrid::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(viewport());
  painter.setRenderHint(QPainter::Antialiasing);
  const int lines = static_cast<int>(arrangement_.lines.size()), heads = static_cast<int>(arrangement_.heads.size());
  const QRectF view = viewport()->rect();
  painter.save();
  painter.setClipRect(QRectF(line_width_, head_height_, view.width() - line_width_, view.height() - head_height_));
  for (int l = 0; l < lines; ++l) {
    if (const QRectF row = lineRect(l); row.bottom() < head_height_ || row.top() > view.bottom()) continue;
    for (int h = 0; h < heads; ++h)
      if (const QRectF rect = slotRect(l, h); rect.right() > line_width_ && rect.left() < view.right()) paintSlot(painter, l, h);
  }
  painter.restore();
  painter.save();
  painter.setClipRect(QRectF(0, head_height_, line_width_, view.height() - head_height_));
  for (int l = 0; l < lines; ++l) paintLine(painter, l);
  painter.restore();
  painter.save();
  painter.setClipRect(QRectF(line_width_, 0, view.width() - line_width_, head_height_));
  for (int h = 0; h < heads; ++h) paintHead(painter, h);
  painter.restore();
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  const QRectF corner(kInside, 0, line_width_ - 2 * kInside, head_height_ - 6);
  painter.drawText(corner, Qt::AlignLeft | Qt::AlignBottom, QFontMetricsF(captionFont()).elidedText(arrangement_.corner, Qt::ElideRight, corner.width()));
  painter.setPen(QPen(c.line, 1));
  painter.drawLine(QPointF(0, head_height_ - 0.5), QPointF(view.right(), head_height_ - 0.5));
  if (horizontalScrollBar()->value() > 0) painter.drawLine(QPointF(line_width_ - 0.5, 0), QPointF(line_width_ - 0.5, view.bottom()));
}

void AblationGrid::paintHead(QPainter& painter, int head) const {
  const ThemeColors& c = themeColors();
  const Head& one = arrangement_.heads[static_cast<std::size_t>(head)];
  const QRectF rect = headRect(head).adjusted(kInside, 5, -kInside, -6);
  const bool sorted = one.level.isEmpty() && one.score >= 0 && content_.scores[static_cast<std::size_t>(one.score)].id == order_.score;
  const QString detail = one.level.isEmpty() ? one.detail + (sorted ? (order_.descending ? tr("  sorted, largest first") : tr("  sorted, smallest first")) : QString()) : one.detail;
  const QFontMetricsF strong(strongFont()), caption(captionFont());
  painter.setFont(head == head_ ? strongFont() : textFont());
  painter.setPen(c.ink);
  // A long name takes two lines; what is longer is in the menu of scores in full.
  QStringList name{one.text};
  if (strong.horizontalAdvance(one.text) > rect.width()) {
    qsizetype cut = -1;
    for (qsizetype at = one.text.indexOf(' '); at > 0 && strong.horizontalAdvance(one.text.left(at)) <= rect.width(); at = one.text.indexOf(' ', at + 1)) cut = at;
    if (cut > 0) name = {one.text.left(cut), one.text.mid(cut + 1)};
  }
  const double tall = strong.lineSpacing();
  for (qsizetype i = 0; i < name.size(); ++i)
    painter.drawText(QRectF(rect.left(), rect.bottom() - caption.height() - tall * static_cast<double>(name.size() - i), rect.width(), tall), Qt::AlignLeft | Qt::AlignVCenter,
                     strong.elidedText(name[i], Qt::ElideRight, rect.width()));
  painter.setFont(captionFont());
  painter.setPen(c.dim);
  QString side = detail;
  if (one.level.isEmpty() && one.score >= 0 && !sorted) {
    const Better better = content_.scores[static_cast<std::size_t>(one.score)].better;
    side += better == Better::higher ? tr(" higher is better") : better == Better::lower ? tr(" lower is better") : tr("no better side");
  }
  painter.drawText(rect, Qt::AlignLeft | Qt::AlignBottom, caption.elidedText(side, Qt::ElideRight, rect.width()));
}

void AblationGrid::paintLine(QPainter& painter, int line) const {
  const ThemeColors& c = themeColors();
  const Line& one = arrangement_.lines[static_cast<std::size_t>(line)];
  const QRectF whole = lineRect(line);
  const bool opened = opened_ >= 0 && one.row == opened_;
  if (opened) painter.fillRect(whole, c.selected_row);
  if (opened || one.baseline) painter.fillRect(QRectF(whole.left(), whole.top() + 1, 3, whole.height() - 2), opened ? c.accent : c.dim);
  const QRectF rect = whole.adjusted(kInside, 6, -kInside, -6);
  const QFontMetricsF strong(strongFont()), caption(captionFont());
  painter.setFont(one.kind == LineKind::cell || one.kind == LineKind::effect ? strongFont() : textFont());
  painter.setPen(c.ink);
  painter.drawText(rect, Qt::AlignLeft | Qt::AlignTop, strong.elidedText(one.text, Qt::ElideMiddle, rect.width()));
  painter.setFont(captionFont());
  painter.setPen(opened ? c.dim_on_selected : c.dim);
  painter.drawText(rect, Qt::AlignLeft | Qt::AlignBottom, caption.elidedText(one.detail, Qt::ElideRight, rect.width()));
}

void AblationGrid::paintSlot(QPainter& painter, int line, int head) const {
  const ThemeColors& c = themeColors();
  const Place place = arrangement_.at(line, head);
  const LineKind kind = arrangement_.lines[static_cast<std::size_t>(line)].kind;
  const QRectF rect = slotRect(line, head).adjusted(kGap, kGap, -kGap, -kGap);
  const QColor fill = slotFill(line, head);
  painter.setPen(Qt::NoPen);
  painter.setBrush(fill);
  painter.drawRoundedRect(rect, kRadius, kRadius);
  if (kind == LineKind::chance) {
    painter.setFont(monoFont());
    painter.setPen(c.dim);
    painter.drawText(rect.adjusted(kInside, 0, -kInside, 0), Qt::AlignLeft | Qt::AlignVCenter, slotText(line, head).value(0));
  } else if (place.row < 0) {
    hatch(painter, rect, mixed(c.panel, c.line, 0.9));
  } else if (place.score >= 0) {
    const Row& row = content_.rows[static_cast<std::size_t>(place.row)];
    const Value value = row.values.value(content_.scores[static_cast<std::size_t>(place.score)].id);
    const Standing standing = standingOf(row, value);
    if (standing == Standing::known) {
      const QColor text = row.kind == RowKind::tool && !value.hasDifference() ? c.ink : textOn(fill);
      paintValue(painter, rect, row, value, decimals_[static_cast<std::size_t>(place.score)], text);
      if (row.isCell()) paintMarks(painter, rect, row, text);
    } else {
      paintStanding(painter, rect, row, standing);
    }
    if (row.baseline) {
      painter.setPen(QPen(c.dim, 1));
      painter.setBrush(Qt::NoBrush);
      painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    }
  }
  if (line == line_ && head == head_) {
    painter.setPen(QPen(hasFocus() ? c.accent : mixed(c.panel, c.accent, 0.6), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), kRadius, kRadius);
  }
}

void AblationGrid::paintValue(QPainter& painter, const QRectF& rect, const Row& row, const Value& value, int decimals, const QColor& text) const {
  const QRectF inside = rect.adjusted(kInside, 6, -kInside, -6);
  painter.setPen(text);
  painter.setFont(value.excludesZero() || row.baseline ? boldMono() : monoFont());
  painter.drawText(inside, Qt::AlignLeft | Qt::AlignTop, meanText(value, decimals));
  painter.drawText(inside, Qt::AlignLeft | Qt::AlignBottom, row.baseline ? tr("baseline") : differenceText(value, decimals));
  painter.setFont(captionFont());
  if (row.kind != RowKind::tool) painter.drawText(inside, Qt::AlignRight | Qt::AlignTop, tr("n %1").arg(value.n));
}

void AblationGrid::paintMarks(QPainter& painter, const QRectF& rect, const Row& row, const QColor& text) const {
  // Some seeds are missing: why, before their number.
  const double number = QFontMetricsF(captionFont()).horizontalAdvance(tr("n %1").arg(row.finished)) + 6;
  QRectF mark(rect.right() - kInside - number - kMark, rect.top() + 8, kMark, kMark);
  const auto next = [&mark] { mark.translate(-kMark - 5, 0); };
  if (row.running > 0) ring(painter, mark, text), next();
  if (row.pending > 0) paintIcon(painter, QStringLiteral("clock"), mark, text), next();
  if (row.failed > 0) paintIcon(painter, QStringLiteral("close"), mark, text);
}

void AblationGrid::paintStanding(QPainter& painter, const QRectF& rect, const Row& row, Standing standing) const {
  const ThemeColors& c = themeColors();
  painter.setPen(QPen(c.line, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
  const QRectF mark(rect.left() + kInside, rect.center().y() - kMark / 2, kMark, kMark);
  QRectF words = rect.adjusted(kInside + kMark + 8, 0, -kInside, 0);
  QString text = QStringLiteral("–");
  QColor tone = c.dim;
  switch (standing) {
    case Standing::running: ring(painter, mark, c.accent), text = tr("running"); break;
    case Standing::pending: paintIcon(painter, QStringLiteral("clock"), mark, c.dim), text = tr("waiting"); break;
    case Standing::failed:
      paintIcon(painter, QStringLiteral("close"), mark, c.bad);
      text = row.reasons.isEmpty() ? tr("failed") : row.reasons.first().section(QStringLiteral(": "), 1);
      tone = c.bad_text;
      break;
    default: words = rect.adjusted(kInside, 0, -kInside, 0); break;
  }
  painter.setFont(captionFont());
  painter.setPen(tone);
  painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(captionFont()).elidedText(text, Qt::ElideRight, words.width()));
}

}  // namespace geocyte::widgets::ablation_matrix
