// SPDX-License-Identifier: GPL-3.0-or-later
// How the window configures and starts runs: the page of the new run, the parameters of a running one, undo.
#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QStackedWidget>
#include <QToolBar>
#include <QUndoStack>

#include <algorithm>

#include "app/desktop/ablate_page.h"
#include "app/desktop/config_editor.h"
#include "app/desktop/config_panel.h"
#include "app/desktop/main_window.h"
#include "app/desktop/new_run_page.h"
#include "app/desktop/run_bar.h"
#include "app/desktop/run_draft.h"
#include "app/desktop/view_host.h"
#include "app/desktop/view_undo.h"
#include "engine/core/error.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/toast.h"

namespace geocyte::desktop {

bool MainWindow::isConfiguring() const { return pages_->currentIndex() == 2; }

void MainWindow::connectConfiguration() {
  connect(actions_.configure, &QAction::triggered, this, [this] { configure(); });
  connect(actions_.tissue_from, &QAction::triggered, this, [this] { configureTissue(workbench_.runs()->current()); });
  connect(actions_.apply_data, &QAction::triggered, this, [this] { applyToNewData(workbench_.runs()->current()); });
  connect(actions_.apply, &QAction::triggered, config_, &ConfigPanel::apply);
  connect(actions_.undo, &QAction::triggered, this, [this] { undoStack()->undo(); });
  connect(actions_.redo, &QAction::triggered, this, [this] { undoStack()->redo(); });
  connect(qApp, &QApplication::focusChanged, this, [this] { refreshActions(); });
  for (QUndoStack* stack : {new_run_->undoStack(), config_->undoStack(), view_undo_->stack()}) connect(stack, &QUndoStack::indexChanged, this, &MainWindow::refreshActions);

  connect(config_, &ConfigPanel::applied, this, [this](const QString& path, const Json& value) {
    workbench_.order(QStringLiteral("set"), {{"path", path.toStdString()}, {"value", value}});
  });
  connect(config_, &ConfigPanel::stagedChanged, this, [this](int count) { actions_.apply->setEnabled(count > 0); });
  connect(config_, &ConfigPanel::newRunWanted, this, [this] {
    const RunRecord* run = workbench_.current();
    if (run) configure(draftOfRun(workbench_.specs(), run->info.system, run->info.preset, run->info.name, run->effectiveOptions()));
  });
  actions_.apply->setEnabled(false);

  connect(new_run_, &NewRunPage::startRequested, this, &MainWindow::startDraft);
  connect(new_run_, &NewRunPage::closed, this, &MainWindow::leaveConfiguration);
  connect(new_run_, &NewRunPage::openRunRequested, this, &MainWindow::open);
  connect(new_run_, &NewRunPage::presetSaved, this, [this](const QString& name) { toasts_->show(widgets::Tone::ok, tr("Saved as %1; it is in the menu of presets.").arg(name)); });
  connect(new_run_, &NewRunPage::presetChanged, run_bar_, &RunBar::setPreset);
  const auto offer = [this] {
    if (isConfiguring()) new_run_->editor()->setRuns(encoders());
  };
  connect(&workbench_.library(), &RunLibrary::listChanged, this, offer);
  connect(&workbench_.library(), &RunLibrary::runChanged, this, offer);   // its first checkpoint makes it one to choose
  connect(new_run_, &NewRunPage::readinessChanged, this, [this] {
    if (isConfiguring()) refreshRun();
  });
  connect(run_bar_, &RunBar::presetChosen, this, [this](const QString&, const QString& preset) {
    if (isConfiguring()) new_run_->choosePreset(preset);
  });
}

QUndoStack* MainWindow::undoStack() const {
  if (isConfiguring()) return new_run_->undoStack();
  // Whoever types into the parameters takes back what he typed; elsewhere it is what he sees that goes back.
  QWidget* focus = QApplication::focusWidget();
  const bool in_views = view_undo_->stack()->canUndo() || view_undo_->stack()->canRedo();
  return in_views && !(focus && config_->isAncestorOf(focus)) ? view_undo_->stack() : config_->undoStack();
}

void MainWindow::configure() {
  if (!new_run_->hasDraft()) return configurePreset(run_bar_->preset());
  if (workbench_.folder().isEmpty()) workbench_.openFolder(preferences_.runsFolder());
  new_run_->setRunsFolder(workbench_.folder());
  new_run_->editor()->setRuns(encoders());
  pages_->setCurrentIndex(2);
  run_bar_->setQuiet(false);
  runs_dock_->setVisible(actions_.runs_dock->isChecked());
  config_dock_->hide();
  timeline_bar_->hide();
  run_list_->setCurrent({});
  setWindowTitle(tr("New run — Geocyte"));
  new_run_->setActive(true);
  refreshRun();
}

void MainWindow::configure(const RunDraft& draft) {
  run_bar_->setPreset(draft.system, draft.preset);
  new_run_->setDraft(draft);
  configure();
}

bool MainWindow::canEncode(const RunRecord& run) const {
  const auto wanted = [&](const config::SystemSpec& spec) {
    return std::any_of(spec.parameters.begin(), spec.parameters.end(), [&](const config::Parameter& one) { return !one.run_of.empty() && one.run_of == run.info.system.toStdString(); });
  };
  return !run.info.foreign && run.status.last_checkpoint >= 0 && std::any_of(workbench_.specs().begin(), workbench_.specs().end(), wanted);
}

QHash<QString, QStringList> MainWindow::encoders() const {
  RunChoices runs;
  for (const QString& path : workbench_.library().order())
    if (const RunRecord* run = workbench_.library().find(path); run && canEncode(*run)) runs[run->info.system] << path;
  return runs;
}

void MainWindow::configureTissue(const QString& path) {
  const RunRecord* run = workbench_.library().find(path);
  if (!run) return;
  try {
    if (const auto draft = draftWithEncoder(workbench_.specs(), run->info.system, path, run->effectiveOptions())) configure(*draft);
  } catch (const Error& error) {
    toasts_->show(widgets::Tone::bad, QString::fromUtf8(error.what()));
  }
}

void MainWindow::configurePreset(const QString& preset) {
  try {
    configure(draftOf(workbench_.specs(), preset));
  } catch (const Error& error) {
    toasts_->show(widgets::Tone::bad, QString::fromUtf8(error.what()));
  }
}

void MainWindow::leaveConfiguration() {
  if (!workbench_.current()) return showStartPage();
  showWorkspace();
  refreshList();
}

void MainWindow::startDraft() {
  if (!new_run_->obstacle().isEmpty()) return;
  launch(new_run_->job(), new_run_->draft().system);
}

void MainWindow::startPreset(const QString& preset) {
  try {
    const RunDraft draft = draftOf(workbench_.specs(), preset);
    run_bar_->setPreset(draft.system, preset);
    jobs::JobSpec job;
    job.preset = preset.toStdString();
    job.device.clear();
    launch(job, draft.system);
  } catch (const Error& error) {
    toasts_->show(widgets::Tone::bad, QString::fromUtf8(error.what()));
  }
}

void MainWindow::launch(jobs::JobSpec job, const QString& system) {
  if (workbench_.folder().isEmpty()) workbench_.openFolder(preferences_.runsFolder());
  // What the configuration says counts; what it leaves open is the user's preference.
  const auto says = [&](const char* path) { return std::any_of(job.set.begin(), job.set.end(), [&](const auto& one) { return one.first == path; }); };
  if (preferences_.device() != QLatin1String("auto") && !says("device")) job.device = preferences_.device().toStdString();
  if (preferences_.threads() > 0 && !says("threads")) job.threads = preferences_.threads();
  workbench_.launch(std::move(job), system);
  if (workspaces_->currentWidget() == ablate_) wanted_workspace_ = monitor_->objectName();   // a new run is looked at by itself
  showWorkspace();
  raiseWorkspace();
}

}  // namespace geocyte::desktop
