// SPDX-License-Identifier: GPL-3.0-or-later
// How the window opens things: runs, folders of runs, data, configurations, presets; by menu, by drop, by command line.
#include <QDropEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

#include <algorithm>

#include "app/desktop/background.h"
#include "app/desktop/data_dialog.h"
#include "app/desktop/main_window.h"
#include "app/desktop/run_bar.h"
#include "app/desktop/run_draft.h"
#include "app/desktop/start_page.h"
#include "engine/core/error.h"
#include "widgets/controls/toast.h"

namespace geocyte::desktop {

void MainWindow::open(const QString& path) {
  inBackground(this, [path, specs = workbench_.specs()] { return classify(path, specs); }, [this](const OpenTarget& target) { applyTarget(target); });
}

void MainWindow::applyTarget(const OpenTarget& target) {
  switch (target.kind) {
    case OpenTarget::Kind::unknown:
      preferences_.removeRecent(target.path);
      toasts_->show(widgets::Tone::bad, target.problem);
      break;
    case OpenTarget::Kind::data: return openData({target.path});
    case OpenTarget::Kind::configuration: {
      jobs::JobSpec job;
      job.preset = target.path.toStdString();
      launch(job, target.system);
      preferences_.addRecent(target.path);
      break;
    }
    case OpenTarget::Kind::grid:
      openGrid(target.grid);
      preferences_.addRecent(target.path);
      break;
    case OpenTarget::Kind::run: {
      // Its neighbours are what it wants to be compared with.
      const QString folder = QFileInfo(target.path).path();
      if (folder != workbench_.folder()) workbench_.openFolder(folder);
      followGrid(target.grid);
      workbench_.openRun(target.path);
      showWorkspace();
      preferences_.addRecent(target.path);
      break;
    }
    case OpenTarget::Kind::runs_folder:
      followGrid({});
      openFolder(target.path);
      preferences_.setRunsFolder(target.path);
      preferences_.addRecent(target.path);
      break;
  }
  start_page_->setRecent(preferences_.recent());
}

void MainWindow::whenRead(std::function<void(int)> then) {
  auto once = std::make_shared<QMetaObject::Connection>();
  *once = connect(&workbench_, &Workbench::folderRead, this, [once, then = std::move(then)](const QString&, int runs) {
    disconnect(*once);
    then(runs);
  });
}

void MainWindow::openFolder(const QString& folder) {
  whenRead([this](int runs) {
    if (runs == 0) return toasts_->show(widgets::Tone::accent, tr("There are no runs in %1.").arg(workbench_.folder()));
    // The newest one that is still going, else the newest.
    const RunLibrary& library = workbench_.library();
    QString chosen;
    for (const QString& path : library.order())
      if (chosen.isEmpty() || (library.find(path)->isAlive() && !library.find(chosen)->isAlive())) chosen = path;
    if (chosen.isEmpty()) return;
    workbench_.show(chosen);
    showWorkspace();
  });
  workbench_.openFolder(folder);
}

void MainWindow::attachToLiving(const QString& folder) {
  whenRead([this](int) {
    if (workbench_.current()) return;
    const RunLibrary& library = workbench_.library();
    const auto living = std::find_if(library.order().begin(), library.order().end(), [&](const QString& path) { return library.find(path)->isAlive(); });
    if (living == library.order().end()) return;
    workbench_.show(*living);
    showWorkspace();
  });
  workbench_.openFolder(folder);
}

void MainWindow::openData(const QStringList& files) {
  if (files.isEmpty()) return;
  auto* dialog = new DataDialog(workbench_.specs(), files, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog] {
    launch(dialog->job(), dialog->system());
  });
  connect(dialog, &DataDialog::configureWanted, this, [this, dialog] {
    const jobs::JobSpec job = dialog->job();
    try {
      RunDraft draft = draftOf(workbench_.specs(), QString::fromStdString(job.preset));
      draft.name = QString::fromStdString(job.name);
      for (const auto& [path, value] : job.set) config::set(draft.options, path, Json::parse(value));
      configure(draft);
    } catch (const Error& error) {
      toasts_->show(widgets::Tone::bad, QString::fromUtf8(error.what()));
    }
  });
  if (const RunRecord* run = workbench_.current(); run && files.size() == 1 && canApply(*run)) {
    dialog->offerRun(run->info.name);
    connect(dialog, &DataDialog::applyWanted, this, [this, path = run->info.path](const QString& file) { applyToNewData(path, file); });
  }
  dialog->open();
  preferences_.addRecent(files.front());
  start_page_->setRecent(preferences_.recent());
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!event->mimeData()->hasUrls()) return;
  event->acceptProposedAction();
  start_page_->setDropHighlight(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) { start_page_->setDropHighlight(false); }

void MainWindow::dropEvent(QDropEvent* event) {
  start_page_->setDropHighlight(false);
  QStringList files;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) files << url.toLocalFile();
  if (files.isEmpty()) return;
  event->acceptProposedAction();
  if (files.size() == 1) open(files.front());
  else openData(files);
}

}  // namespace geocyte::desktop
