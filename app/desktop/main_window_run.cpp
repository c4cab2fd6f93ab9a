// SPDX-License-Identifier: GPL-3.0-or-later
// What the window shows of the chosen run: it follows the library, the cursor and the selection.
#include <QAction>
#include <QDesktopServices>
#include <QDateTime>
#include <QDialog>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "app/desktop/ablate_page.h"
#include "app/desktop/background.h"
#include "app/desktop/config_panel.h"
#include "app/desktop/console_panel.h"
#include "app/desktop/curve_bridge.h"
#include "app/desktop/main_window.h"
#include "app/desktop/new_run_page.h"
#include "app/desktop/run_bar.h"
#include "app/desktop/run_words.h"
#include "app/desktop/view_host.h"
#include "widgets/base/number_format.h"
#include "widgets/controls/banner.h"
#include "widgets/controls/run_list.h"
#include "widgets/controls/status_pill.h"
#include "widgets/controls/timeline_strip.h"
#include "widgets/controls/toast.h"
#include "widgets/controls/verdict_line.h"
#include "widgets/theme/fonts.h"

namespace geocyte::desktop {

void MainWindow::connectWorkbench() {
  RunLibrary& library = workbench_.library();
  // Many runs report once a second: the list is rebuilt at most ten times a second.
  auto* list_gate = new QTimer(this);
  list_gate->setSingleShot(true);
  list_gate->setInterval(100);
  connect(list_gate, &QTimer::timeout, this, &MainWindow::refreshList);
  const auto list_soon = [list_gate] {
    if (!list_gate->isActive()) list_gate->start();
  };
  connect(&library, &RunLibrary::listChanged, this, list_soon);
  connect(&library, &RunLibrary::runChanged, this, [this, list_soon](const QString& path) {
    list_soon();
    if (path == workbench_.runs()->current()) refreshRun();
  });
  // Lines are read, not watched: the console is written anew a few times a second at most.
  auto* console_gate = new QTimer(this);
  console_gate->setSingleShot(true);
  console_gate->setInterval(250);
  connect(console_gate, &QTimer::timeout, this, [this] {
    if (const RunRecord* run = workbench_.current()) console_->setEvents(run->events);
  });
  connect(&library, &RunLibrary::eventsChanged, this, [this, console_gate](const QString& path) {
    const RunRecord* run = workbench_.current();
    if (!run || run->info.path != path) return;
    if (!console_gate->isActive()) console_gate->start();
    refreshAlerts();
    refreshVerdict();                          // runChanged() follows and refreshes the rest
  });
  connect(&library, &RunLibrary::snapshotsChanged, this, &MainWindow::refreshTimeline);
  connect(&library, &RunLibrary::optionsChanged, this, [this](const QString& path) {
    if (path == workbench_.runs()->current()) refreshPlans();
  });
  connect(&workbench_, &Workbench::currentChanged, this, [this] {
    has_arrays_ = false;
    // A click on Start is answered before the views of the new run are built.
    if (const RunRecord* begun = workbench_.current(); begun && begun->has_status && begun->status.state == store::RunState::starting) {
      refreshRun();
      engine_state_->repaint();
      run_bar_->repaint();
    }
    refreshPlans();
    refreshRun();
    refreshList();
    refreshTimeline();
    const RunRecord* run = workbench_.current();
    console_->setEvents(run ? run->events : std::vector<store::RunEvent>());
    refreshAlerts();
    if (isConfiguring() && run) leaveConfiguration();
    setWindowTitle(run ? QStringLiteral("%1 — Geocyte").arg(run->info.name) : QStringLiteral("Geocyte"));
  });
  connect(&workbench_, &Workbench::curvesChanged, this, &MainWindow::refreshCurves);
  connect(&library, &RunLibrary::diagnosisChanged, this, &MainWindow::refreshDiagnosis);
  connect(&workbench_, &Workbench::currentChanged, this, &MainWindow::refreshDiagnosis);
  connect(&workbench_, &Workbench::arraysReady, this, [this](const widgets::ArrayMap& arrays) {
    const bool first = has_arrays_ == arrays.arrays.isEmpty();
    has_arrays_ = !arrays.arrays.isEmpty();
    if (first) refreshDiagnosis();
    for (ViewHost* host : hosts()) host->setArrays(arrays);
  });
  connect(&workbench_, &Workbench::referenceReady, this, [this](const widgets::ArrayMap& arrays) {
    for (ViewHost* host : hosts()) host->setReference(arrays);
  });
  connect(&workbench_, &Workbench::historyReady, this, [this](const widgets::ArrayHistory& history) {
    for (ViewHost* host : hosts()) host->setHistory(history);
  });
  connect(&workbench_, &Workbench::selectionSaved, this, [this](const SelectionReport& report) {
    if (report.problem.isEmpty()) toasts_->show(widgets::Tone::ok, tr("%1 rows kept as “%2” in the run.").arg(widgets::groupedText(report.rows), report.name));
  });
  connect(&workbench_, &Workbench::loadMeasured, this, [this](const EngineLoad& load) { run_bar_->showLoad(load); });
  connect(&workbench_, &Workbench::refused, this, [this](const QString& sentence) { toasts_->show(widgets::Tone::bad, sentence); });
  connect(&workbench_, &Workbench::acknowledged, this, [this](const QString& command, const QString& text) {
    if (command == QLatin1String("checkpoint") || command == QLatin1String("set")) toasts_->show(widgets::Tone::ok, text);
  });
  connect(workbench_.palette(), &widgets::PaletteModel::changed, this, &MainWindow::refreshList);
  connect(workbench_.selection(), &widgets::SelectionModel::changed, this, [this] {
    const widgets::SelectionModel& selection = *workbench_.selection();
    selection_text_->setText(selection.count() ? tr("%1 %2s selected · %3").arg(widgets::groupedText(selection.count()), selection.axis(), selection.reason()) : QString());
  });

  connect(run_list_, &widgets::RunList::currentChanged, this, [this](const QString& path) { workbench_.show(path); });
  connect(run_list_, &widgets::RunList::visibilityToggled, this, [this](const QString& path, bool visible) {
    workbench_.setVisible(path, visible);
    refreshList();
  });
  connect(run_list_, &widgets::RunList::menuRequested, this, &MainWindow::showRunMenu);
}

void MainWindow::refreshRun() {
  refreshActions();
  const RunRecord* run = workbench_.current();
  if (isConfiguring()) run_bar_->showDraft(new_run_->obstacle());
  else run_bar_->showRun(run);
  config_->showRun(run, workbench_.currentSpec());
  refreshVerdict();
  refreshBanner();
  refreshTimeline();
  const EngineWords words = engineWords(run);
  engine_state_->setState(words.tone, words.text);
  share_text_->setText(run && run->has_status && run->status.time_share.analysis > 0
                           ? tr("analysis %1 % of time").arg(std::lround(100 * run->status.time_share.analysis))
                           : QString());
  place_text_->setText(QFileInfo(workbench_.folder()).fileName());
  place_text_->setToolTip(workbench_.folder());
}

void MainWindow::refreshActions() {
  const RunRecord* run = isConfiguring() ? nullptr : workbench_.current();
  const bool alive = run && run->isAlive(), free = alive && run->pending.isEmpty();
  const bool stoppable = free && run->status.state != store::RunState::stopping;
  const bool started = run && run->status.pid > 0;
  actions_.start->setEnabled(isConfiguring() ? new_run_->obstacle().isEmpty() : !run_bar_->preset().isEmpty());
  actions_.undo->setEnabled(undoStack()->canUndo());
  actions_.redo->setEnabled(undoStack()->canRedo());
  actions_.pause->setEnabled(stoppable && started);
  actions_.stop->setEnabled(stoppable && started);
  actions_.discard->setEnabled(stoppable && started);
  actions_.stop_stage->setEnabled(stoppable && started);
  // Only after it has been asked and has been silent: normally it stops by itself within a step.
  constexpr qint64 kSilentMs = 10'000;
  const bool stopping = alive && started && (run->status.state == store::RunState::stopping || run->pending == QLatin1String("stop") || run->pending == QLatin1String("discard"));
  actions_.force->setEnabled(stopping && QDateTime::currentMSecsSinceEpoch() - run->pending_since_ms > kSilentMs);
  actions_.edit_marks->setEnabled(run && !run->info.foreign);
  actions_.tissue_from->setEnabled(run && canEncode(*run));
  actions_.apply_data->setEnabled(run && canApply(*run));
  actions_.trash->setEnabled(run && !alive && !run->info.foreign);
  actions_.checkpoint->setEnabled(stoppable && started);
  const bool unfinished = run && run->status.state != store::RunState::completed && run->status.state != store::RunState::discarded;
  actions_.resume->setEnabled(unfinished && !alive && run->status.last_checkpoint >= 0 && run->pending.isEmpty());
  actions_.open_log->setEnabled(run && !run->info.foreign);
  actions_.show_folder->setEnabled(run != nullptr);
  actions_.align->setEnabled(!run || !align_->views().empty());
  actions_.spatial->setEnabled(!run || !spatial_->views().empty());
  actions_.ablate->setEnabled(ablate_->hasGrid());
  actions_.diagnosis->setEnabled(run && run->diagnosis.is_object());
}

void MainWindow::refreshVerdict() { verdict_->setVerdict(workspaces_->currentWidget() == ablate_ ? ablate_->verdict() : verdictOf(workbench_.current(), workspace())); }

void MainWindow::refreshBanner() {
  const BannerWords words = bannerOf(showsOneRun() ? workbench_.current() : nullptr);   // in Ablate its cell says how it went
  const QString key = workbench_.runs()->current() + words.what + words.why;
  if (key == banner_key_) return;
  banner_key_ = key;
  if (words.what.isEmpty()) {
    banner_->hide();
    return;
  }
  banner_->showMessage(words.tone, words.what, words.why);
  if (words.can_resume) banner_->addAction(tr("Resume from checkpoint"), [this] { actions_.resume->trigger(); });
  if (words.can_restart && workbench_.currentSpec()) banner_->addAction(tr("Change and start anew"), [this] { emit config_->newRunWanted(); });
  if (words.has_log) banner_->addAction(tr("Open log"), [this] { actions_.open_log->trigger(); });
}

void MainWindow::refreshList() {
  std::vector<widgets::RunRow> rows;
  for (const QString& path : workbench_.library().order()) {
    const RunRecord* run = workbench_.library().find(path);
    widgets::RunRow row = rowOf(*run);
    // Cells of one grid have long names that are nearly alike: what is other tells them apart, unless the user has named them.
    if (const QString of_grid = ablate_->nameOf(run->info); !of_grid.isEmpty() && run->info.name == run->info.original) row.name = of_grid;
    for (const widgets::VisibleRun& visible : workbench_.runs()->runs())
      if (visible.id == path) row.color = visible.color, row.visible = visible.visible || path == workbench_.runs()->current();
    rows.push_back(std::move(row));
  }
  run_list_->setRows(rows);
  run_list_->setCurrent(isConfiguring() ? QString() : workbench_.runs()->current());
}

void MainWindow::refreshPlans() {
  const RunRecord* run = workbench_.current();
  const config::SystemSpec* spec = workbench_.currentSpec();
  if (spec) {
    for (ViewHost* host : hosts()) host->setPlans(plansOf(*spec, host->objectName()));
  } else {
    QStringList tags;
    if (run)
      for (const auto& [tag, series] : run->curves) tags << tag;
    monitor_->setPlans(plansOfTags(tags));
    align_->setPlans({});
    spatial_->setPlans({});
  }
  QStringList history;
  for (const ViewHost* host : hosts()) history << host->historyNames();
  workbench_.wantHistory(history);
  raiseWorkspace();
  config_->showRun(run, spec);
  refreshCurves();
}

void MainWindow::refreshTimeline() {
  const RunRecord* run = workbench_.current();
  widgets::TimelineData content;
  if (run) {
    content.total_steps = static_cast<double>(run->status.total_steps);
    content.step = static_cast<double>(run->step());
    for (const store::SnapshotEntry& entry : run->snapshots) content.snapshots.push_back(static_cast<double>(entry.step));
    content.marks = marksOf(*run);
    content.ended = run->has_status && !run->isAlive();
  }
  timeline_->setData(std::move(content));
}

void MainWindow::refreshCurves() {
  const RunRecord* run = workbench_.current();
  // A foreign folder says what it has only by having it: new tags bring new tiles.
  if (run && !workbench_.currentSpec() && monitor_->views().size() != std::min<std::size_t>(run->curves.size(), 60)) {
    QStringList tags;
    for (const auto& [tag, series] : run->curves) tags << tag;
    monitor_->setPlans(plansOfTags(tags));
  }
  const widgets::CurveSet curves = curveSetOf(workbench_.library(), *workbench_.runs(), workbench_.currentSpec(), workbench_.reference()->run());
  for (ViewHost* host : hosts()) host->setCurves(curves);
}

bool MainWindow::showsData() const {
  if (isConfiguring()) return new_run_->preflight()->report().has_value();
  if (!isOnStartPage() && workspaces_->currentWidget() == ablate_) return ablate_->hasGrid();
  const RunRecord* run = workbench_.current();
  if (isOnStartPage() || !run || run->info.name.isEmpty()) return false;
  // A run that failed on its data has only its banner.
  if (run->has_status && !run->isAlive() && run->status.step == 0 && run->snapshots.empty()) return true;
  // Of a run that ended before its first snapshot the diagnosis is all there will be.
  if (workspace() == QLatin1String("align") && align_pages_->currentIndex() == 1 && !run->isAlive()) return true;
  if (workspace() != QLatin1String("monitor")) return has_arrays_;
  return std::any_of(run->curves.begin(), run->curves.end(), [](const auto& curve) { return curve.second->steps.size() >= 2; });
}

namespace {
QString systemText(const RunRecord& run) { return run.info.foreign || run.info.system.isEmpty() ? QObject::tr("another program") : run.info.system; }
}  // namespace

void MainWindow::showRunMenu(const QString& path, const QPoint& at) {
  QMenu menu(this);
  const RunRecord* run = workbench_.library().find(path);
  if (path != workbench_.runs()->current() && run && workbench_.current()) {
    // Without showing it: the shown run is held against it.
    widgets::Reference* against = workbench_.reference();
    if (against->run() == path) menu.addAction(tr("Stop comparing with it"), against, &widgets::Reference::clear);
    else if (run->info.system == workbench_.current()->info.system) menu.addAction(tr("Compare the shown run with it"), this, [against, path, name = run->info.name] { against->set(path, -1, name); });
    else menu.addAction(tr("Not to be compared with the shown run: one of %1 and one of %2 share no score").arg(systemText(*workbench_.current()), systemText(*run)))->setEnabled(false);
    menu.addAction(tr("Show it"), this, [this, path] { workbench_.show(path); });
    menu.addSeparator();
    if (canEncode(*run)) menu.addAction(actions_.tissue_from->text(), this, [this, path] { configureTissue(path); });
    if (canApply(*run)) menu.addAction(actions_.apply_data->text(), this, [this, path] { applyToNewData(path); });
    menu.addAction(actions_.edit_marks->text(), this, [this, path] { editMarks(path); });
    if (!run->isAlive() && !run->info.foreign) menu.addAction(actions_.trash->text(), this, [this, path] { trashRuns({path}); });
    menu.exec(at);
    return;
  }
  workbench_.show(path);
  menu.addActions({actions_.resume, actions_.tissue_from, actions_.apply_data, actions_.open_log, actions_.show_folder});
  menu.addSeparator();
  menu.addActions({actions_.edit_marks, actions_.trash});
  menu.exec(at);
}

void MainWindow::openRunFile(const QString& name) {
  const RunRecord* run = workbench_.current();
  if (!run) return;
  if (name.isEmpty()) {
    QDesktopServices::openUrl(QUrl::fromLocalFile(run->info.path));
    return;
  }
  const QString inside = run->info.path + QLatin1Char('/') + name;
  const QString launch = QStringLiteral("%1/.logs/%2.txt").arg(QFileInfo(run->info.path).path(), QFileInfo(run->info.path).fileName());
  inBackground(this, [inside, launch] {
    // An engine that never got as far as its run has left its words beside it.
    QFile file(QFile::exists(inside) ? inside : launch);
    constexpr qint64 kShown = 1 << 20;
    if (!file.open(QIODevice::ReadOnly)) return tr("There is no log yet.");
    if (file.size() > kShown) file.seek(file.size() - kShown);
    return QString::fromUtf8(file.read(kShown));
  }, [this, title = run->info.name](const QString& text) {
    auto* dialog = new QDialog(this);
    dialog->setObjectName(QStringLiteral("logDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Log of %1").arg(title));
    auto* edit = new QPlainTextEdit(text);
    edit->setObjectName(QStringLiteral("logText"));
    edit->setAccessibleName(tr("Log"));
    edit->setReadOnly(true);
    edit->setFont(widgets::monoFont());
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(edit);
    dialog->resize(860, 560);
    dialog->show();
    edit->moveCursor(QTextCursor::End);
  });
}

}  // namespace geocyte::desktop
