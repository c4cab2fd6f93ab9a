// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/struct_table.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "widgets/controls/struct_model.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

namespace geocyte::widgets {
namespace {

constexpr int kRowHeight = 26, kMostRows = 8, kWidestColumn = 150;

}  // namespace

StructTable::StructTable(const Field& field, QWidget* parent)
    : QWidget(parent), field_(field), model_(new StructModel(field, this)), view_(new QTableView) {
  view_->setModel(model_);
  view_->setItemDelegate(new StructDelegate(view_));
  view_->setShowGrid(false);
  view_->setSelectionBehavior(QAbstractItemView::SelectItems);
  view_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed | QAbstractItemView::AnyKeyPressed |
                         QAbstractItemView::SelectedClicked);
  view_->setTabKeyNavigation(false);   // Tab leaves the table, the arrows move in it
  view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  view_->verticalHeader()->setDefaultSectionSize(kRowHeight);
  view_->verticalHeader()->hide();
  view_->horizontalHeader()->setFont(captionFont());
  view_->horizontalHeader()->setHighlightSections(false);
  view_->installEventFilter(this);
  add_ = button(QStringLiteral("plus"), tr("Add a row to %1").arg(field.label()), tr("Add a row (Insert)"));
  duplicate_ = button(QStringLiteral("copy"), tr("Duplicate a row of %1").arg(field.label()), tr("Duplicate the current row (Ctrl+D)"));
  remove_ = button(QStringLiteral("trash"), tr("Remove rows of %1").arg(field.label()), tr("Remove the selected rows (Delete)"));
  add_->setObjectName(QStringLiteral("addRow/") + field.path);
  duplicate_->setObjectName(QStringLiteral("duplicateRow/") + field.path);
  remove_->setObjectName(QStringLiteral("removeRow/") + field.path);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(2);
  for (QToolButton* b : {add_, duplicate_, remove_}) buttons->addWidget(b);
  buttons->addStretch(1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addWidget(view_);
  column->addLayout(buttons);
  connect(add_, &QToolButton::clicked, this, &StructTable::addRow);
  connect(duplicate_, &QToolButton::clicked, this, &StructTable::duplicateRow);
  connect(remove_, &QToolButton::clicked, this, &StructTable::removeRows);
  connect(model_, &StructModel::edited, this, [this] { emit changed(model_->rows()); });
  connect(model_, &StructModel::refused, this, &StructTable::refused);
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &StructTable::settled);
  connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &StructTable::showButtons);
  setRows({});
}

QToolButton* StructTable::button(const QString& icon, const QString& name, const QString& tip) {
  auto* made = new QToolButton;
  made->setIcon(themeIcon(icon));
  made->setAccessibleName(name);
  made->setToolTip(tip);
  return made;
}

void StructTable::setRows(const QVariantList& rows) {
  const bool first = model_->rowCount() == 0;
  if (rows != model_->rows()) model_->setRows(rows);
  if (first && !rows.isEmpty()) {
    view_->resizeColumnsToContents();
    for (int c = 0; c < model_->columnCount(); ++c) view_->setColumnWidth(c, std::min(kWidestColumn, view_->columnWidth(c)));
  }
  fitHeight();
  showButtons();
}

QVariantList StructTable::rows() const { return model_->rows(); }

void StructTable::setReadOnly(bool read_only) {
  read_only_ = read_only;
  model_->setReadOnly(read_only);
  showButtons();
}

void StructTable::showButtons() {
  const bool has_row = view_->currentIndex().isValid() || view_->selectionModel()->hasSelection();
  add_->setEnabled(!read_only_);
  duplicate_->setEnabled(!read_only_ && has_row);
  remove_->setEnabled(!read_only_ && has_row);
}

void StructTable::fitHeight() {
  const int rows = std::clamp(model_->rowCount(), 1, kMostRows);
  view_->setFixedHeight(rows * kRowHeight + view_->horizontalHeader()->sizeHint().height() + view_->horizontalScrollBar()->sizeHint().height() + 2);
}

void StructTable::take(const QVariantList& rows, int current) {
  Field count = field_;
  count.fields.clear();   // only the number of rows is new; the cells were checked when they were typed
  if (const QString error = fieldError(count, rows); !error.isEmpty()) return emit refused(error);
  setRows(rows);
  if (current >= 0) view_->setCurrentIndex(model_->index(std::min(current, model_->rowCount() - 1), std::max(0, view_->currentIndex().column())));
  showButtons();
  emit changed(rows);
}

void StructTable::addRow() {
  QVariantList rows = model_->rows();
  rows << defaultRow(field_);
  take(rows, static_cast<int>(rows.size()) - 1);
}

void StructTable::duplicateRow() {
  const int at = view_->currentIndex().row();
  QVariantList rows = model_->rows();
  if (at < 0 || at >= rows.size()) return;
  rows.insert(at + 1, QVariant(rows[at]));
  take(rows, at + 1);
}

void StructTable::removeRows() {
  std::vector<int> chosen;
  for (const QModelIndex& index : view_->selectionModel()->selectedIndexes()) chosen.push_back(index.row());
  if (chosen.empty() && view_->currentIndex().isValid()) chosen.push_back(view_->currentIndex().row());
  if (chosen.empty()) return;
  std::sort(chosen.rbegin(), chosen.rend());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  QVariantList rows = model_->rows();
  for (const int row : chosen) rows.removeAt(row);
  take(rows, std::min(chosen.back(), static_cast<int>(rows.size()) - 1));
}

bool StructTable::eventFilter(QObject* watched, QEvent* event) {
  if (watched != view_ || event->type() != QEvent::KeyPress || read_only_) return QWidget::eventFilter(watched, event);
  const auto* key = static_cast<QKeyEvent*>(event);
  if (key->key() == Qt::Key_Escape) emit settled();
  if (key->key() == Qt::Key_Insert) return addRow(), true;
  if (key->key() == Qt::Key_Delete) return removeRows(), true;
  if (key->key() == Qt::Key_D && key->modifiers() == Qt::ControlModifier) return duplicateRow(), true;
  return QWidget::eventFilter(watched, event);
}

}  // namespace geocyte::widgets
