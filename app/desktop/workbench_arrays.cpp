// SPDX-License-Identifier: GPL-3.0-or-later
// What a moment is held against, the history of small arrays, and selections that are kept.
#include "app/desktop/array_bridge.h"
#include "app/desktop/workbench.h"

namespace geocyte::desktop {

void Workbench::wantCurves() {
  QStringList wanted = seen_ + companions_;
  if (reference_.isSet() && !wanted.contains(reference_.run())) wanted << reference_.run();
  tailer_.post([wanted](RunTailer& t) { t.setWanted(wanted); });
}

void Workbench::setCompanions(const QStringList& paths) {
  if (paths == companions_) return;
  companions_ = paths;
  wantCurves();
}

void Workbench::requestReference() {
  wantCurves();
  if (!reference_.isSet()) {
    emit referenceReady({});
    return;
  }
  tailer_.post([path = reference_.run(), step = reference_.step()](RunTailer& t) { t.loadSnapshot(path, step, 0, true); });
}

void Workbench::onReference(const std::shared_ptr<const LoadedSnapshot>& snapshot) {
  if (snapshot->run != reference_.run()) return;
  const RunRecord* run = library_.find(snapshot->run);
  if (snapshot->step < 0) emit refused(snapshot->problem.isEmpty() ? tr("%1 has no snapshot to compare with.").arg(reference_.name()) : snapshot->problem);
  emit referenceReady(snapshot->step < 0 ? widgets::ArrayMap() : arrayMapOf(*snapshot, run ? run->info.name : QString()));
}

void Workbench::wantHistory(const QStringList& names) {
  if (names == history_names_) return;
  history_names_ = names;
  requestHistory();
}

void Workbench::requestHistory() {
  const RunRecord* run = current();
  if (!run || run->info.foreign || run->snapshots.empty() || history_names_.isEmpty()) return;
  tailer_.post([path = run->info.path, names = history_names_](RunTailer& t) { t.loadHistory(path, names); });
}

void Workbench::onHistory(const std::shared_ptr<const LoadedHistory>& history) {
  if (history->run != runs_.current()) return;
  emit historyReady(historyOf(*history, current() ? current()->info.name : QString()));
}

void Workbench::saveSelection(const QString& name) {
  if (!shown_ || selection_.count() == 0) {
    emit refused(tr("Nothing is selected that could be kept."));
    return;
  }
  tailer_.post([shown = shown_, axis = selection_.axis(), mask = selection_.mask(), name, reason = selection_.reason()](RunTailer& t) {
    t.saveSelection(shown, axis, mask, name, reason);
  });
}

void Workbench::onSelectionSaved(const SelectionReport& report) {
  if (!report.problem.isEmpty()) emit refused(report.problem);
  emit selectionSaved(report);
  if (report.problem.isEmpty() && report.run == runs_.current()) requestArrays();   // it is a label now
}

}  // namespace geocyte::desktop
