// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/run_list_model.h"

#include <QPainter>

#include <algorithm>

#include "widgets/theme/fonts.h"

namespace geocyte::widgets {
namespace {

constexpr int kRowHeight = 46, kHeadingHeight = 36, kSide = 14;
constexpr double kDot = 4.5;

}  // namespace

void RunListModel::setRows(const std::vector<RunRow>& rows) {
  std::vector<Line> lines;
  std::vector<QString> groups;
  for (const RunRow& row : rows)
    if (std::find(groups.begin(), groups.end(), row.group) == groups.end()) groups.push_back(row.group);
  for (const QString& group : groups) {
    if (!group.isEmpty()) lines.push_back({group, {}});
    for (const RunRow& row : rows)
      if (row.group == group) lines.push_back({{}, row});
  }
  const auto same_place = [](const Line& a, const Line& b) { return a.heading == b.heading && a.run.id == b.run.id; };
  if (!std::equal(lines.begin(), lines.end(), lines_.begin(), lines_.end(), same_place)) {
    beginResetModel();
    lines_ = std::move(lines);
    endResetModel();
    return;
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].run == lines_[i].run) continue;
    lines_[i] = lines[i];
    const QModelIndex changed = index(static_cast<int>(i));
    emit dataChanged(changed, changed);
  }
}

const RunRow* RunListModel::row(const QModelIndex& index) const {
  if (!index.isValid() || index.row() >= rowCount()) return nullptr;
  const Line& line = lines_[static_cast<std::size_t>(index.row())];
  return line.heading.isEmpty() ? &line.run : nullptr;
}

QModelIndex RunListModel::indexOf(const QString& id) const {
  for (std::size_t i = 0; i < lines_.size(); ++i)
    if (lines_[i].heading.isEmpty() && lines_[i].run.id == id) return index(static_cast<int>(i));
  return {};
}

int RunListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(lines_.size()); }

QVariant RunListModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Line& line = lines_[static_cast<std::size_t>(index.row())];
  const RunRow& run = line.run;
  if (!line.heading.isEmpty()) return role == Qt::DisplayRole || role == Qt::AccessibleTextRole ? line.heading : QVariant();
  if (role == Qt::DisplayRole) return run.name;
  if (role == Qt::ToolTipRole) return run.tooltip;
  if (role == Qt::AccessibleTextRole) return QStringLiteral("%1, %2, %3").arg(run.name, run.state, run.metric);
  return {};
}

Qt::ItemFlags RunListModel::flags(const QModelIndex& index) const {
  return row(index) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::ItemFlags(Qt::NoItemFlags);
}

QSize RunListDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
  const auto* model = static_cast<const RunListModel*>(index.model());
  return {120, model->row(index) ? kRowHeight : kHeadingHeight};
}

void RunListDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const ThemeColors& c = themeColors();
  const RunRow* run = static_cast<const RunListModel*>(index.model())->row(index);
  const QRect area = option.rect;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  if (!run) {
    QFont heading = captionFont();
    heading.setLetterSpacing(QFont::PercentageSpacing, 105);
    painter->setFont(heading);
    painter->setPen(c.dim);
    painter->drawText(area.adjusted(kSide, 6, -kSide, 0), Qt::AlignLeft | Qt::AlignVCenter, index.data().toString().toUpper());
    painter->restore();
    return;
  }
  const bool selected = option.state & QStyle::State_Selected;
  if (selected) painter->fillRect(area, c.selected_row);
  else if (option.state & QStyle::State_MouseOver) painter->fillRect(area, c.hover);
  if ((option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_KeyboardFocusChange)) {
    painter->setPen(c.accent);
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5));
  }
  const QPointF dot(area.left() + kSide + kDot, area.center().y() + 0.5);
  painter->setPen(run->visible ? Qt::NoPen : QPen(run->color, 1.5));
  painter->setBrush(run->visible ? QBrush(run->color) : QBrush(Qt::NoBrush));
  painter->drawEllipse(dot, run->visible ? kDot : kDot - 0.75, run->visible ? kDot : kDot - 0.75);

  const QFontMetricsF mono(monoFont());
  const double metric_width = mono.horizontalAdvance(run->metric);
  painter->setFont(monoFont());
  painter->setPen(c.ink);
  painter->drawText(QRectF(area).adjusted(0, 0, -kSide, 0), Qt::AlignRight | Qt::AlignVCenter, run->metric);
  const QRectF text = QRectF(area).adjusted(kDotArea + 2, 5, -kSide - metric_width - 10, -5);
  painter->setFont(textFont());
  painter->drawText(QRectF(text.topLeft(), QSizeF(text.width(), 19)), Qt::AlignLeft | Qt::AlignVCenter,
                    QFontMetricsF(textFont()).elidedText(run->name, Qt::ElideMiddle, text.width()));
  painter->setFont(captionFont());
  painter->setPen(run->state_tone == Tone::dim && selected ? c.dim_on_selected : toneTextColor(run->state_tone, c));
  painter->drawText(QRectF(text.left(), text.bottom() - 17, text.width(), 17), Qt::AlignLeft | Qt::AlignVCenter,
                    QFontMetricsF(captionFont()).elidedText(run->state, Qt::ElideRight, text.width()));
  painter->restore();
}

}  // namespace geocyte::widgets
