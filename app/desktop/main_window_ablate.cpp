// SPDX-License-Identifier: GPL-3.0-or-later
// How the window shows a grid: its table is followed in the background, its runs are the list of runs, its cells lead to their runs.
#include <QAction>
#include <QDir>
#include <QStackedWidget>

#include <algorithm>

#include "app/desktop/ablate_page.h"
#include "app/desktop/main_window.h"
#include "app/desktop/run_bar.h"
#include "app/desktop/start_page.h"
#include "app/desktop/view_host.h"
#include "app/desktop/view_undo.h"
#include "widgets/ablation_matrix/ablation_matrix.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/segmented_control.h"
#include "widgets/controls/toast.h"

namespace geocyte::desktop {

void MainWindow::connectAblate() {
  run_bar_->workspaces()->setSegmentVisible(ablate_->objectName(), false);
  connect(grid_watch_.worker(), &GridWatch::told, this, &MainWindow::onGrid);
  connect(ablate_, &AblatePage::verdictChanged, this, [this] {
    if (workspaces_->currentWidget() == ablate_) refreshVerdict();
  });
  connect(ablate_, &AblatePage::openRunWanted, this, [this](const QString& path) {
    workbench_.show(path);
    setWorkspace(QStringLiteral("monitor"));
  });
  connect(run_list_, &widgets::RunList::currentChanged, this, [this](const QString& path) {
    if (workspaces_->currentWidget() == ablate_) ablate_->openCellOf(path);
  });
  connect(ablate_, &AblatePage::picturesWanted, this, &MainWindow::comparePictures);
  connect(ablate_, &AblatePage::wrote, this, [this](const QString& sentence) { toasts_->show(widgets::Tone::ok, sentence); });
  for (widgets::View* view : ablate_->findChildren<widgets::View*>()) view_undo_->watch(view);
  connect(ablate_, &AblatePage::refused, this, [this](const QString& sentence) { toasts_->show(widgets::Tone::bad, sentence); });
}

void MainWindow::openGrid(const QString& file) {
  grid_raised_ = true;
  if (file == grid_file_ && ablate_->hasGrid()) return setWorkspace(ablate_->objectName());
  grid_file_ = file;
  grid_watch_.post([file](GridWatch& watch) { watch.watch(file); });
}

void MainWindow::followGrid(const QString& file) {
  grid_raised_ = false;
  if (file == grid_file_) return;
  grid_file_ = file;
  if (ablate_->hasGrid()) {
    ablate_->setGrid(nullptr);
    raiseWorkspace();
  }
  grid_watch_.post([file](GridWatch& watch) { watch.watch(file); });
}

void MainWindow::onGrid(const std::shared_ptr<const GridNews>& news) {
  if (news->file != grid_file_) return;
  if (!news->report) {
    // What is shown stays: the next version of the file may be whole again.
    toasts_->show(widgets::Tone::bad, news->problem);
    emit gridRefused(news->problem);
    if (!ablate_->news() || ablate_->news()->file != news->file) grid_file_.clear();
    return;
  }
  const bool first = !ablate_->news() || ablate_->news()->file != news->file;
  const bool other_folder = !news->runs.isEmpty() && QDir::cleanPath(news->runs) != workbench_.folder();
  if (first && grid_raised_ && (other_folder || !workbench_.current())) {
    whenRead([this](int) {
      // Behind the matrix stands a run that goes on, else one of the baseline.
      const RunLibrary& library = workbench_.library();
      const auto& grid = ablate_->news();
      QString chosen;
      if (grid)
        for (const jobs::ReportRun& run : grid->report->runs)
          if (const QString path = grid->runs + '/' + QString::fromStdString(run.run); chosen.isEmpty() && run.cell == grid->report->baseline() && library.find(path)) chosen = path;
      for (const QString& path : library.order())
        if (chosen.isEmpty() || (library.find(path)->isAlive() && !library.find(chosen)->isAlive())) chosen = path;
      if (!chosen.isEmpty()) workbench_.show(chosen);
      else showFirstRun();
    });
    workbench_.openFolder(news->runs.isEmpty() ? QDir(news->file + QStringLiteral("/..")).absolutePath() : news->runs);
  }
  ablate_->setGrid(news);
  if (first && grid_raised_) wanted_workspace_ = ablate_->objectName();
  refreshActions();
  refreshList();
  raiseWorkspace();
  if (first && grid_raised_) showWorkspace();
}

/// A grid that has just begun: its first run is shown as soon as there is one.
void MainWindow::showFirstRun() {
  auto once = std::make_shared<QMetaObject::Connection>();
  *once = connect(&workbench_.library(), &RunLibrary::listChanged, this, [this, once] {
    if (workbench_.library().order().empty() && ablate_->hasGrid()) return;
    disconnect(*once);
    if (ablate_->hasGrid() && !workbench_.current()) workbench_.show(workbench_.library().order().front());
  }, Qt::QueuedConnection);
}

void MainWindow::comparePictures(const QString& run, const QString& baseline_run) {
  const RunRecord* other = workbench_.library().find(baseline_run);
  workbench_.show(run);
  if (other) workbench_.reference()->set(baseline_run, -1, tr("baseline, %1").arg(other->info.name));
  setWorkspace(!align_->views().empty() ? align_->objectName() : !spatial_->views().empty() ? spatial_->objectName() : monitor_->objectName());
}

}  // namespace geocyte::desktop
