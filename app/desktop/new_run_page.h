// SPDX-License-Identifier: GPL-3.0-or-later
// A new run before it is started: its configuration at the left, at the right what a trial of it found, and the button that starts.
#pragma once

#include <QUndoStack>
#include <QWidget>

#include "app/desktop/preflight.h"
#include "app/desktop/run_draft.h"

class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace geocyte::desktop {

class ConfigEditor;

class NewRunPage : public QWidget {
  Q_OBJECT
 public:
  /// `specs` must outlive it.
  explicit NewRunPage(const std::vector<config::SystemSpec>& specs, QWidget* parent = nullptr);

  /// Begins with another configuration; steps of undo are forgotten.
  void setDraft(const RunDraft& draft);
  /// Another preset in place of the one that is edited, as a step of undo. False with `problem()` where it is wrong.
  bool choosePreset(const QString& preset);
  const RunDraft& draft() const;
  bool hasDraft() const { return has_draft_; }
  void setRunsFolder(const QString& folder);
  /// Checks are made only while the page is looked at.
  void setActive(bool active);
  /// Why it cannot start, in one sentence; "" = it can.
  QString obstacle() const;
  jobs::JobSpec job() const;
  QUndoStack* undoStack() { return &undo_; }
  ConfigEditor* editor() const { return editor_; }
  Preflight* preflight() { return &preflight_; }

 signals:
  void startRequested();
  void closed();
  void openRunRequested(const QString& directory);
  void presetSaved(const QString& name);
  void presetChanged(const QString& system, const QString& preset);
  /// obstacle() may be another.
  void readinessChanged();

 private:
  QWidget* buildLeft();
  QWidget* buildRight();
  void checkSoon();
  void showHead();
  void showReport();
  void showSources(const std::vector<FoundSource>& sources);
  QStringList heldOut(const std::vector<FoundSource>& sources) const;
  void savePreset();

  const std::vector<config::SystemSpec>& specs_;
  QUndoStack undo_;
  Preflight preflight_;
  ConfigEditor* editor_;
  QLabel *title_, *summary_, *reason_, *sources_title_;
  QLineEdit* name_;
  widgets::CheckList* checks_;
  QWidget* sources_;
  QPushButton *start_, *save_, *again_;
  QString runs_folder_, shown_preset_;
  bool has_draft_ = false, active_ = false, stale_ = true;
};

}  // namespace geocyte::desktop
