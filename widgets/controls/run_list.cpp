// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/run_list.h"

#include <QContextMenuEvent>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QListView>
#include <QMouseEvent>
#include <QVBoxLayout>

#include "widgets/controls/empty_state.h"
#include "widgets/controls/run_list_model.h"

namespace geocyte::widgets {

RunList::RunList(QWidget* parent) : QWidget(parent), model_(new RunListModel(this)), list_(new QListView), empty_(new EmptyState) {
  list_->setObjectName(QStringLiteral("runList"));
  list_->setAccessibleName(tr("Runs"));
  list_->setToolTip(tr("Click a run to show it, its dot to hide or show its curves"));
  list_->setModel(model_);
  list_->setItemDelegate(new RunListDelegate(list_));
  list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  list_->setContextMenuPolicy(Qt::CustomContextMenu);
  list_->setMouseTracking(true);
  list_->viewport()->installEventFilter(this);
  list_->installEventFilter(this);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(list_);
  column->addWidget(empty_);
  empty_->setText(tr("No runs yet"));
  empty_->setBackgroundRole(QPalette::Base);   // as the list that takes its place
  empty_->setAutoFillBackground(true);
  list_->hide();
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
    if (const RunRow* row = model_->row(index); row && !quiet_) emit currentChanged(row->id);
  });
  connect(list_, &QListView::customContextMenuRequested, this, [this](const QPoint& at) {
    if (const RunRow* row = model_->row(list_->indexAt(at))) emit menuRequested(row->id, list_->viewport()->mapToGlobal(at));
  });
}

void RunList::setRows(const std::vector<RunRow>& rows) {
  const QString kept_current = current();
  const QStringList kept = selected();
  quiet_ = true;
  model_->setRows(rows);
  if (list_->selectionModel()->selectedIndexes().isEmpty()) {
    for (const QString& id : kept)
      if (const QModelIndex index = model_->indexOf(id); index.isValid()) list_->selectionModel()->select(index, QItemSelectionModel::Select);
    if (const QModelIndex index = model_->indexOf(kept_current); index.isValid())
      list_->selectionModel()->setCurrentIndex(index, QItemSelectionModel::Select);
  }
  quiet_ = false;
  list_->setVisible(!rows.empty());
  empty_->setVisible(rows.empty());
}

void RunList::setCurrent(const QString& id) {
  const QModelIndex index = model_->indexOf(id);
  if (index == list_->currentIndex() && index.isValid()) return;
  quiet_ = true;
  if (index.isValid()) list_->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
  else list_->selectionModel()->clear();
  quiet_ = false;
}

QString RunList::current() const {
  const RunRow* row = model_->row(list_->currentIndex());
  return row ? row->id : QString();
}

QStringList RunList::selected() const {
  QStringList ids;
  for (const QModelIndex& index : list_->selectionModel()->selectedIndexes())
    if (const RunRow* row = model_->row(index)) ids << row->id;
  return ids;
}

void RunList::setEmptyText(const QString& text) { empty_->setText(text); }

void RunList::onClick(const QPoint& at) {
  if (const RunRow* row = model_->row(list_->indexAt(at))) emit visibilityToggled(row->id, !row->visible);
}

bool RunList::eventFilter(QObject* watched, QEvent* event) {
  if (watched == list_ && event->type() == QEvent::KeyPress && !current().isEmpty()) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_F2) return emit renameRequested(current()), true;
    if (key == Qt::Key_Delete) return emit removeRequested(selected()), true;
  }
  if (watched == list_->viewport() && event->type() == QEvent::MouseButtonPress) {
    const auto* mouse = static_cast<QMouseEvent*>(event);
    // A press on the dot hides the curves and leaves the shown run alone.
    if (mouse->button() == Qt::LeftButton && mouse->position().x() < RunListDelegate::kDotArea && model_->row(list_->indexAt(mouse->pos()))) {
      onClick(mouse->pos());
      return true;
    }
    // Asking what can be done with a run is not yet showing it.
    if (mouse->button() == Qt::RightButton) return true;
  }
  if (watched == list_ && event->type() == QEvent::ContextMenu && static_cast<QContextMenuEvent*>(event)->reason() == QContextMenuEvent::Keyboard && !current().isEmpty()) {
    emit menuRequested(current(), list_->viewport()->mapToGlobal(list_->visualRect(list_->currentIndex()).center()));
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace geocyte::widgets
