// SPDX-License-Identifier: GPL-3.0-or-later
// What the window knows about runs, on the GUI thread. Fed by values from the tailer; everything else reads it.
#pragma once

#include <QHash>
#include <QObject>

#include <map>

#include "app/desktop/run_messages.h"
#include "widgets/base/curve_set.h"

namespace geocyte::desktop {

struct RunRecord {
  RunInfo info;
  store::Status status;
  bool has_status = false;
  store::Health health = store::Health::ok;
  QString problem;
  Json options;
  Json diagnosis;               ///< of the sources before training; null = none
  std::map<QString, std::shared_ptr<widgets::Series>> curves;
  std::vector<store::RunEvent> events;
  std::vector<store::SnapshotEntry> snapshots;
  QString pending;              ///< command that the engine has not answered yet, "" = none
  qint64 pending_since_ms = 0;  ///< when it was asked

  bool isAlive() const;         ///< an engine works on it: commands make sense
  /// "running · 62 %", "completed", "lost at step 12 340".
  QString stateText() const;
  /// What stands at the right of the run list: the best value, else the newest total loss. NaN when there is none.
  double headline() const;
  /// The options at the start with the changes since.
  Json effectiveOptions() const;
  std::int64_t step() const { return status.step; }
  /// Verdicts for a workspace, newest of each id.
  std::vector<store::Verdict> verdicts(const std::string& workspace) const;
};

class RunLibrary : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  const RunRecord* find(const QString& path) const;
  /// Newest first.
  const std::vector<QString>& order() const { return order_; }
  /// A run that was just asked for and has not written anything yet.
  void addStarting(const RunInfo& info);
  void apply(const RunUpdate& update);
  void setPending(const QString& path, const QString& command);
  void setProblem(const QString& path, const QString& problem);
  void remove(const QString& path);
  /// Forgets everything (another runs folder was opened).
  void clear();

 signals:
  void listChanged();                          ///< runs came or went
  void runChanged(const QString& path);        ///< state, headline, problem
  void curvesChanged(const QString& path);
  void eventsChanged(const QString& path);
  void snapshotsChanged(const QString& path);
  void optionsChanged(const QString& path);
  void diagnosisChanged(const QString& path);
  void ended(const QString& path);             ///< it was going and has come to a final state, or its engine was lost

 private:
  RunRecord& record(const QString& path);
  void appendCurves(RunRecord& record, const RunUpdate& update);
  std::map<QString, RunRecord> runs_;
  std::vector<QString> order_;
};

}  // namespace geocyte::desktop
