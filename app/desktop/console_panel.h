// SPDX-License-Identifier: GPL-3.0-or-later
// What happened in the shown run, newest first: snapshots, checkpoints, changes, alerts, verdicts.
#pragma once

#include <QWidget>

#include "engine/store/run_reader.h"

class QLabel;
class QTextBrowser;

namespace geocyte::desktop {

class ConsolePanel : public QWidget {
  Q_OBJECT
 public:
  explicit ConsolePanel(QWidget* parent = nullptr);
  void setEvents(const std::vector<store::RunEvent>& events);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void render();
  std::vector<store::RunEvent> events_;        ///< the newest ones
  QLabel* count_ = nullptr;
  QTextBrowser* text_ = nullptr;
};

}  // namespace geocyte::desktop
