// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/run_library.h"

#include <QDateTime>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/config/schema.h"
#include "engine/store/contract/verdict_json.h"
#include "widgets/base/number_format.h"

namespace geocyte::desktop {
namespace {

/// Drops the points at and after `step`: a resumed run writes them again.
void truncate(widgets::Series& series, double step) {
  const auto from = std::lower_bound(series.steps.begin(), series.steps.end(), step) - series.steps.begin();
  series.steps.resize(static_cast<std::size_t>(from));
  series.values.resize(static_cast<std::size_t>(from));
  series.seconds.resize(std::min(series.seconds.size(), static_cast<std::size_t>(from)));
}

}  // namespace

bool RunRecord::isAlive() const {
  return !info.foreign && has_status && health != store::Health::lost && !store::is_final(status.state) && problem.isEmpty();
}

QString RunRecord::stateText() const {
  if (!problem.isEmpty()) return problem;
  if (info.foreign) return QStringLiteral("TensorBoard folder");
  if (!has_status) return QStringLiteral("reading");
  const QString at = QStringLiteral(" at step %1").arg(widgets::groupedText(status.step));
  if (health == store::Health::lost) return QStringLiteral("lost") + at;
  if (health == store::Health::stalled) return QStringLiteral("stalled") + at;
  if (!pending.isEmpty()) return pending + QStringLiteral(" · pending");
  const double share = status.total_steps > 0 ? 100.0 * static_cast<double>(status.step) / static_cast<double>(status.total_steps) : 0;
  const QString state = QString::fromLatin1(store::name_of(status.state));
  switch (status.state) {
    case store::RunState::running: return QStringLiteral("%1 · %2 %").arg(state).arg(std::floor(share));
    case store::RunState::paused:
    case store::RunState::stopped: return state + at;
    case store::RunState::failed: return status.step == 0 ? QStringLiteral("failed at the start") : state + at;
    default: return state;
  }
}

double RunRecord::headline() const {
  if (status.best) return status.best->value;
  const auto total = curves.find(QStringLiteral("loss/total"));
  if (total == curves.end() || total->second->values.empty()) return std::numeric_limits<double>::quiet_NaN();
  return total->second->values.back();
}

std::vector<store::Verdict> RunRecord::verdicts(const std::string& workspace) const {
  // From the newest: only the last word about each thing is read, however long the run is.
  std::vector<store::Verdict> found;
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->kind != "verdict" || !event->details.is_object()) continue;
    const auto id = event->details.find("id");
    const auto says = [&](const store::Verdict& newer) { return id != event->details.end() && id->is_string() && newer.id == id->get_ref<const std::string&>(); };
    if (std::any_of(found.begin(), found.end(), says)) continue;
    store::Verdict verdict = store::verdict_from_json(event->details);
    if (verdict.workspace == workspace && !verdict.headline.empty()) found.push_back(std::move(verdict));
  }
  std::reverse(found.begin(), found.end());
  return found;
}

Json RunRecord::effectiveOptions() const {
  Json now = options;
  if (!now.is_object()) return now;
  for (const store::RunEvent& event : events) {
    if (event.kind != "change" || !event.details.is_object()) continue;
    const auto path = event.details.find("path"), value = event.details.find("new");
    if (path == event.details.end() || value == event.details.end() || !path->is_string()) continue;
    // Only what the options have: the file may be damaged or hostile.
    if (config::find(now, path->get<std::string>())) config::set(now, path->get<std::string>(), *value);
  }
  return now;
}

const RunRecord* RunLibrary::find(const QString& path) const {
  const auto found = runs_.find(path);
  return found == runs_.end() ? nullptr : &found->second;
}

RunRecord& RunLibrary::record(const QString& path) {
  const auto [place, added] = runs_.try_emplace(path);
  if (added) {
    place->second.info.path = path;
    order_.insert(order_.begin(), path);
  }
  return place->second;
}

void RunLibrary::addStarting(const RunInfo& info) {
  RunRecord& run = record(info.path);
  run.info = info;
  run.has_status = true;
  run.status.state = store::RunState::starting;
  emit listChanged();
  emit runChanged(info.path);
}

void RunLibrary::apply(const RunUpdate& update) {
  const bool known = runs_.count(update.run) != 0;
  RunRecord& run = record(update.run);
  const bool was_alive = known && run.isAlive();
  // Curves alone have a signal of their own: they come ten times as often as everything else.
  const bool is_other = !known || update.info || update.status || update.health != run.health || update.problem != run.problem || update.options || update.snapshots ||
                        !update.events.empty() || update.restarted || update.superseded_from || run.info.foreign;
  if (update.info) run.info = *update.info;
  if (update.status) {
    run.status = *update.status;
    run.has_status = true;
  }
  run.health = update.health;
  run.problem = update.problem;
  if (!known || update.info) {
    std::stable_sort(order_.begin(), order_.end(), [&](const QString& a, const QString& b) {
      return runs_.at(a).info.created_ms > runs_.at(b).info.created_ms;
    });
    emit listChanged();
  }
  if (update.options) {
    run.options = *update.options;
    emit optionsChanged(update.run);
  }
  if (update.diagnosis) {
    run.diagnosis = *update.diagnosis;
    emit diagnosisChanged(update.run);
  }
  if (update.restarted || update.superseded_from || !update.scalars.empty()) {
    appendCurves(run, update);
    emit curvesChanged(update.run);
  }
  if (update.restarted) run.events.clear();
  if (!update.events.empty()) {
    run.events.insert(run.events.end(), update.events.begin(), update.events.end());
    emit eventsChanged(update.run);
  }
  if (update.snapshots) {
    run.snapshots = *update.snapshots;
    emit snapshotsChanged(update.run);
  }
  if (is_other) emit runChanged(update.run);
  if (was_alive && !run.isAlive()) emit ended(update.run);
}

void RunLibrary::appendCurves(RunRecord& run, const RunUpdate& update) {
  if (update.restarted) run.curves.clear();
  if (update.superseded_from)
    for (auto& [tag, series] : run.curves) truncate(*series, static_cast<double>(*update.superseded_from));
  for (const ScalarPoints& points : update.scalars) {
    auto& series = run.curves[QString::fromStdString(points.tag)];
    if (!series) series = std::make_shared<widgets::Series>();
    // Ascending steps are a promise to the views; a writer that goes back without saying so supersedes what it repeats.
    for (std::size_t i = 0; i < points.steps.size(); ++i) {
      if (!series->steps.empty() && points.steps[i] <= series->steps.back()) truncate(*series, points.steps[i]);
      series->steps.push_back(points.steps[i]);
      series->values.push_back(points.values[i]);
      series->seconds.push_back(i < points.seconds.size() ? points.seconds[i] : 0);
    }
  }
}

void RunLibrary::setPending(const QString& path, const QString& command) {
  RunRecord& run = record(path);
  if (run.pending == command) return;
  run.pending = command;
  run.pending_since_ms = QDateTime::currentMSecsSinceEpoch();
  emit runChanged(path);
}

void RunLibrary::setProblem(const QString& path, const QString& problem) {
  record(path).problem = problem;
  emit runChanged(path);
}

void RunLibrary::remove(const QString& path) {
  if (runs_.erase(path) == 0) return;
  std::erase(order_, path);
  emit listChanged();
}

void RunLibrary::clear() {
  runs_.clear();
  order_.clear();
  emit listChanged();
}

}  // namespace geocyte::desktop
