// SPDX-License-Identifier: GPL-3.0-or-later
// What crosses from the tailer thread to the window: values, never references into the reader.
#pragma once

#include <QMetaType>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/json.h"
#include "engine/store/run_reader.h"

namespace geocyte::desktop {

/// The cell of a grid that a run was made for.
struct RunExperiment {
  QString grid, cell;           ///< "" = it belongs to none
  quint64 seed = 0;
};

/// What run.json says. `path` is the run's identity everywhere in the window.
struct RunInfo {
  QString path, id, name, system, preset;
  QString original;             ///< the name that the run was started with; `name` may be the user's
  QStringList tags;
  RunExperiment experiment;
  qint64 created_ms = 0;
  bool foreign = false;         ///< a TensorBoard folder that Geocyte did not write: curves only
};

struct ScalarPoints {
  std::string tag;
  std::vector<double> steps, values, seconds;  ///< seconds since 1970
};

/// Everything that one look at a run found out. Empty parts did not change.
struct RunUpdate {
  QString run;
  quint64 generation = 0;       ///< of the runs folder; updates of an older one are dropped
  std::optional<RunInfo> info;
  std::optional<store::Status> status;
  store::Health health = store::Health::ok;
  bool restarted = false;       ///< forget all curves of this run first
  std::optional<std::int64_t> superseded_from;   ///< a resume: drop points at and after this step first
  std::vector<ScalarPoints> scalars;
  std::vector<store::RunEvent> events;
  std::optional<std::vector<store::SnapshotEntry>> snapshots;
  std::optional<Json> options;  ///< of config.yaml, complete
  std::optional<Json> diagnosis;///< of the sources before training
  QString problem;              ///< why the run cannot be read, one sentence
};

/// Rows of an axis that the user named and kept in the run.
struct SavedSelection {
  QString name, axis;
  std::vector<std::int32_t> codes;             ///< one a row of the axis: 0 = in it, -1 = not
};

/// The arrays of one step with the axes they refer to.
struct LoadedSnapshot {
  QString run;
  quint64 generation = 0;
  std::int64_t step = -1;
  std::shared_ptr<const std::vector<store::Axis>> axes;
  std::vector<std::shared_ptr<const store::Snapshot>> parts;
  std::shared_ptr<const std::vector<SavedSelection>> selections;
  bool is_reference = false;                   ///< asked for by the Reference, not by the cursor
  QString problem;
};

/// A few small arrays of one run at every moment that was kept.
struct LoadedHistory {
  QString run;
  std::shared_ptr<const std::vector<store::Axis>> axes;
  std::vector<std::shared_ptr<const store::Snapshot>> moments;   ///< by step; each holds only what was asked for
};

/// A selection was written into its run, or not.
struct SelectionReport {
  QString run, name;
  qint64 rows = 0;
  QString problem;                             ///< one sentence; "" = written
};

/// How an order to a running engine went.
struct CommandReport {
  QString run, command;
  bool answered = false;        ///< false = written, the engine has not looked yet
  bool accepted = false;
  QString text;                 ///< one sentence
};

/// What came of a question to the engine of a run: `content` has the arrays, or a problem.
struct ProbeReport {
  LoadedSnapshot content;
};

/// CPU share and memory of the engine of the shown run, read from the process table.
struct EngineLoad {
  QString run;
  double cpu_percent = -1, rss_bytes = -1;   ///< -1 = unknown (another machine, or gone)
};

/// What a start of the engine came to.
struct LaunchReport {
  RunInfo run;                  ///< path "" when nothing was started
  QString log;                  ///< file that the engine prints to
  QString problem;              ///< why it could not be started, one sentence
};

/// How a run went to the trash, or came back.
struct TrashReport {
  QString run, name;
  QString place;                ///< where it lies in the trash
  QString problem;              ///< one sentence; "" = it went well
};

}  // namespace geocyte::desktop

Q_DECLARE_METATYPE(geocyte::desktop::TrashReport)
Q_DECLARE_METATYPE(std::shared_ptr<const geocyte::desktop::ProbeReport>)
Q_DECLARE_METATYPE(std::shared_ptr<const geocyte::desktop::RunUpdate>)
Q_DECLARE_METATYPE(std::shared_ptr<const geocyte::desktop::LoadedSnapshot>)
Q_DECLARE_METATYPE(std::shared_ptr<const geocyte::desktop::LoadedHistory>)
Q_DECLARE_METATYPE(geocyte::desktop::SelectionReport)
Q_DECLARE_METATYPE(geocyte::desktop::CommandReport)
Q_DECLARE_METATYPE(geocyte::desktop::EngineLoad)
Q_DECLARE_METATYPE(geocyte::desktop::LaunchReport)
