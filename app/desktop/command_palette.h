// SPDX-License-Identifier: GPL-3.0-or-later
// Finds any command by its name: type, arrow keys, Enter. A command that cannot run now is shown in grey.
#pragma once

#include <QDialog>
#include <QList>

class QAction;
class QLineEdit;
class QTreeWidget;

namespace geocyte::desktop {

class CommandPalette : public QDialog {
  Q_OBJECT
 public:
  CommandPalette(const QList<QAction*>& actions, QWidget* parent);
  QLineEdit* search() const { return search_; }

 private:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void fill();
  void run();
  QList<QAction*> actions_;
  QLineEdit* search_;
  QTreeWidget* list_;
};

/// All commands with their keys, one sheet; the keys of the views below.
class ShortcutSheet : public QDialog {
  Q_OBJECT
 public:
  ShortcutSheet(const QList<QAction*>& actions, QWidget* parent);
};

}  // namespace geocyte::desktop
