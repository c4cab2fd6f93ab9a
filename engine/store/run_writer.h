// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a run directory: the only writer of it, for as long as it lives it holds the lock. Calls return at once; one
// writer thread does the work in the order of the calls, flushes scalars every 50 ms and never edits what was written.
// A second thread beats: it replaces status.json once a second and at every change of state, however long a step takes.
//
// A write that fails (disk full, folder read-only) closes the run: the error, which says how many bytes were wanted, is
// thrown by every later call except status() and log(), so that the trainer can still say `failed`. A reserve of
// 256 KiB is laid aside at the start and given up then, so that there is room for these last words.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/store/contract/run_sink.h"

namespace geocyte::store {

/// What is known before the first step; becomes run.json and config.yaml.
struct RunStart {
  std::string id;                          ///< "20261121-141530-gems-breast-7f3a"
  std::string system;                      ///< "gems"
  std::string preset;                      ///< "gems/demo" or ""
  std::string name;                        ///< the user's word for it
  std::uint64_t seed = 0;
  std::vector<std::string> command_line;
  std::string config_yaml;                 ///< all parameters, resolved
  /// Further keys of run.json: code, libraries, device, data, parent, experiment.
  Json about = Json::object();
};

struct RunWriterOptions {
  int max_snapshots = 60;
  double max_snapshot_mb = 300;
  double max_waiting_mb = 512;             ///< raw snapshots that wait for the disk; one beyond that is skipped with an event
  double beat_s = 1.0;
  double flush_ms = 50;
};

class RunWriter : public RunSink {
 public:
  /// Makes the directory `run` (which must not be a run yet) and writes run.json, config.yaml and the first status.
  /// Throws Error{usage} when it is a run, Error{storage} when it cannot be made.
  static std::unique_ptr<RunWriter> create(const std::filesystem::path& run, const RunStart& start,
                                           const RunWriterOptions& options = {});
  /// Opens an existing run to go on with it. Scalars at and after `first_step` are superseded by what follows
  /// (a SessionLog START says so). Throws Error{usage} when another process owns it, Error{bad_data} when it is none.
  static std::unique_ptr<RunWriter> reopen(const std::filesystem::path& run, std::int64_t first_step,
                                           const RunWriterOptions& options = {});
  /// Writes what is queued, a last status, and lets go of the lock. Never throws.
  ~RunWriter() override;
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  const std::filesystem::path& directory() const;
  /// The newest step anybody spoke of; for CrashReport. Lives as long as the writer.
  const std::atomic<std::int64_t>& step_counter() const;

  /// Adds keys to run.json (or replaces them), which is replaced whole: what is known only after the data were opened. Safe from any thread.
  void add_facts(const Json& facts);

  /// Reports `failed` with this error and leaves everything else as it was reported last. Never throws.
  void report_failure(const Error& error);

  void write_axes(const std::vector<Axis>& axes) override;
  void scalar(const std::string& tag, std::int64_t step, double value) override;
  void event(std::int64_t step, const std::string& kind, Json details) override;
  void snapshot(Snapshot snapshot) override;
  void status(const Status& status) override;
  std::vector<ControlRequest> poll_control() override;
  void answer(const ControlRequest& request, bool done, const std::string& text, std::int64_t step) override;
  void answer_probe(const ControlRequest& request, Snapshot answer, std::int64_t step) override;
  std::string folder(const std::string& relative) override;
  void log(const std::string& level, const std::string& text) override;
  void flush() override;

 private:
  struct Parts;
  explicit RunWriter(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace geocyte::store
