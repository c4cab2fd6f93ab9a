// SPDX-License-Identifier: GPL-3.0-or-later
// Arrays that the tailer reads when it is asked: the moment that is shown, what it is held against, the history of small
// arrays, and the selections that the user kept.
#include <QDir>

#include <algorithm>

#include "app/desktop/run_tailer.h"
#include "app/desktop/saved_selections.h"
#include "app/desktop/tracked_run.h"
#include "engine/core/error.h"

namespace geocyte::desktop {
namespace {

constexpr int kBlocksMs = 300;                 // the first pictures go first

std::filesystem::path fsPath(const QString& path) { return std::filesystem::path(path.toStdString()); }

/// The mask over the whole axis: a snapshot may hold a part of its rows.
std::vector<std::uint8_t> wholeMask(const LoadedSnapshot& snapshot, const store::Axis& axis, const std::vector<std::uint8_t>& mask) {
  if (mask.size() == axis.ids.size()) return mask;
  std::vector<std::uint8_t> whole(axis.ids.size(), 0);
  for (const auto& part : snapshot.parts)
    for (const NamedArray& array : part->arrays) {
      if (array.role != "row_index" || array.axes.size() != 1 || array.axes[0] != axis.name || !array.bytes || array.size() != static_cast<std::int64_t>(mask.size())) continue;
      const std::vector<double> rows = array.to_double();
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (mask[i] && rows[i] >= 0 && rows[i] < static_cast<double>(whole.size())) whole[static_cast<std::size_t>(rows[i])] = 1;
      return whole;
    }
  return whole;
}

}  // namespace

void RunTailer::readAxes(Tracked& run) {
  if (!run.axes && run.reader.has_axes()) run.axes = std::make_shared<const std::vector<store::Axis>>(run.reader.read_axes(false));
  if (run.axes && !run.selections) run.selections = std::make_shared<const std::vector<SavedSelection>>(read_selections(run.reader.facts().directory, *run.axes));
  // A run that is not shown is not polled for snapshots.
  if (fsPath(shown_) != run.reader.facts().directory && run.reader.snapshots_changed()) run.snapshots = run.reader.snapshots();
}

/// What makes opening slow comes after the first picture: the genes of each cell.
void RunTailer::readBlocks(const QString& path) {
  Tracked* run = find(path);
  if (!run || !run->axes || run->has_blocks || path != shown_) return;
  run->has_blocks = true;
  const auto lacks = [](const store::Axis& axis) {
    return std::any_of(axis.arrays.begin(), axis.arrays.end(), [](const NamedArray& array) { return array.size() > 0 && !array.bytes; });
  };
  if (std::none_of(run->axes->begin(), run->axes->end(), lacks)) return;
  try {
    run->axes = std::make_shared<const std::vector<store::Axis>>(run->reader.read_axes());
    emit axesCompleted(path);
  } catch (const std::exception&) {            // the rest of the run is as good without
  }
}

void RunTailer::loadSnapshot(const QString& path, std::int64_t step, quint64 generation, bool is_reference) {
  auto loaded = std::make_shared<LoadedSnapshot>();
  loaded->run = path;
  loaded->generation = generation;
  loaded->is_reference = is_reference;
  if (Tracked* run = find(path)) {
    try {
      readAxes(*run);
      SnapshotCache::Loaded content = cache_.load(run->reader, run->snapshots, step);
      loaded->step = content.step;
      loaded->parts = std::move(content.parts);
      loaded->problem = QString::fromStdString(content.problem);
    } catch (const std::exception& error) {
      loaded->problem = QString::fromStdString(error.what());
    }
    loaded->axes = run->axes;
    loaded->selections = run->selections;
  }
  emit snapshotLoaded(loaded);
  if (const Tracked* run = find(path); run && !run->has_blocks && !is_reference && loaded->step >= 0) QTimer::singleShot(kBlocksMs, this, [this, path] { readBlocks(path); });
}

void RunTailer::loadHistory(const QString& path, const QStringList& names) {
  auto loaded = std::make_shared<LoadedHistory>();
  loaded->run = path;
  if (Tracked* run = find(path)) {
    try {
      readAxes(*run);
      std::set<std::string> wanted;
      for (const QString& name : names) wanted.insert(name.toStdString());
      loaded->moments = history_.load(run->reader, run->snapshots, wanted);
    } catch (const std::exception&) {
      loaded->moments.clear();                 // the shown moment says what is wrong with the run
    }
    loaded->axes = run->axes;
  }
  emit historyLoaded(loaded);
}

void RunTailer::probe(const QString& path, const Json& args) {
  try {
    probes_.send(path, args);
    if (!ProbeWatch::isServed(path)) emit probeUnserved(path);
  } catch (const Error& error) {
    auto report = std::make_shared<ProbeReport>();
    report->content.run = path;
    report->content.problem = QString::fromUtf8(error.what());
    emit probed(report);
  }
}

void RunTailer::checkProbes() {
  for (ProbeWatch::Outcome& outcome : probes_.look()) {
    auto report = std::make_shared<ProbeReport>();
    LoadedSnapshot& content = report->content;
    content.run = outcome.run;
    content.problem = outcome.problem;
    if (outcome.answer) {
      content.step = outcome.answer->step;
      content.parts = {outcome.answer};
      if (Tracked* run = find(outcome.run)) content.axes = run->axes;
    }
    emit probed(report);
  }
  // The engine may have left between the question and its next look.
  for (const QString& path : probes_.unserved()) emit probeUnserved(path);
}

void RunTailer::saveSelection(const std::shared_ptr<const LoadedSnapshot>& snapshot, const QString& axis, const std::vector<std::uint8_t>& mask, const QString& name,
                              const QString& reason) {
  SelectionReport report{snapshot ? snapshot->run : QString(), name, 0, {}};
  try {
    const store::Axis* found = nullptr;
    if (snapshot && snapshot->axes)
      for (const store::Axis& one : *snapshot->axes)
        if (one.name == axis.toStdString()) found = &one;
    if (!found) throw Error(ErrorCode::bad_data, "this run has no ids of its rows, so a selection cannot be kept");
    report.rows = save_selection(fsPath(snapshot->run), name, reason, *found, wholeMask(*snapshot, *found, mask));
    if (Tracked* run = find(snapshot->run)) run->selections.reset();
  } catch (const std::exception& error) {
    report.problem = QString::fromStdString(error.what());
  }
  emit selectionSaved(report);
}

}  // namespace geocyte::desktop
