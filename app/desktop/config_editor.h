// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration as a form and as text: two tabs that follow each other. What is wrong stands at its field or below the text
// and never gets into the draft.
#pragma once

#include <QTimer>
#include <QWidget>

#include "app/desktop/field_bridge.h"
#include "app/desktop/run_draft.h"
#include "widgets/controls/config_form.h"

class QLabel;
class QPlainTextEdit;
class QStackedWidget;

namespace geocyte::widgets {
class SegmentedControl;
}

namespace geocyte::desktop {

class ConfigEditor : public QWidget {
  Q_OBJECT
 public:
  /// `specs` must outlive it.
  explicit ConfigEditor(const std::vector<config::SystemSpec>& specs, QWidget* parent = nullptr);

  /// Shows another draft; emits nothing. `spec` nullptr = there are no parameters to show.
  void setDraft(const config::SystemSpec* spec, RunDraft draft);
  const RunDraft& draft() const { return draft_; }
  const config::SystemSpec* spec() const { return spec_; }
  /// The text can be edited where all fields can.
  void setAccess(widgets::FormAccess access);
  /// Runs to offer where a parameter names one.
  void setRuns(const RunChoices& runs);
  /// Steps of undo go there; nullptr for none.
  void setUndoStack(QUndoStack* stack);
  /// Replaces the draft as one step of undo, for a change from outside such as another preset.
  void replaceDraft(const RunDraft& after, const QString& what);
  void setName(const QString& name) { draft_.name = name; }
  bool isValid() const { return problem().isEmpty(); }
  /// The first complaint of form or text, in one sentence; "" when all is well.
  QString problem() const;
  widgets::ConfigForm* form() const { return form_; }
  void showText(bool text);

 signals:
  /// By the user, or by undo and redo.
  void edited();
  void validityChanged();

 private:
  friend class DraftChange;
  void take(const RunDraft& draft);
  void showModel();
  void writeText();
  void readText();
  void setTextProblem(const QString& problem);
  widgets::SegmentedControl* makeTabs(const char* name);

  const std::vector<config::SystemSpec>& specs_;
  const config::SystemSpec* spec_ = nullptr;
  RunDraft draft_;
  RunChoices runs_;
  widgets::FormAccess access_ = widgets::FormAccess::all;
  QPointer<QUndoStack> undo_;
  QStackedWidget* pages_;
  widgets::ConfigForm* form_;
  QPlainTextEdit* text_;
  QLabel* text_problem_;
  widgets::SegmentedControl *form_tabs_, *text_tabs_;
  QTimer typing_;
  bool writing_ = false;
};

}  // namespace geocyte::desktop
