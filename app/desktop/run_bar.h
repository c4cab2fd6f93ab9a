// SPDX-License-Identifier: GPL-3.0-or-later
// The bar on top, 44 pixels: product, system, preset, the run's controls, progress, workspace switch, meters.
#pragma once

#include <QWidget>

#include <vector>

#include "app/desktop/run_library.h"
#include "app/desktop/system_specs.h"

class QMenu;
class QPushButton;

namespace geocyte::widgets {
class Meter;
class ProgressStrip;
class SegmentedControl;
}

namespace geocyte::desktop {

struct WindowActions;

class RunBar : public QWidget {
  Q_OBJECT
 public:
  RunBar(const std::vector<config::SystemSpec>& specs, const WindowActions& actions, QWidget* parent = nullptr);

  /// What Start would train: "gems/demo", "user/mine".
  QString preset() const;
  QString system() const { return system_; }
  /// `preset` as preset() gives it; "" = the first one of the system.
  void setPreset(const QString& system, const QString& preset);
  /// nullptr = no run is shown.
  void showRun(const RunRecord* run);
  void showLoad(const EngineLoad& load);
  /// A run that is being configured: Start starts it, unless there is an obstacle.
  void showDraft(const QString& obstacle);
  /// On the start page only the product's name and its menu stay.
  void setQuiet(bool quiet);
  widgets::SegmentedControl* workspaces() const { return workspaces_; }
  QMenu* productMenu() const { return product_menu_; }

 signals:
  /// By the user.
  void presetChosen(const QString& system, const QString& preset);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void rebuildMenus();
  /// Stop while the shown run goes on, Resume where one that has stopped could go on.
  void showStopOrResume(bool can_resume);
  void showChoice();
  QPushButton* button(const char* name, const QString& text, const QString& tip);
  const std::vector<config::SystemSpec>& specs_;
  const WindowActions& actions_;
  QString system_, preset_;
  bool quiet_ = false;
  QMenu *product_menu_, *system_menu_, *preset_menu_;
  QPushButton *product_, *configure_, *system_button_, *preset_button_, *primary_, *stop_, *resume_, *checkpoint_;
  widgets::ProgressStrip* progress_;
  widgets::SegmentedControl* workspaces_;
  widgets::Meter *cpu_, *memory_;
};

}  // namespace geocyte::desktop
