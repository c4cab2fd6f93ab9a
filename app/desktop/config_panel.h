// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of the shown run. Those with the bolt can be changed while the engine works: changes are collected and told to it
// together, at the next step. The others need a new run, which can begin with these values.
#pragma once

#include <QUndoStack>
#include <QWidget>

#include <map>
#include <utility>
#include <vector>

#include "app/desktop/run_draft.h"

class QLabel;
class QPushButton;

namespace geocyte::desktop {

class ConfigEditor;
struct RunRecord;

class ConfigPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ConfigPanel(const std::vector<config::SystemSpec>& specs, QWidget* parent = nullptr);
  /// nullptr = no run; spec nullptr = a folder whose parameters nobody knows. What is staged for this run stays.
  void showRun(const RunRecord* run, const config::SystemSpec* spec);
  /// Changes that the engine has not been told of.
  std::vector<std::pair<QString, Json>> staged() const;
  /// Tells the engine what is staged.
  void apply();
  void discard();
  QUndoStack* undoStack() { return &undo_; }
  ConfigEditor* editor() const { return editor_; }

 signals:
  void applied(const QString& path, const geocyte::Json& value);
  void newRunWanted();
  void stagedChanged(int count);

 private:
  void showStaged();
  const std::vector<config::SystemSpec>& specs_;
  QUndoStack undo_;
  ConfigEditor* editor_;
  QLabel *note_, *staged_text_;
  QPushButton *apply_, *discard_, *reuse_;
  QString run_;
  Json shown_;                                 ///< options of the run as the engine has them, or has been asked to
  std::map<QString, std::pair<Json, qint64>> told_;   ///< asked for and not yet in the run's history: value, and since when
  bool alive_ = false;
};

}  // namespace geocyte::desktop
