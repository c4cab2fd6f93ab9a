// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/selection_counts/category_bars.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::selection_counts {
namespace {

constexpr double kMargin = 14, kGap = 26, kHead = 20, kRow = 20, kDot = 14, kShortestBar = 28, kWithShares = 180;

QString shareText(double share) {
  const double percent = 100 * share;
  return percent > 0 && percent < 1 ? QStringLiteral("<1 %") : QStringLiteral("%1 %").arg(std::lround(percent));
}

}  // namespace

LabelBlock blockOf(const LabelView& label, const std::vector<std::uint8_t>& mask) {
  LabelBlock block;
  if (!label.codes || (!mask.empty() && mask.size() != label.codes->size())) return block;
  block.label = label.name;
  const auto known = static_cast<std::size_t>(label.categories.size());
  block.rows.resize(known + 1);
  for (std::size_t c = 0; c < known; ++c) block.rows[c].name = label.categories[static_cast<qsizetype>(c)];
  block.rows[known].name = QStringLiteral("not known");
  for (std::size_t i = 0; i < label.codes->size(); ++i) {
    const std::int32_t code = (*label.codes)[i];
    CategoryCount& row = block.rows[code >= 0 && static_cast<std::size_t>(code) < known ? static_cast<std::size_t>(code) : known];
    ++row.all;
    row.selected += !mask.empty() && mask[i] != 0;
  }
  if (block.rows.back().all == 0) block.rows.pop_back();
  return block;
}

CategoryBars::CategoryBars(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setBackgroundRole(QPalette::Base);
  setAutoFillBackground(true);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void CategoryBars::setBlocks(std::vector<LabelBlock> blocks, double expected) {
  blocks_ = std::move(blocks);
  expected_ = expected;
  update();
}

int CategoryBars::rowsShown(const LabelBlock& block) const {
  const int room = std::max(1, static_cast<int>((height() - kHead - 4) / kRow)), all = static_cast<int>(block.rows.size());
  return all <= room ? all : room - 1;
}

QRectF CategoryBars::rowRect(int block, int row) const {
  const auto count = static_cast<double>(std::max<std::size_t>(1, blocks_.size()));
  const double width = (this->width() - 2 * kMargin - (count - 1) * kGap) / count;
  return {kMargin + block * (width + kGap), kHead + row * kRow, width, kRow};
}

bool CategoryBars::hit(const QPointF& at, int* block, int* row) const {
  for (*block = 0; *block < static_cast<int>(blocks_.size()); ++*block)
    for (*row = 0; *row < rowsShown(blocks_[static_cast<std::size_t>(*block)]); ++*row)
      if (rowRect(*block, *row).contains(at)) return true;
  return false;
}

void CategoryBars::paintRow(QPainter& painter, const QRectF& where, const CategoryCount& row) const {
  const ThemeColors& c = themeColors();
  const QFontMetricsF words(captionFont()), digits(monoFont());
  const bool selecting = expected_ >= 0, quiet = selecting && row.selected == 0;
  const double number = digits.horizontalAdvance(QStringLiteral("88 888")), percent = selecting && where.width() >= kWithShares ? digits.horizontalAdvance(QStringLiteral("100 %")) + 10 : 0;
  // A bar of a few pixels says nothing: the name takes its room.
  const bool has_bar = where.width() >= kWithShares && where.width() * 0.64 - number - percent - 16 >= kShortestBar;
  const double name_width = has_bar ? std::min(where.width() * 0.36, 110.0) : where.width() - number - percent;
  painter.setPen(Qt::NoPen);
  painter.setBrush(row.color);
  painter.drawEllipse(QPointF(where.left() + 4, where.center().y()), 4, 4);
  painter.setFont(captionFont());
  painter.setPen(quiet ? c.dim : c.ink);
  painter.drawText(QRectF(where.left() + kDot, where.top(), name_width - kDot, where.height()), Qt::AlignLeft | Qt::AlignVCenter, words.elidedText(row.name, Qt::ElideMiddle, name_width - kDot));
  painter.setFont(monoFont());
  painter.drawText(QRectF(where.right() - percent - number, where.top(), number, where.height()), Qt::AlignRight | Qt::AlignVCenter, groupedText(selecting ? row.selected : row.all));
  if (percent > 0) {
    painter.setPen(c.dim);
    painter.drawText(QRectF(where.right() - percent, where.top(), percent, where.height()), Qt::AlignRight | Qt::AlignVCenter, shareText(row.share()));
  }
  const QRectF bar(where.left() + name_width + 8, where.center().y() - 3, where.width() - name_width - number - percent - 16, 6);
  if (!has_bar) return;
  painter.setPen(Qt::NoPen);
  painter.setBrush(mixed(c.panel, c.line, 0.8));
  painter.drawRoundedRect(bar, 1, 1);
  if (!selecting) return;
  painter.setBrush(row.color);
  painter.drawRoundedRect(QRectF(bar.topLeft(), QSizeF(bar.width() * row.share(), bar.height())), 1, 1);
  painter.setPen(QPen(c.ink, 1));
  const double tick = std::round(bar.left() + bar.width() * expected_) + 0.5;
  painter.drawLine(QPointF(tick, bar.top() - 3), QPointF(tick, bar.bottom() + 3));
}

void CategoryBars::paintEvent(QPaintEvent*) {
  const ThemeColors& c = themeColors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  for (int b = 0; b < static_cast<int>(blocks_.size()); ++b) {
    const LabelBlock& block = blocks_[static_cast<std::size_t>(b)];
    const QRectF head = rowRect(b, 0).translated(0, -kHead);
    painter.setFont(captionFont());
    painter.setPen(c.dim);
    painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, QString(block.label).replace('_', ' '));
    painter.drawText(head, Qt::AlignRight | Qt::AlignVCenter, expected_ >= 0 ? tr("selected") : tr("n"));
    const int shown = rowsShown(block), all = static_cast<int>(block.rows.size());
    for (int row = 0; row < shown; ++row) paintRow(painter, rowRect(b, row), block.rows[static_cast<std::size_t>(row)]);
    if (shown == all) continue;
    painter.setFont(captionFont());
    painter.setPen(c.dim);
    painter.drawText(rowRect(b, shown).adjusted(kDot, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, tr("and %1 more").arg(all - shown));
  }
}

void CategoryBars::mousePressEvent(QMouseEvent* event) {
  int block = 0, row = 0;
  if (event->button() == Qt::LeftButton && hit(event->position(), &block, &row))
    emit categoryActivated(block, row, event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
}

void CategoryBars::mouseMoveEvent(QMouseEvent* event) {
  int block = 0, row = 0;
  const bool over = hit(event->position(), &block, &row);
  setCursor(over ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (!over) return HoverCard::hideFrom(this);
  const CategoryCount& entry = blocks_[static_cast<std::size_t>(block)].rows[static_cast<std::size_t>(row)];
  HoverContent said;
  said.title = entry.name;
  said.rows.append({tr("all"), groupedText(entry.all)});
  if (expected_ >= 0) {
    said.rows.append({tr("selected"), groupedText(entry.selected)});
    said.rows.append({tr("share of it"), shareText(entry.share())});
    said.rows.append({tr("share of everything"), shareText(expected_)});
    if (expected_ > 0) said.rows.append({tr("times as often"), cellText(entry.share() / expected_)});
  }
  said.notes << tr("a click selects it, Ctrl adds");
  HoverCard::showAt(event->globalPosition().toPoint(), said, this);
}

}  // namespace geocyte::widgets::selection_counts
