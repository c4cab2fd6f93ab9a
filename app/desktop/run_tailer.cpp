// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/run_tailer.h"

#include <QDateTime>
#include <QDir>

#include <algorithm>

#include "app/desktop/system_specs.h"
#include "app/desktop/tracked_run.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/process_identity.h"

namespace geocyte::desktop {
namespace {

constexpr int kFastMs = 25, kSlowMs = 1000;

QString text(const std::string& s) { return QString::fromStdString(s); }
QString pathText(const std::filesystem::path& path) { return text(path.lexically_normal().string()); }
std::filesystem::path fsPath(const QString& path) { return std::filesystem::path(path.toStdString()); }

RunInfo infoOf(const store::RunFacts& facts) {
  RunInfo info;
  info.path = pathText(facts.directory);
  info.id = text(facts.id);
  info.system = text(facts.system);
  info.preset = text(facts.preset);
  info.name = text(facts.name);
  if (info.name.isEmpty()) info.name = info.preset.section('/', -1);
  if (info.name.isEmpty()) info.name = QDir(info.path).dirName();
  info.created_ms = facts.created_ms;
  info.foreign = facts.foreign;
  info.original = info.name;
  const store::UserMarks marks = store::read_user_marks(facts.directory);
  if (!marks.name.empty()) info.name = text(marks.name);
  for (const std::string& tag : marks.tags) info.tags << text(tag);
  if (const auto experiment = facts.all.find("experiment"); experiment != facts.all.end() && experiment->is_object()) {
    info.experiment.grid = text(store::text_at(*experiment, "id"));
    info.experiment.cell = text(store::text_at(*experiment, "cell"));
    if (const auto seed = experiment->find("seed"); seed != experiment->end() && seed->is_number_unsigned()) info.experiment.seed = seed->get<quint64>();
  }
  return info;
}

}  // namespace

RunTailer::RunTailer(QObject* parent) : QObject(parent) {}
RunTailer::~RunTailer() = default;

void RunTailer::begin() {
  fast_ = new QTimer(this);
  slow_ = new QTimer(this);
  connect(fast_, &QTimer::timeout, this, &RunTailer::lookFast);
  connect(slow_, &QTimer::timeout, this, &RunTailer::lookSlow);
  fast_->start(kFastMs);
  slow_->start(kSlowMs);
}

RunTailer::Tracked* RunTailer::find(const QString& path) {
  const auto found = runs_.find(path);
  return found == runs_.end() ? nullptr : found->second.get();
}

void RunTailer::openFolder(const QString& folder, quint64 generation) {
  folder_ = folder;
  generation_ = generation;
  folder_read_ = false;
  runs_.clear();
  cache_.clear();
  shown_.clear();
  wanted_.clear();
  index_ = std::make_unique<store::RunIndex>(fsPath(folder));
  scanFolder();
}

void RunTailer::openRun(const QString& path) {
  const QString clean = QDir::cleanPath(path);
  if (find(clean)) return;
  try {
    auto run = std::make_unique<Tracked>(store::RunReader(fsPath(clean)));
    Tracked& opened = *runs_.emplace(clean, std::move(run)).first->second;
    look(opened, false);
  } catch (const Error& error) {
    auto update = std::make_shared<RunUpdate>();
    update->run = clean;
    update->generation = generation_;
    update->problem = text(error.what());
    emit updated(update);
  }
}

void RunTailer::show(const QString& path) {
  if (shown_ == path) return;
  shown_ = path;
  cache_.clear();
  if (Tracked* run = find(path)) look(*run, true);
}

void RunTailer::setWanted(const QStringList& paths) {
  wanted_ = QSet<QString>(paths.begin(), paths.end());
  for (const QString& path : paths)
    if (Tracked* run = find(path)) run->settled = false;
}

void RunTailer::scanFolder() {
  if (!index_) return;
  std::vector<store::IndexedRun> found;
  try {
    found = index_->scan();
  } catch (const std::exception&) {
    return;                                    // the folder vanished; the next look tells
  }
  QSet<QString> seen;
  for (const store::IndexedRun& indexed : found) {
    const QString path = pathText(indexed.directory);
    seen.insert(path);
    if (Tracked* known = find(path)) {
      known->listed = true;
      continue;
    }
    auto update = std::make_shared<RunUpdate>();
    update->run = path;
    update->generation = generation_;
    try {
      if (!indexed.problem.empty()) throw Error(ErrorCode::bad_data, indexed.problem);
      auto run = std::make_unique<Tracked>(store::RunReader(indexed.directory));
      run->listed = true;
      look(*runs_.emplace(path, std::move(run)).first->second, path == shown_);
    } catch (const Error& error) {
      update->problem = text(error.what());
      update->info = infoOf(indexed.facts);
      update->info->path = path;
      if (!folder_read_) emit updated(update);
    }
  }
  for (auto run = runs_.begin(); run != runs_.end();) {
    if (!run->second->listed || seen.contains(run->first)) {
      ++run;
      continue;
    }
    emit vanished(run->first);
    run = runs_.erase(run);
  }
  if (!folder_read_) emit folderRead(folder_, static_cast<int>(found.size()));
  folder_read_ = true;
}

void RunTailer::lookFast() {
  if (Tracked* run = find(shown_)) look(*run, true);
  checkProbes();
  checkLaunches();
}

void RunTailer::lookSlow() {
  scanFolder();
  for (auto& [path, run] : runs_)
    if (path != shown_) look(*run, wanted_.contains(path));
  const Tracked* run = find(shown_);
  if (!run || !run->reader.status()) return;
  const store::Status& status = *run->reader.status();
  EngineLoad load;
  load.run = shown_;
  if (!store::is_final(status.state) && status.host == store::host_name()) {
    const LoadMeter::Reading reading = load_.look(status.pid);
    load.cpu_percent = reading.cpu_percent;
    load.rss_bytes = reading.rss_bytes;
  }
  emit loadMeasured(load);
}

void RunTailer::look(Tracked& run, bool with_details) {
  auto update = std::make_shared<RunUpdate>();
  update->run = pathText(run.reader.facts().directory);
  update->generation = generation_;
  try {
    const bool fresh = run.reader.poll_status();
    if (fresh && run.reader.status()) {
      update->status = run.reader.status();
      run.settled = false;
    }
    const store::Health health = run.reader.health();
    const bool news = fresh || health != run.health || !run.announced;
    run.health = update->health = health;
    if (!run.announced) update->info = infoOf(run.reader.facts());
    run.announced = true;
    const bool is_over = run.reader.status() && store::is_final(run.reader.status()->state);
    bool details = false;
    // A finished run that is only drawn beside the shown one is read to its end once.
    if (with_details && !(run.settled && update->run != shown_)) {
      readDetails(run, *update);
      details = update->restarted || update->superseded_from || !update->scalars.empty() || !update->events.empty() || update->snapshots || update->options || update->diagnosis;
      run.settled = (is_over || run.reader.facts().foreign) && !run.more && !details;
    }
    if (!news && !details) return;
  } catch (const std::exception& error) {
    update->problem = text(error.what());
  }
  emit updated(update);
}

void RunTailer::readDetails(Tracked& run, RunUpdate& update) {
  if (!run.has_options && !run.reader.facts().foreign) {
    if (const std::string yaml = run.reader.config_text(); !yaml.empty()) {
      run.has_options = true;
      try {
        update.options = config::parse_yaml(yaml, "config.yaml");
      } catch (const Error&) {
        update.options = Json::object();       // curves are shown without their parameters
      }
    }
  }
  store::ScalarUpdate scalars = run.reader.poll_scalars();
  update.restarted = scalars.restarted;
  update.superseded_from = scalars.superseded_from;
  run.more = scalars.more;
  for (const auto& [tag, points] : scalars.points) {
    ScalarPoints& columns = update.scalars.emplace_back();
    columns.tag = tag;
    columns.steps.reserve(points.size());
    columns.values.reserve(points.size());
    columns.seconds.reserve(points.size());
    for (const store::ScalarPoint& point : points) {
      columns.steps.push_back(static_cast<double>(point.step));
      columns.values.push_back(point.value);
      columns.seconds.push_back(point.wall_time);
    }
  }
  update.events = run.reader.poll_events();
  // It is written before the events that sum it up.
  const auto tells = [](const store::RunEvent& event) { return event.kind == "verdict" && store::text_at(event.details, "workspace") == "diagnosis"; };
  if (!run.has_diagnosis && std::any_of(update.events.begin(), update.events.end(), tells)) {
    run.has_diagnosis = true;
    try {
      update.diagnosis = store::read_json_file(run.reader.facts().directory / "evaluation" / "diagnosis.json", std::size_t{4} << 20);
    } catch (const Error&) {                   // the events still say it in words
    }
  }
  if ((update.run == shown_ || wanted_.contains(update.run)) && run.reader.snapshots_changed()) {
    auto entries = run.reader.snapshots();
    const auto same = [](const store::SnapshotEntry& a, const store::SnapshotEntry& b) { return a.step == b.step && a.parts == b.parts; };
    if (!std::equal(entries.begin(), entries.end(), run.snapshots.begin(), run.snapshots.end(), same)) update.snapshots = entries;
    run.snapshots = std::move(entries);
  }
}

void RunTailer::launch(const jobs::JobSpec& job, const QString& system) {
  LaunchReport report;
  try {
    jobs::JobSpec spec = job;
    if (spec.run_id.empty()) spec.run_id = jobs::new_run_id(system.toStdString(), spec.name, QDateTime::currentMSecsSinceEpoch());
    const jobs::Launched launched = jobs::launch_training(jobs::find_engine(), spec, system.toStdString(), {});
    report.run.path = pathText(launched.run);
    report.run.id = text(spec.run_id);
    report.run.system = system;
    report.run.preset = text(spec.preset);
    report.run.name = text(spec.name);
    report.run.created_ms = QDateTime::currentMSecsSinceEpoch();
    report.log = pathText(launched.log);
    launches_.add(report.run.path, launched);
  } catch (const std::exception& error) {
    report.problem = text(error.what());
  }
  emit launched(report);
}

void RunTailer::resume(const QString& path) {
  LaunchReport report;
  try {
    const std::filesystem::path run = fsPath(path);
    const jobs::Launched launched = jobs::launch_resume(jobs::find_engine(), run, "auto", 0, {});
    report.log = pathText(launched.log);
    launches_.add(path, launched);
  } catch (const std::exception& error) {
    report.problem = text(error.what());
    emit this->launched(report);
  }
}

void RunTailer::mark(const QString& path, const store::UserMarks& marks, const QString& notes) {
  try {
    store::write_user_marks(fsPath(path), marks);
    store::write_notes(fsPath(path), notes.toStdString());
  } catch (const Error& error) {
    emit troubled(text(error.what()));
  }
  Tracked* run = find(path);
  if (!run) return;
  run->announced = false;                      // its name is news
  look(*run, false);
}

void RunTailer::trash(const QString& path, const QString& name) {
  TrashReport report{path, name, {}, {}};
  try {
    report.place = pathText(store::move_to_trash(fsPath(path)));
    runs_.erase(path);
    cache_.clear();
    if (shown_ == path) shown_.clear();
    emit vanished(path);
  } catch (const Error& error) {
    report.problem = text(error.what());
  }
  emit trashed(report);
}

void RunTailer::restore(const QString& place, const QString& path) {
  try {
    store::restore_from_trash(fsPath(place), fsPath(path));
    scanFolder();
  } catch (const Error& error) {
    emit troubled(text(error.what()));
  }
}

void RunTailer::checkLaunches() {
  if (launches_.isEmpty()) return;
  for (const LaunchWatch::Outcome& outcome : launches_.look()) {
    if (outcome.appeared) {
      openRun(outcome.run);
      continue;
    }
    auto update = std::make_shared<RunUpdate>();
    update->run = outcome.run;
    update->generation = generation_;
    update->problem = outcome.problem;
    emit updated(update);
  }
}

}  // namespace geocyte::desktop
