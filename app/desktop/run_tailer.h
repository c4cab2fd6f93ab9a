// SPDX-License-Identifier: GPL-3.0-or-later
// The one place of the window that reads run directories (orders are written by the order desk). Lives on its own thread; is told
// what to do by queued calls and answers by queued signals that carry values. It polls: the shown run every 25 ms (a few stats, a
// read on change), the folder and all other runs once a second. A finished run that nobody looks at costs one stat a second.
#pragma once

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <map>
#include <memory>

#include "app/desktop/launch_watch.h"
#include "app/desktop/load_meter.h"
#include "app/desktop/probe_watch.h"
#include "app/desktop/run_messages.h"
#include "app/desktop/snapshot_cache.h"
#include "app/desktop/snapshot_history.h"
#include "engine/jobs/job_spec.h"
#include "engine/store/run_index.h"
#include "engine/store/user_marks.h"

namespace geocyte::desktop {

class RunTailer : public QObject {
  Q_OBJECT
 public:
  explicit RunTailer(QObject* parent = nullptr);
  ~RunTailer() override;

  /// Begins to poll; call it on the thread the tailer lives on.
  void begin();
  /// Lists the runs below `folder` from now on and forgets all others. Updates carry `generation`.
  void openFolder(const QString& folder, quint64 generation);
  /// A run or TensorBoard folder that need not lie in the runs folder.
  void openRun(const QString& path);
  /// The run that is looked at every 25 ms; "" = none.
  void show(const QString& path);
  /// Runs whose curves are drawn beside the shown one.
  void setWanted(const QStringList& paths);
  /// Reads what was known at `step` (-1 = the newest): of each part the newest one that is not younger.
  void loadSnapshot(const QString& path, std::int64_t step, quint64 generation, bool is_reference = false);
  /// Reads the arrays of these names at every moment that was kept.
  void loadHistory(const QString& path, const QStringList& names);
  /// Keeps the rows with a set byte of `mask` (one a row that `snapshot` has) under a name in its run.
  void saveSelection(const std::shared_ptr<const LoadedSnapshot>& snapshot, const QString& axis, const std::vector<std::uint8_t>& mask, const QString& name, const QString& reason);
  /// Looks at the shown run now instead of at the next turn: its engine has just answered.
  void lookFast();
  /// Asks whoever trains or serves the run; probed() follows.
  void probe(const QString& path, const Json& args);
  void withdrawProbes(const QString& path) { probes_.withdraw(path); }
  void launch(const jobs::JobSpec& job, const QString& system);
  void resume(const QString& path);
  /// The user's own words about a run.
  void mark(const QString& path, const store::UserMarks& marks, const QString& notes);
  void trash(const QString& path, const QString& name);
  void restore(const QString& place, const QString& path);

 signals:
  void updated(std::shared_ptr<const geocyte::desktop::RunUpdate> update);
  void snapshotLoaded(std::shared_ptr<const geocyte::desktop::LoadedSnapshot> snapshot);
  /// The large arrays of its axes are there now: load the snapshot again to have them.
  void axesCompleted(const QString& path);
  void historyLoaded(std::shared_ptr<const geocyte::desktop::LoadedHistory> history);
  void selectionSaved(geocyte::desktop::SelectionReport report);
  void probed(std::shared_ptr<const geocyte::desktop::ProbeReport> report);
  /// A question waits in the inbox of this run, and nobody lives who would answer it.
  void probeUnserved(const QString& path);
  void loadMeasured(geocyte::desktop::EngineLoad load);
  void launched(geocyte::desktop::LaunchReport report);
  void vanished(const QString& path);
  void trashed(geocyte::desktop::TrashReport report);
  void troubled(const QString& sentence);
  /// After the first look at a folder.
  void folderRead(const QString& folder, int runs);

 private:
  struct Tracked;
  void lookSlow();
  void scanFolder();
  /// Everything new of one run; curves and events only when asked.
  void look(Tracked& run, bool with_details);
  void readDetails(Tracked& run, RunUpdate& update);
  void checkProbes();
  void checkLaunches();
  Tracked* find(const QString& path);
  void readAxes(Tracked& run);
  void readBlocks(const QString& path);

  QTimer *fast_ = nullptr, *slow_ = nullptr;
  std::unique_ptr<store::RunIndex> index_;
  QString folder_, shown_;
  bool folder_read_ = false;
  quint64 generation_ = 0;
  QSet<QString> wanted_;
  std::map<QString, std::unique_ptr<Tracked>> runs_;
  LaunchWatch launches_;
  ProbeWatch probes_;
  SnapshotCache cache_;
  SnapshotHistory history_;
  LoadMeter load_;
};

}  // namespace geocyte::desktop
