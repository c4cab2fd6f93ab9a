// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/source_table/table_model.h"

#include <QCollator>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/base/number_format.h"
#include "widgets/theme/colors.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::source_table {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();
constexpr int kDot = 4, kDotArea = 16;
constexpr double kMark = 3, kMarkArea = 12;

bool isWhole(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return !std::isfinite(v) || (v == std::floor(v) && std::abs(v) < 1e15); });
}

}  // namespace

std::optional<Gate> Gate::parse(const QString& text) {
  QString number = text.trimmed();
  Gate gate;
  if (number.startsWith('<') || number.startsWith('>')) {
    gate.bad_above = number.startsWith('>');
    number.remove(0, 1);
  }
  bool is_number = false;
  gate.value = number.toDouble(&is_number);
  return is_number && std::isfinite(gate.value) ? std::optional(gate) : std::nullopt;
}

void TableModel::setContent(TableContent content) {
  const bool same = content.names == content_.names && content.columns.size() == content_.columns.size();
  if (!same) beginResetModel();
  content_ = std::move(content);
  if (!same) return endResetModel();
  if (rowCount() == 0) return;
  emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
  emit headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
}

double TableModel::value(int row, int column) const {
  if (column < 1 || column >= columnCount() || row < 0 || row >= rowCount()) return kNoValue;
  return content_.columns[static_cast<std::size_t>(column - 1)].values[static_cast<std::size_t>(row)];
}

bool TableModel::isBad(int row, int column) const {
  return column >= 1 && column < columnCount() && content_.columns[static_cast<std::size_t>(column - 1)].isBad(row);
}

int TableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(content_.names.size()); }
int TableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() || content_.names.isEmpty() ? 0 : static_cast<int>(content_.columns.size()) + 1; }

QString TableModel::text(int row, int column) const {
  if (column == 0) return content_.names.value(row);
  const double number = value(row, column);
  if (!std::isfinite(number)) return QStringLiteral("–");
  return isWhole(content_.columns[static_cast<std::size_t>(column - 1)].values) ? groupedText(std::llround(number)) : cellText(number);
}

QVariant TableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const int row = index.row(), column = index.column();
  switch (role) {
    case Qt::DisplayRole: return text(row, column);
    case Qt::DecorationRole: return column == 0 && row < static_cast<int>(content_.colors.size()) ? QVariant(content_.colors[static_cast<std::size_t>(row)]) : QVariant();
    case Qt::FontRole: return column == 0 ? textFont() : monoFont();
    case Qt::TextAlignmentRole: return QVariant::fromValue<int>(Qt::AlignVCenter | (column == 0 ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::ToolTipRole: case Qt::AccessibleTextRole: {
      if (column == 0) return content_.names.value(row);
      const TableColumn& shown = content_.columns[static_cast<std::size_t>(column - 1)];
      QString line = tr("%1, %2: %3").arg(content_.names.value(row), shown.title, std::isfinite(value(row, column)) ? exactText(value(row, column)) : tr("no value"));
      if (isBad(row, column)) line += '\n' + (!shown.bad.empty() ? tr("a pair of it fails its gate") : (shown.gate->bad_above ? tr("above the gate %1") : tr("below the gate %1")).arg(exactText(shown.gate->value)));
      return line;
    }
    default: return {};
  }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
  if (role == Qt::TextAlignmentRole) return QVariant::fromValue<int>(Qt::AlignVCenter | (section == 0 ? Qt::AlignLeft : Qt::AlignRight));
  if (section == 0) return role == Qt::DisplayRole ? QVariant(content_.axis) : role == Qt::ToolTipRole ? QVariant(tr("Click: sort by name")) : QVariant();
  const TableColumn& column = content_.columns[static_cast<std::size_t>(section - 1)];
  if (role == Qt::DisplayRole) return column.title;
  if (role != Qt::ToolTipRole) return {};
  QStringList lines;
  if (!column.help.isEmpty()) lines << column.help;
  if (!column.bad.empty()) lines << tr("bad where the gate of a pair fails");
  else if (column.gate) lines << (column.gate->bad_above ? tr("bad above %1") : tr("bad below %1")).arg(exactText(column.gate->value));
  return (lines << tr("Click: sort, a third time: the order of the axis")).join('\n');
}

bool TableOrder::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const auto* model = static_cast<const TableModel*>(sourceModel());
  if (left.column() == 0) {
    QCollator collator{QLocale(QLocale::English)};   // the C locale knows no number parts
    collator.setNumericMode(true);
    return collator.compare(left.data().toString(), right.data().toString()) < 0;
  }
  const double a = model->value(left.row(), left.column()), b = model->value(right.row(), right.column());
  const bool none_a = !std::isfinite(a), none_b = !std::isfinite(b);
  if (none_a || none_b) return none_a != none_b && (sortOrder() == Qt::AscendingOrder ? none_b : none_a);
  return a < b;
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
  const auto font = index.data(Qt::FontRole).value<QFont>();
  return {QFontMetrics(font).horizontalAdvance(index.data().toString()) + 2 * kCellSide + (index.column() == 0 ? kDotArea : kMarkArea), 24};
}

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const ThemeColors& c = themeColors();
  const QRect area = option.rect;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  if (option.state & QStyle::State_Selected) painter->fillRect(area, c.selected_row);
  else if (option.state & QStyle::State_MouseOver) painter->fillRect(area, c.hover);
  painter->fillRect(QRect(area.left(), area.bottom(), area.width(), 1), c.line);
  QRectF text = QRectF(area).adjusted(kCellSide, 0, -kCellSide, -1);
  if (const auto color = index.data(Qt::DecorationRole).value<QColor>(); color.isValid()) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(color);
    painter->drawEllipse(QPointF(text.left() + kDot, text.center().y()), kDot, kDot);
    text.setLeft(text.left() + kDotArea);
  }
  const auto* order = static_cast<const QSortFilterProxyModel*>(index.model());
  const QModelIndex source = order->mapToSource(index);
  const bool bad = static_cast<const TableModel*>(order->sourceModel())->isBad(source.row(), source.column());
  const auto font = index.data(Qt::FontRole).value<QFont>();
  painter->setFont(font);
  painter->setPen(bad ? c.bad_text : c.ink);
  if (bad) {   // a mark as well: not by colour alone
    const auto& gate = static_cast<const TableModel*>(order->sourceModel())->content().columns[static_cast<std::size_t>(source.column() - 1)].gate;
    const bool above = !gate || gate->bad_above;
    const QPointF at(text.right() - QFontMetricsF(font).horizontalAdvance(index.data().toString()) - kMarkArea + kMark + 2, text.center().y() + 0.5);
    const double tip = above ? -kMark : kMark;
    painter->setBrush(c.bad_text);
    painter->setPen(Qt::NoPen);
    painter->drawPolygon(QPolygonF({at + QPointF(-kMark, -tip), at + QPointF(kMark, -tip), at + QPointF(0, tip)}));
    painter->setPen(c.bad_text);
  }
  painter->drawText(text, index.data(Qt::TextAlignmentRole).toInt(), QFontMetricsF(font).elidedText(index.data().toString(), Qt::ElideMiddle, text.width() + 1));
  if ((option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_KeyboardFocusChange)) {
    painter->setPen(c.accent);
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -1.5));
  }
  painter->restore();
}

}  // namespace geocyte::widgets::source_table
