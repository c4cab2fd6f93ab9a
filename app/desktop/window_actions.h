// SPDX-License-Identifier: GPL-3.0-or-later
// Every command of the window, once: run bar, menus, palette and shortcut sheet all show these.
#pragma once

#include <QList>
#include <QObject>

class QAction;
class QActionGroup;
class QWidget;

namespace geocyte::desktop {

struct WindowActions {
  /// Adds them to `window`, so that their shortcuts work wherever the focus is.
  explicit WindowActions(QWidget* window);

  QAction *start, *pause, *stop, *stop_stage, *discard, *force, *checkpoint, *resume;
  QAction *demo, *configure, *open_data, *open_folder, *start_page, *diagnose_matrix, *diagnosis;
  QAction *undo, *redo, *apply;
  QAction *monitor, *align, *spatial, *ablate, *timeline, *runs_dock, *config_dock, *live, *export_view, *export_all, *view_table, *view_card;
  QAction *open_log, *show_folder, *edit_marks, *trash, *tissue_from, *apply_data;
  QAction *theme_system, *theme_light, *theme_dark;
  QAction *palette, *shortcuts, *preferences, *reset_layout, *about, *quit;
  /// In the order of the shortcut sheet.
  QList<QAction*> all;

 private:
  QAction* add(const char* name, const QString& text, const QString& help, const QList<class QKeySequence>& keys = {});
  QWidget* window_;
};

}  // namespace geocyte::desktop
