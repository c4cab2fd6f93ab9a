// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/workbench.h"

#include <QDateTime>
#include <QDir>

#include <algorithm>
#include <csignal>

#include "app/desktop/array_bridge.h"
#include "engine/core/child_process.h"
#include "engine/core/error.h"
#include "engine/store/process_identity.h"

namespace geocyte::desktop {

Workbench::Workbench(std::vector<config::SystemSpec> specs, QObject* parent) : QObject(parent), specs_(std::move(specs)) {
  RunTailer* tailer = tailer_.tailer();
  probes_.attach(tailer_);
  connect(this, &Workbench::currentChanged, this, [this] { probes_.setRun(runs_.current(), current() ? current()->info.name : QString()); });
  connect(tailer, &RunTailer::updated, this, &Workbench::onUpdate);
  connect(tailer, &RunTailer::snapshotLoaded, this, &Workbench::onSnapshot);
  connect(tailer, &RunTailer::axesCompleted, this, [this](const QString& path) {
    if (path == runs_.current()) requestArrays();
  });
  connect(tailer, &RunTailer::historyLoaded, this, &Workbench::onHistory);
  connect(tailer, &RunTailer::selectionSaved, this, &Workbench::onSelectionSaved);
  // What the engine wrote before its answer is read before the answer is told: no button goes back and forth.
  connect(orders_.worker(), &OrderDesk::reported, this, [this](const CommandReport& report) {
    if (!report.answered) return;
    tailer_.post([this, report](RunTailer& t) {
      t.lookFast();
      QMetaObject::invokeMethod(this, [this, report] { onReport(report); }, Qt::QueuedConnection);
    });
  });
  connect(tailer, &RunTailer::launched, this, &Workbench::onLaunched);
  connect(tailer, &RunTailer::loadMeasured, this, &Workbench::loadMeasured);
  connect(tailer, &RunTailer::vanished, this, [this](const QString& path) {
    library_.remove(path);
    if (path != runs_.current()) return;
    runs_.setCurrent({});
    emit arraysReady({});
    emit currentChanged();
  });
  connect(tailer, &RunTailer::folderRead, this, [this](const QString& folder, int runs) {
    if (folder == folder_) emit folderRead(folder, runs);
  });

  connect(tailer, &RunTailer::troubled, this, &Workbench::refused);
  connect(tailer, &RunTailer::trashed, this, &Workbench::trashed);

  connect(&library_, &RunLibrary::listChanged, this, &Workbench::syncRuns);
  connect(&library_, &RunLibrary::snapshotsChanged, this, [this](const QString& path) {
    // What the shown moment is held against may go on training as well.
    if (path == reference_.run() && reference_.step() < 0) requestReference();
    if (path != runs_.current()) return;
    if (cursor_.isLive()) requestArrays();
    if (!history_gate_.isActive()) history_gate_.start();
  });
  history_gate_.setSingleShot(true);
  history_gate_.setInterval(200);
  connect(&history_gate_, &QTimer::timeout, this, &Workbench::requestHistory);
  connect(&reference_, &widgets::Reference::changed, this, &Workbench::requestReference);
  connect(&selection_, &widgets::SelectionModel::saveRequested, this, &Workbench::saveSelection);
  connect(&cursor_, &widgets::TimeCursor::changed, this, &Workbench::requestArrays);

  curves_gate_.setSingleShot(true);
  connect(&curves_gate_, &QTimer::timeout, this, [this] {
    curves_drawn_.start();
    emit curvesChanged();
  });
  // At once after a pause, else eight times a second: the eye sees no more, and the engine needs the cores.
  const auto curves = [this] {
    constexpr qint64 kCurvesMs = 120;
    if (!curves_gate_.isActive()) curves_gate_.start(static_cast<int>(curves_drawn_.isValid() ? std::clamp<qint64>(kCurvesMs - curves_drawn_.elapsed(), 0, kCurvesMs) : 0));
  };
  connect(&library_, &RunLibrary::curvesChanged, this, curves);
  connect(&library_, &RunLibrary::eventsChanged, this, curves);
  connect(&runs_, &widgets::RunSet::changed, this, curves);
  connect(&runs_, &widgets::RunSet::currentChanged, this, curves);
  connect(&reference_, &widgets::Reference::changed, this, curves);
  connect(&palette_, &widgets::PaletteModel::changed, this, &Workbench::syncRuns);
}

const config::SystemSpec* Workbench::spec(const QString& system) const {
  const auto found = std::find_if(specs_.begin(), specs_.end(), [&](const config::SystemSpec& s) { return s.id == system.toStdString(); });
  return found == specs_.end() ? nullptr : &*found;
}

const config::SystemSpec* Workbench::currentSpec() const {
  const RunRecord* run = current();
  return run && !run->info.foreign ? spec(run->info.system) : nullptr;
}

QColor Workbench::colorOf(const QString& path) {
  if (!color_index_.contains(path)) color_index_.insert(path, static_cast<int>(color_index_.size()));
  return palette_.category(color_index_[path]);
}

void Workbench::syncRuns() {
  std::vector<widgets::VisibleRun> visible;
  // Oldest first, so that the colours of a folder are the same each time it is opened.
  for (auto path = library_.order().rbegin(); path != library_.order().rend(); ++path) {
    const RunRecord* run = library_.find(*path);
    visible.push_back({*path, run->info.name, colorOf(*path), *path == runs_.current() || seen_.contains(*path), run->info.system});
  }
  runs_.setRuns(std::move(visible));
}

void Workbench::openFolder(const QString& folder) {
  folder_ = QDir::cleanPath(QDir(folder).absolutePath());
  ++generation_;
  runs_.setCurrent({});
  color_index_.clear();
  seen_.clear();
  companions_.clear();
  library_.clear();
  selection_.clear();
  reference_.clear();
  shown_.reset();
  cursor_.setLive();
  tailer_.post([folder = folder_, generation = generation_](RunTailer& t) { t.openFolder(folder, generation); });
  emit currentChanged();
}

void Workbench::openRun(const QString& path) {
  const QString clean = QDir::cleanPath(QDir(path).absolutePath());
  tailer_.post([clean](RunTailer& t) { t.openRun(clean); });
  show(clean);
}

void Workbench::show(const QString& path) {
  if (path != runs_.current()) {
    runs_.setCurrent(path);
    selection_.clear();
    // A pinned step belongs to the run that is left; another run stays what this one is held against, if they have scores in common.
    const RunRecord* shown = library_.find(path);
    const RunRecord* against = library_.find(reference_.run());
    if (reference_.step() >= 0 || reference_.run() == path || (shown && against && shown->info.system != against->info.system)) reference_.clear();
    shown_.reset();
    cursor_.setLive();
    syncRuns();
    emit arraysReady({});
    emit historyReady({});
  }
  tailer_.post([path](RunTailer& t) { t.show(path); });
  requestArrays();
  if (!history_gate_.isActive()) history_gate_.start();
  emit currentChanged();
}

void Workbench::setVisible(const QString& path, bool visible) {
  seen_.removeAll(path);
  if (visible) seen_.push_back(path);
  runs_.setVisible(path, visible);
  wantCurves();
}

void Workbench::launch(jobs::JobSpec job, const QString& system) {
  if (job.runs.empty()) job.runs = folder_.toStdString();
  const QString name = QString::fromStdString(job.name.empty() ? job.preset : job.name);
  if (job.name.empty()) job.name = QFileInfo(name).completeBaseName().section('/', -1).toStdString();
  try {
    job.run_id = jobs::new_run_id(system.toStdString(), job.name, QDateTime::currentMSecsSinceEpoch());
  } catch (const std::exception& error) {
    emit refused(QString::fromUtf8(error.what()));
    return;
  }
  RunInfo info;
  info.path = QDir::cleanPath(QString::fromStdString((job.runs / job.run_id).string()));
  info.id = QString::fromStdString(job.run_id);
  info.system = system;
  info.preset = QString::fromStdString(job.preset);
  info.name = QString::fromStdString(job.name);
  info.created_ms = QDateTime::currentMSecsSinceEpoch();
  library_.addStarting(info);
  show(info.path);
  tailer_.post([job, system](RunTailer& t) { t.launch(job, system); });
}

void Workbench::order(const QString& command, const Json& args) {
  const RunRecord* run = current();
  if (!run || !run->isAlive()) return;
  // On its way before anything is drawn.
  orders_.post([path = run->info.path, command, args](OrderDesk& desk) { desk.order(path, command, args); });
  library_.setPending(run->info.path, command);
}

void Workbench::resumeFromCheckpoint() {
  const RunRecord* run = current();
  if (!run || run->isAlive()) return;
  library_.setPending(run->info.path, QStringLiteral("resume"));
  probes_.endServer();
  tailer_.post([path = run->info.path](RunTailer& t) { t.resume(path); });
}

void Workbench::mark(const QString& path, const store::UserMarks& marks, const QString& notes) {
  tailer_.post([path, marks, notes](RunTailer& t) { t.mark(path, marks, notes); });
}

void Workbench::trash(const QString& path) {
  const RunRecord* run = library_.find(path);
  if (!run) return;
  tailer_.post([path, name = run->info.name](RunTailer& t) { t.trash(path, name); });
}

void Workbench::restore(const TrashReport& report) {
  tailer_.post([report](RunTailer& t) { t.restore(report.place, report.run); });
}

void Workbench::forceEnd() {
  const RunRecord* run = current();
  if (!run || run->status.pid <= 0) return;
  if (run->status.host != store::host_name()) return emit refused(tr("The engine runs on %1; end it there.").arg(QString::fromStdString(run->status.host)));
  try {
    send_signal({static_cast<pid_t>(run->status.pid), run->status.pid_start_time}, SIGKILL);
  } catch (const Error& error) {
    emit refused(QString::fromUtf8(error.what()));
  }
}

QString Workbench::pending() const { return current() ? current()->pending : QString(); }

void Workbench::onUpdate(const std::shared_ptr<const RunUpdate>& update) {
  if (update->generation != generation_) return;
  const RunRecord* known = library_.find(update->run);
  const bool resumed = known && known->pending == QLatin1String("resume") && update->status && !store::is_final(update->status->state);
  if (known && known->pending == QLatin1String("resume") && !update->problem.isEmpty()) {
    // The old run is as good as before: only the attempt failed.
    library_.setPending(update->run, {});
    emit refused(update->problem);
    return;
  }
  library_.apply(*update);
  if (resumed) library_.setPending(update->run, {});
  if (update->run == runs_.current() && update->info) {
    // It was shown before it existed.
    tailer_.post([path = update->run](RunTailer& t) { t.show({}), t.show(path); });
    syncRuns();
    emit currentChanged();
  }
}

void Workbench::requestArrays() {
  if (loading_) {
    load_again_ = true;
    return;
  }
  const RunRecord* run = current();
  if (!run || run->info.foreign || run->snapshots.empty()) return;
  loading_ = true;
  const std::int64_t step = cursor_.isLive() ? -1 : cursor_.step();
  tailer_.post([path = run->info.path, step, generation = ++snapshot_generation_](RunTailer& t) { t.loadSnapshot(path, step, generation); });
}

void Workbench::onSnapshot(const std::shared_ptr<const LoadedSnapshot>& snapshot) {
  if (snapshot->is_reference) return onReference(snapshot);
  loading_ = false;
  const bool stale = snapshot->run != runs_.current();
  if (!stale && snapshot->step >= 0) shown_ = snapshot;
  if (!stale && snapshot->step >= 0) emit arraysReady(arrayMapOf(*snapshot, current() ? current()->info.name : QString()));
  if (!stale && snapshot->step < 0 && !snapshot->problem.isEmpty()) emit refused(snapshot->problem);
  if (load_again_ || stale) {
    load_again_ = false;
    requestArrays();
  }
}

void Workbench::onReport(const CommandReport& report) {
  const RunRecord* run = library_.find(report.run);
  if (run && run->pending == report.command) library_.setPending(report.run, {});
  if (report.accepted) emit acknowledged(report.command, report.text);
  else emit refused(QStringLiteral("%1 was refused: %2").arg(report.command, report.text));
}

void Workbench::onLaunched(const LaunchReport& report) {
  if (report.problem.isEmpty()) return;
  const RunRecord* run = current();
  if (run && run->pending == QLatin1String("resume")) library_.setPending(run->info.path, {});
  else if (run && run->info.created_ms > 0 && run->curves.empty()) library_.setProblem(run->info.path, report.problem);
  emit refused(report.problem);
}

}  // namespace geocyte::desktop
