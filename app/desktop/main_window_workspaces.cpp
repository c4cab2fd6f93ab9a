// SPDX-License-Identifier: GPL-3.0-or-later
// Which workspace is shown: one that the run, or the grid, has content for; and which views that are.
#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QStackedWidget>
#include <QToolBar>

#include <algorithm>

#include "app/desktop/ablate_page.h"
#include "app/desktop/main_window.h"
#include "app/desktop/run_bar.h"
#include "app/desktop/view_host.h"
#include "widgets/base/chart_controls.h"
#include "widgets/controls/segmented_control.h"

namespace geocyte::desktop {

bool MainWindow::showsOneRun() const { return pages_->currentIndex() == 1 && workspaces_->currentWidget() != ablate_; }

std::vector<widgets::View*> MainWindow::shownViews() const {
  std::vector<widgets::View*> shown;
  if (isOnStartPage()) return shown;
  if (workspaces_->currentWidget() == ablate_) return ablate_->views();
  const ViewHost* host = hosts()[static_cast<std::size_t>(workspaces_->currentIndex())];
  std::copy_if(host->views().begin(), host->views().end(), std::back_inserter(shown), [host](const widgets::View* view) { return host->shows(view); });
  return shown;
}

widgets::View* MainWindow::focusedView() const {
  for (QWidget* at = QApplication::focusWidget(); at; at = at->parentWidget())
    if (auto* view = qobject_cast<widgets::View*>(at)) return view;
  const std::vector<widgets::View*> shown = shownViews();
  return shown.empty() ? nullptr : shown.front();
}

QString MainWindow::workspace() const { return workspaces_->currentWidget() == ablate_ ? ablate_->objectName() : hosts()[static_cast<std::size_t>(workspaces_->currentIndex())]->objectName(); }

void MainWindow::setWorkspace(const QString& workspace) {
  wanted_workspace_ = workspace;
  raiseWorkspace();
  if (pages_->currentIndex() != 1 && (workbench_.current() || ablate_->hasGrid())) showWorkspace();
}

void MainWindow::raiseWorkspace() {
  int shown = 0;
  const int count = static_cast<int>(hosts().size());
  for (int i = 1; i < count; ++i) {
    const ViewHost* host = hosts()[static_cast<std::size_t>(i)];
    run_bar_->workspaces()->setSegmentVisible(host->objectName(), !host->views().empty());
    if (!host->views().empty() && wanted_workspace_ == host->objectName()) shown = i;
  }
  run_bar_->workspaces()->setSegmentVisible(ablate_->objectName(), ablate_->hasGrid());
  if (ablate_->hasGrid() && wanted_workspace_ == ablate_->objectName()) shown = count;
  workspaces_->setCurrentIndex(shown);
  for (int i = 0; i < count; ++i) hosts()[static_cast<std::size_t>(i)]->setAwake(i == shown);
  if (pages_->currentIndex() == 1) {
    // Ablate is about many runs: what belongs to one makes room.
    config_dock_->setVisible(actions_.config_dock->isChecked() && showsOneRun());
    timeline_bar_->setVisible(actions_.timeline->isChecked() && showsOneRun());
    refreshBanner();
  }
  run_bar_->workspaces()->setCurrent(workspace());
  chart_controls_->setVisible(workspace() == QLatin1String("monitor"));
  refreshVerdict();
}

}  // namespace geocyte::desktop
