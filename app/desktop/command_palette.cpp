// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/command_palette.h"

#include <QAction>
#include <QCoreApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QTableWidget>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"

namespace geocyte::desktop {
namespace {

constexpr int kActionRole = Qt::UserRole + 1;

QString plain(const QAction* action) { return QString(action->text()).remove('&'); }

/// Keys that views understand while they have the focus.
const QList<QStringList>& viewKeys() {
  static const QList<QStringList> kKeys{
      {"Curves: logarithmic values", "L"},  {"Curves: logarithmic steps", "Shift+L"}, {"Curves: follow the newest step", "F"},
      {"Curves: show everything", "Home"},  {"Curves: move the cross-hair", "← →"},   {"Matrix: move, select", "arrows, Enter"},
      {"Cloud: rectangle or lasso", "R"},   {"Clear the selection", "Esc"},            {"Timeline: snapshot before, after", "← →"},
      {"Timeline: checkpoint before, after", "Shift+← →"}, {"Timeline: play", "Space"}};
  return kKeys;
}

}  // namespace

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent) : QDialog(parent, Qt::Popup), actions_(actions) {
  setObjectName(QStringLiteral("commandPalette"));
  setAccessibleName(tr("All commands"));
  search_ = new QLineEdit;
  search_->setObjectName(QStringLiteral("commandSearch"));
  search_->setPlaceholderText(tr("Type a command"));
  search_->setAccessibleName(tr("Type a command"));
  search_->setToolTip(tr("Words of a command, in any order"));
  search_->installEventFilter(this);
  list_ = new QTreeWidget;
  list_->setColumnCount(2);
  list_->setHeaderHidden(true);
  list_->setRootIsDecorated(false);
  list_->setUniformRowHeights(true);
  list_->setColumnWidth(0, 360);
  list_->setObjectName(QStringLiteral("commandList"));
  list_->setAccessibleName(tr("Commands"));
  list_->setFrameShape(QFrame::NoFrame);
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(search_);
  column->addWidget(list_);
  connect(search_, &QLineEdit::textChanged, this, &CommandPalette::fill);
  connect(search_, &QLineEdit::returnPressed, this, &CommandPalette::run);
  connect(list_, &QTreeWidget::itemClicked, this, &CommandPalette::run);
  fill();
  resize(520, 400);
  if (parent) move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 60)));
  search_->setFocus();
}

void CommandPalette::fill() {
  list_->clear();
  const QStringList words = search_->text().split(' ', Qt::SkipEmptyParts);
  for (QAction* action : actions_) {
    const QString text = plain(action) + QLatin1Char(' ') + action->statusTip();
    const bool hit = std::all_of(words.begin(), words.end(), [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
    if (!hit) continue;
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    auto* item = new QTreeWidgetItem(list_, {plain(action), keys});
    item->setFont(1, widgets::monoFont());
    item->setToolTip(0, action->statusTip());
    item->setData(0, kActionRole, QVariant::fromValue<QObject*>(action));
    item->setDisabled(!action->isEnabled());
    if (action->isEnabled() && !list_->currentItem()) list_->setCurrentItem(item);
  }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (watched == search_ && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Down || key == Qt::Key_Up || key == Qt::Key_PageDown || key == Qt::Key_PageUp) {
      QKeyEvent copy(event->type(), key, Qt::NoModifier);
      QCoreApplication::sendEvent(list_, &copy);
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

void CommandPalette::run() {
  const QTreeWidgetItem* item = list_->currentItem();
  if (!item || item->isDisabled()) return;
  auto* action = qobject_cast<QAction*>(item->data(0, kActionRole).value<QObject*>());
  accept();
  // After this dialog is gone, so that a command may open a dialog of its own.
  if (action) QTimer::singleShot(0, action, &QAction::trigger);
}

ShortcutSheet::ShortcutSheet(const QList<QAction*>& actions, QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("shortcutSheet"));
  setWindowTitle(tr("Keyboard shortcuts"));
  QList<QStringList> rows;
  for (const QAction* action : actions)
    if (!action->shortcut().isEmpty()) rows.push_back({plain(action), action->shortcut().toString(QKeySequence::NativeText)});
  rows += viewKeys();
  auto* table = new QTableWidget(static_cast<int>(rows.size()), 2);
  table->setObjectName(QStringLiteral("shortcutTable"));
  table->setAccessibleName(tr("Keyboard shortcuts"));
  table->setToolTip(tr("Keys of views work while the view has the focus"));
  table->setHorizontalHeaderLabels({tr("command"), tr("keys")});
  table->verticalHeader()->hide();
  table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  table->setColumnWidth(1, 140);
  table->setShowGrid(false);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setFrameShape(QFrame::NoFrame);
  for (int row = 0; row < rows.size(); ++row)
    for (int column = 0; column < 2; ++column) {
      auto* item = new QTableWidgetItem(rows[row][column]);
      if (column == 1) item->setFont(widgets::monoFont());
      table->setItem(row, column, item);
    }
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(table);
  resize(520, 620);
}

}  // namespace geocyte::desktop
