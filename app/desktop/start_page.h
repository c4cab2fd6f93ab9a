// SPDX-License-Identifier: GPL-3.0-or-later
// The first thing a stranger sees: one button that shows everything on simulated data, ways to open own data and runs,
// what was open before, and a place to drop things.
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace geocyte::desktop {

struct WindowActions;

class StartPage : public QWidget {
  Q_OBJECT
 public:
  StartPage(const WindowActions& actions, QWidget* parent = nullptr);
  /// One sentence below the primary button: what the demo trains on.
  void setDemoSummary(const QString& text);
  void setRecent(const QStringList& paths);
  /// While something is dragged over the window.
  void setDropHighlight(bool on);

 signals:
  void recentChosen(const QString& path);

 private:
  class DropZone;
  QLabel *summary_, *recent_title_;
  QVBoxLayout* recent_;
  DropZone* drop_;
};

}  // namespace geocyte::desktop
