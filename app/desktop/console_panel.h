// SPDX-License-Identifier: GPL-3.0-or-later
// What happened in the shown run, newest first, in three tabs: everything (with search and level), alerts (those that hold now
// first, with what to do), and the history of what was asked of the engine and changed.
#pragma once

#include <QWidget>

#include "engine/store/run_reader.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QTextBrowser;

namespace geocyte::widgets {
class ChoiceButton;
class SegmentedControl;
}

namespace geocyte::desktop {

/// An alert as its newest event says it.
struct AlertEntry {
  std::string id, severity, headline, evidence, advice, time;
  std::int64_t step = 0;
  bool raised = true;           ///< false: it is over
};

/// The newest word about each alert, those that hold first, newest first.
std::vector<AlertEntry> alertsOf(const std::vector<store::RunEvent>& events);
/// What was asked of the engine or changed: commands and their answers, parameters, stages, checkpoints that were asked for.
bool isHistory(const store::RunEvent& event);
/// 0 everything, 1 what one wants to know, 2 warnings, 3 errors.
int levelOf(const store::RunEvent& event);

class ConsolePanel : public QWidget {
  Q_OBJECT
 public:
  explicit ConsolePanel(QWidget* parent = nullptr);
  void setEvents(const std::vector<store::RunEvent>& events);
  /// "log", "alerts" or "history".
  void showTab(const QString& tab);
  QString tab() const;

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void render();
  QString logHtml(bool history, int& shown) const;
  QString alertsHtml(int& shown) const;
  std::vector<store::RunEvent> events_;        ///< the newest ones
  QString html_;
  widgets::SegmentedControl* tabs_ = nullptr;
  QWidget* filters_ = nullptr;
  QLineEdit* search_ = nullptr;
  widgets::ChoiceButton* level_ = nullptr;
  QLabel* count_ = nullptr;
  QPushButton* newest_ = nullptr;
  QTextBrowser* text_ = nullptr;
};

}  // namespace geocyte::desktop
