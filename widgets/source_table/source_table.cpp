// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/source_table/source_table.h"

#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/source_table/table_model.h"
#include "widgets/theme/fonts.h"

namespace geocyte::widgets::source_table {
namespace {

constexpr int kMostColumns = 12, kRowHeight = 24, kRowsInSight = 6;
constexpr std::int64_t kMostRows = 4096;   // more categories are no table that a person reads
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

QString role(const char* name, int number) { return QLatin1String(name) + QString::number(number); }

/// Rows that an array speaks of; 0 when it is neither a column nor a square matrix.
std::int64_t rowsOf(const ArrayView& array) {
  if (array.isEmpty() || array.shape[0] > kMostRows) return 0;
  if (array.shape.size() == 1) return array.shape[0];
  return array.shape.size() == 2 && array.shape[0] == array.shape[1] ? array.shape[0] : 0;
}

double largestOther(const ArrayView& matrix, std::int64_t row) {
  double largest = kNone;
  for (std::int64_t k = 0; k < matrix.shape[1]; ++k) {
    const double value = matrix.at(row * matrix.shape[1] + k);
    if (k != row && std::isfinite(value) && !(value <= largest)) largest = value;
  }
  return largest;
}

}  // namespace

SourceTable::SourceTable(const ViewContext& context, QWidget* parent)
    : View(context, parent), model_(new TableModel(this)), order_(new TableOrder(this)), view_(new QTableView) {
  order_->setSourceModel(model_);
  view_->setObjectName(QStringLiteral("sourceTable"));
  view_->setAccessibleName(tr("Table of sources"));
  view_->setToolTip(tr("Click a row to select its source everywhere, a heading to sort"));
  view_->setModel(order_);
  view_->setItemDelegate(new TableDelegate(view_));
  view_->setShowGrid(false);
  view_->setCornerButtonEnabled(false);
  view_->setMouseTracking(true);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  view_->setTabKeyNavigation(false);
  view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setDefaultSectionSize(kRowHeight);
  view_->horizontalHeader()->setFont(captionFont());
  view_->horizontalHeader()->setHighlightSections(false);
  view_->horizontalHeader()->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 4px %1px; }").arg(kCellSide));
  view_->horizontalHeader()->setSortIndicatorClearable(true);
  view_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  view_->setSortingEnabled(true);
  view_->installEventFilter(this);
  setBody(view_);
  setEmptyText(tr("No numbers of sources yet"));
  connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &SourceTable::sendSelection);
  if (context.selection) connect(context.selection, &SelectionModel::changed, this, &SourceTable::showSelection);
  if (context.palette) connect(context.palette, &PaletteModel::changed, this, &SourceTable::rebuild);
}

void SourceTable::bind(const QHash<QString, QString>& bindings) {
  View::bind(bindings);
  rebuild();
}

void SourceTable::setArrays(const ArrayMap& arrays) {
  arrays_ = arrays;
  rebuild();
}

const ArrayView* SourceTable::array(int column) const {
  const auto bound = bindings_.constFind(role("column", column));
  return bound == bindings_.constEnd() ? nullptr : arrays_.find(bound.value());
}

QString SourceTable::axisName() const {
  if (const QString labels = bindings_.value(QStringLiteral("labels")); !labels.isEmpty()) return labels;
  for (int i = 1; i <= kMostColumns; ++i)
    if (const ArrayView* found = array(i); found && rowsOf(*found) > 0) return found->axes.value(0);
  return {};
}

TableColumn SourceTable::columnOf(int number, const ArrayView& array, std::int64_t rows) const {
  TableColumn column;
  const QString name = bindings_.value(role("column", number)).section('/', -1).replace('_', ' ');
  column.title = bindings_.value(role("title", number), array.caption.isEmpty() ? name : array.caption.section(',', 0, 0));
  column.gate = Gate::parse(bindings_.value(role("gate", number)));
  QStringList help{array.caption.isEmpty() ? bindings_.value(role("column", number)) : array.caption};
  if (!array.units.isEmpty()) help << array.units;
  if (array.shape.size() == 2) help << tr("the largest of the row");
  column.help = help.join(QStringLiteral(" · "));
  for (std::int64_t row = 0; row < rows; ++row) column.values.push_back(array.shape.size() == 2 ? largestOther(array, row) : array.at(row));
  const ArrayView* pass = arrays_.find(bindings_.value(role("pass", number)));
  if (pass && pass->shape == array.shape && !pass->isEmpty())   // a source is bad when one of its pairs fails
    for (std::int64_t row = 0; row < rows; ++row) {
      bool fails = false;
      const std::int64_t width = array.shape.size() == 2 ? array.shape[1] : 1;
      for (std::int64_t k = 0; k < width; ++k) fails = fails || pass->at(row * width + k) < 0.5;
      column.bad.push_back(fails);
    }
  return column;
}

void SourceTable::rebuild() {
  TableContent content;
  content.axis = axisName();
  const auto label = arrays_.labels.constFind(content.axis);
  const bool has_label = label != arrays_.labels.constEnd();
  std::int64_t rows = 0;
  for (int i = 1; i <= kMostColumns && rows == 0; ++i)
    if (const ArrayView* found = array(i)) rows = rowsOf(*found);
  const QString counts = bindings_.value(QStringLiteral("counts"));
  if (rows == 0 && has_label && !counts.isEmpty() && label->categories.size() <= kMostRows) rows = label->categories.size();
  for (std::int64_t row = 0; row < rows; ++row) {
    content.names << (has_label && row < label->categories.size() ? label->categories[row] : QString::number(row + 1));
    if (context().palette) content.colors.push_back(context().palette->category(static_cast<int>(row)));
  }
  if (rows > 0 && has_label && label->codes && !counts.isEmpty()) {
    TableColumn column{counts == content.axis ? tr("n") : counts, tr("how many there are of each"), std::vector<double>(static_cast<std::size_t>(rows)), {}, {}};
    for (const std::int32_t code : *label->codes)
      if (code >= 0 && code < rows) ++column.values[static_cast<std::size_t>(code)];
    content.columns.push_back(std::move(column));
  }
  QStringList left_out;
  int bad = 0;
  for (int i = 1; i <= kMostColumns; ++i) {
    const ArrayView* found = array(i);
    if (!found) continue;
    if (rows == 0 || rowsOf(*found) != rows) {
      left_out << bindings_.value(role("column", i));
      continue;
    }
    content.columns.push_back(columnOf(i, *found, rows));
    for (int row = 0; row < rows; ++row) bad += content.columns.back().isBad(row);
  }
  const bool gated = std::any_of(content.columns.begin(), content.columns.end(), [](const TableColumn& column) { return column.isJudged(); });
  if (content.columns.empty()) content = {};
  const bool same_columns = static_cast<int>(content.columns.size()) + 1 == model_->columnCount() && model_->rowCount() > 0;
  quiet_ = true;
  model_->setContent(std::move(content));
  quiet_ = false;
  // Rows of a few sources are all in sight, also above the bar below them.
  view_->setMinimumHeight(view_->horizontalHeader()->sizeHint().height() + std::min(model_->rowCount(), kRowsInSight) * kRowHeight + view_->horizontalScrollBar()->sizeHint().height() + 1);
  setEmptyText(model_->rowCount() == 0 ? tr("No numbers of sources yet") : QString());
  setCount(!gated ? QString() : bad == 0 ? tr("all gates hold") : bad == 1 ? tr("1 value beyond its gate") : tr("%1 values beyond their gates").arg(bad));
  QStringList caption;
  if (model_->rowCount() > 0 && !arrays_.caption.isEmpty()) caption << arrays_.caption;
  if (model_->rowCount() > 0 && arrays_.step >= 0) caption << arrays_.stepText();
  if (!left_out.isEmpty()) caption << tr("left out, of another shape: %1").arg(left_out.join(QLatin1String(", ")));
  setCaption(caption.join(QStringLiteral(" · ")));
  if (!same_columns)
    for (int c = 0; c < model_->columnCount(); ++c) view_->horizontalHeader()->setSectionResizeMode(c, c == 0 ? QHeaderView::Stretch : QHeaderView::ResizeToContents);
  showSelection();
  scheduleRefresh();
}

void SourceTable::refresh() { view_->viewport()->update(); }

void SourceTable::sendSelection() {
  SelectionModel* selection = context().selection;
  if (quiet_ || !selection) return;
  QStringList names;
  for (const QModelIndex& index : view_->selectionModel()->selectedRows()) names << index.data().toString();
  if (names.isEmpty()) return selection->clear();
  const auto label = arrays_.labels.constFind(axisName());
  selection->select(bindings_.value(QStringLiteral("axis"), QStringLiteral("cell")),
                    label == arrays_.labels.constEnd() ? std::vector<std::uint8_t>() : label->maskOf(names), names.join(tr(" and ")), names);
}

void SourceTable::showSelection() {
  if (quiet_) return;
  const QStringList names = context().selection ? context().selection->sources() : QStringList();
  QItemSelection rows;
  for (int row = 0; row < order_->rowCount(); ++row)
    if (const QModelIndex at = order_->index(row, 0); names.contains(at.data().toString())) rows.select(at, at);
  quiet_ = true;
  view_->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  quiet_ = false;
}

bool SourceTable::eventFilter(QObject* watched, QEvent* event) {
  if (watched == view_ && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    view_->clearSelection();
    if (context().selection) context().selection->clear();   // also one that was made elsewhere
    return true;
  }
  return View::eventFilter(watched, event);
}

QList<QStringList> SourceTable::table() const {
  QList<QStringList> rows;
  QStringList head;
  for (int c = 0; c < order_->columnCount(); ++c) head << order_->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
  rows << head;
  for (int row = 0; row < order_->rowCount(); ++row) {
    QStringList line{order_->index(row, 0).data().toString()};
    const int source = order_->mapToSource(order_->index(row, 0)).row();
    for (int c = 1; c < order_->columnCount(); ++c) line << (std::isfinite(model_->value(source, c)) ? exactText(model_->value(source, c)) : QString());
    rows << line;
  }
  return rows;
}

}  // namespace geocyte::widgets::source_table
