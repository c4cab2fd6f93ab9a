// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_writer.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "engine/core/atomic_file.h"
#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/io/event_writer.h"
#include "engine/store/append_file.h"
#include "engine/store/array_files.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/verdict_json.h"
#include "engine/store/control_inbox.h"
#include "engine/store/existing_run.h"
#include "engine/store/probe_folder.h"
#include "engine/store/process_identity.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_lock.h"
#include "engine/store/scalar_file.h"
#include "engine/store/snapshot_folder.h"
#include "engine/store/status_keeper.h"
#include "engine/store/writer_thread.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReserveBytes = std::size_t{256} << 10;

void make_folders(const fs::path& run) {
  for (const char* name : {"", kSnapshotsFolder, kCheckpointsFolder, kControlFolder, kControlDoneFolder}) {
    std::error_code why;
    fs::create_directories(run / name, why);
    if (why)
      throw Error(ErrorCode::storage, fmt::format("the run directory {} cannot be made: {}", run.string(), why.message()),
                  "choose another runs folder, or make this one writable");
  }
}

Json run_json(const RunStart& start) {
  Json json = {{"format", kRunFormat},       {"id", start.id},     {"system", start.system},
               {"preset", start.preset},     {"name", start.name}, {"created", utc_now_text()},
               {"parent", nullptr},          {"experiment", nullptr}, {"seed", start.seed},
               {"command_line", start.command_line},
               {"host", {{"name", host_name()}, {"threads", std::thread::hardware_concurrency()}}}};
  for (const auto& [key, value] : start.about.items()) json[key] = value;
  return json;
}

/// The format of an existing run. Throws Error{bad_data} when it is none of ours or newer.
void check_format(const fs::path& run) {
  const Json json = with_context("opening the run " + run.filename().string(), [&] { return read_json_file(run / kRunFile); });
  const Json format = json.is_object() ? json.value("format", Json()) : Json();
  if (!format.is_number_unsigned()) throw Error(ErrorCode::bad_data, run.string() + " is not a run directory");
  if (format.get<std::uint64_t>() > kRunFormat)
    throw Error(ErrorCode::bad_data, fmt::format("the run {} was written by a newer Geocyte (format {}, this one knows {})",
                                                 run.filename().string(), format.get<std::uint64_t>(), kRunFormat), "update Geocyte");
}

std::uint64_t free_bytes(const fs::path& run) {
  std::error_code why;
  const fs::space_info space = fs::space(run, why);
  return why ? 0 : space.available;
}

}  // namespace

/// The heart and the writer thread use what stands above them, and go first.
struct RunWriter::Parts {
  Parts(const fs::path& directory, const RunWriterOptions& how)
      : run(directory), options(how), lock(directory), events(directory / kEventsFile), log_file(directory / kLogFile), scalars(directory),
        snapshots(directory / kSnapshotsFolder,
                  {static_cast<std::size_t>(std::max(how.max_snapshots, 3)), static_cast<std::uint64_t>(how.max_snapshot_mb * 1e6)},
                  [this](const auto& steps, std::uint64_t bytes) { write_event(steps.back(), "removed", {{"steps", steps}, {"bytes", bytes}}); }),
        inbox(directory, [this](Json details) { enqueue_event(step.load(), "control", std::move(details)); }),
        thread({[this](const std::vector<ScalarRecord>& records) { scalars.write(records); },
                [this](const Error& error, std::size_t wanted) { return told(error, wanted); }},
               how.flush_ms, static_cast<std::size_t>(how.max_waiting_mb * 1e6)) {
    write_file_atomically(run / kReserveFile, std::string(kReserveBytes, '\0'), false);
  }

  ~Parts() {
    // The last word of the heart comes after everything else is on disk, and while the lock is still held.
    try {
      thread.drain();
    } catch (const Error&) {  // was told to the caller, or nobody is left to be told
    }
    keeper.reset();
    std::error_code ignored;
    fs::remove(run / kReserveFile, ignored);
  }

  void start_heart(Status first) {
    keeper = std::make_unique<StatusKeeper>(run, std::move(first), options.beat_s, step, [this] { return thread.busy_share(); },
                                            [this](const Error& error) { thread.fail(error, 4096); });
  }

  /// A final state is written after all that was given before it: who reads it finds everything there.
  void report(const Status& status) {
    if (is_final(status.state)) thread.last_words([this, status] { keeper->report(status); });
    else keeper->report(status);
  }

  void see(std::int64_t seen) {
    std::int64_t before = step.load(std::memory_order_relaxed);
    while (seen > before && !step.compare_exchange_weak(before, seen, std::memory_order_relaxed)) {
    }
  }

  std::string event_line(std::int64_t at, const std::string& kind, const Json& details) const {
    Json line = {{"time", utc_now_text()}, {"step", at}, {"kind", kind}};
    if (details.is_object())
      for (const auto& [key, value] : details.items())
        if (!line.contains(key)) line[key] = value;
    return print_json(line);
  }
  /// On the writer thread.
  void write_event(std::int64_t at, const std::string& kind, const Json& details) { events.append(event_line(at, kind, details)); }
  void enqueue_event(std::int64_t at, const std::string& kind, const Json& details) {
    thread.work([this, line = event_line(at, kind, details)] { events.append(line); }, 512);
  }

  /// What the training thread is told of a failure, which ends the writing of this run. Gives up the reserve, so that the
  /// final status, the error event and the log still find room.
  Error told(const Error& error, std::size_t wanted) {
    if (error.code() != ErrorCode::storage) return error;
    const std::uint64_t available = free_bytes(run);
    std::error_code ignored;
    fs::remove(run / kReserveFile, ignored);
    const Error whole(ErrorCode::storage,
                      fmt::format("the run cannot be written any more: {}; it needed {}, and {} are free on that disk", error.message(),
                                  bytes_text(static_cast<double>(wanted)), bytes_text(static_cast<double>(available))),
                      "free some space or make the folder writable, then resume from the last checkpoint");
    try {
      write_event(step.load(), "error", {{"code", name_of(whole.code())}, {"what", whole.message()}, {"hint", whole.hint()}});
    } catch (const Error&) {  // no room even for that; the status will say it
    }
    return whole;
  }

  void write_snapshot(const Snapshot& snapshot) {
    const std::int64_t best = best_step.load(std::memory_order_relaxed);
    const std::uint64_t bytes = snapshots.write(snapshot, best >= 0 ? std::optional(best) : std::nullopt);
    if (bytes == 0) return;
    Json names = Json::array();
    for (const NamedArray& array : snapshot.arrays) names.push_back(array.name);
    write_event(snapshot.step, "snapshot", {{"part", snapshot.part}, {"bytes", bytes}, {"arrays", std::move(names)}});
  }

  void write_axes(const std::vector<Axis>& axes) {
    const fs::path path = run / kAxesFile;
    if (!fs::exists(fs::symlink_status(path))) return hdf5::write_array_file(path, to_array_file(axes), {.gzip = 1, .durable = true});
    const std::string difference = difference_of(axes_from(hdf5::read_array_file(path)), axes);
    if (!difference.empty())
      throw Error(ErrorCode::bad_data, "the data are not those this run was started with: " + difference, "start a new run on these data");
  }

  const fs::path run;
  const RunWriterOptions options;
  std::atomic<std::int64_t> step{0}, best_step{-1};
  RunLock lock;
  AppendFile events, log_file;
  ScalarFile scalars;
  SnapshotFolder snapshots;
  std::unique_ptr<StatusKeeper> keeper;
  ControlInbox inbox;
  WriterThread thread;
};

RunWriter::RunWriter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RunWriter::~RunWriter() = default;

std::unique_ptr<RunWriter> RunWriter::create(const fs::path& run, const RunStart& start, const RunWriterOptions& options) {
  if (is_run_directory(run)) throw refusal_to_begin_in(run);
  make_folders(run);
  auto parts = std::make_unique<Parts>(run, options);
  // Two that create the same run meet at the lock; the second one finds the run of the first.
  if (is_run_directory(run)) throw refusal_to_begin_in(run);
  write_file_atomically(run / kConfigFile, start.config_yaml);
  write_file_atomically(run / kRunFile, print_json(run_json(start), 1) + "\n");
  Status first;
  first.state = RunState::starting;
  parts->start_heart(std::move(first));
  return std::unique_ptr<RunWriter>(new RunWriter(std::move(parts)));
}

std::unique_ptr<RunWriter> RunWriter::reopen(const fs::path& run, std::int64_t first_step, const RunWriterOptions& options) {
  require(first_step >= 0, "a run goes on at a step that is not negative");
  check_format(run);
  make_folders(run);
  auto parts = std::make_unique<Parts>(run, options);
  Status first;
  try {
    first = status_from_json(read_json_file(run / kStatusFile));
  } catch (const Error&) {  // never written, or damaged: it starts anew
  }
  first.state = RunState::starting;
  first.step = std::max<std::int64_t>(first_step - 1, 0);
  first.message.clear();
  first.error.reset();
  parts->step = first.step;
  if (!parts->lock.taken_over().empty()) parts->write_event(first_step, "note", {{"text", parts->lock.taken_over()}});
  parts->inbox.refuse_waiting("no engine worked on the run when this was asked");
  parts->scalars.supersede_from(first_step);
  parts->snapshots.remove_from(first_step);
  parts->write_event(first_step, "note", {{"text", fmt::format("goes on at step {}", first_step)}});
  parts->start_heart(std::move(first));
  return std::unique_ptr<RunWriter>(new RunWriter(std::move(parts)));
}

const fs::path& RunWriter::directory() const { return parts_->run; }
const std::atomic<std::int64_t>& RunWriter::step_counter() const { return parts_->step; }

void RunWriter::add_facts(const Json& facts) {
  parts_->thread.work([parts = parts_.get(), facts] {
    Json json = read_json_file(parts->run / kRunFile);
    for (const auto& [key, value] : facts.items()) json[key] = value;
    write_file_atomically(parts->run / kRunFile, print_json(json, 1) + "\n");
  }, 4096);
}

void RunWriter::report_failure(const Error& error) {
  Status status = parts_->keeper->last_reported();
  status.state = RunState::failed;
  status.message = error.message();
  status.error = StatusError{name_of(error.code()), error.message(), join(error.context(), ", "), error.hint()};
  parts_->report(status);
}

void RunWriter::write_axes(const std::vector<Axis>& axes) {
  parts_->thread.work([parts = parts_.get(), axes] { parts->write_axes(axes); });
}

void RunWriter::scalar(const std::string& tag, std::int64_t step, double value) {
  parts_->see(step);
  parts_->thread.scalar({tag, step, static_cast<double>(utc_now_ms()) / 1000, value});
}

void RunWriter::event(std::int64_t step, const std::string& kind, Json details) {
  parts_->see(step);
  parts_->enqueue_event(step, kind, details);
}

void RunWriter::snapshot(Snapshot snapshot) {
  for (const auto& [tag, value] : snapshot.scalars) scalar(tag, snapshot.step, value);
  for (const Verdict& verdict : snapshot.verdicts) event(snapshot.step, "verdict", to_json(verdict));
  const std::size_t bytes = bytes_of(snapshot.arrays) + 16'384;  // HDF5's own share
  if (!parts_->thread.has_room_for(bytes))
    return event(snapshot.step, "note", {{"text", "a snapshot was skipped: the disk is slower than training"}, {"part", snapshot.part}});
  const auto shared = std::make_shared<const Snapshot>(std::move(snapshot));
  parts_->thread.work([parts = parts_.get(), shared] { parts->write_snapshot(*shared); }, bytes);
}

void RunWriter::status(const Status& status) {
  parts_->see(status.step);
  if (status.best) parts_->best_step.store(status.best->step, std::memory_order_relaxed);
  parts_->report(status);
}

std::vector<ControlRequest> RunWriter::poll_control() {
  parts_->thread.check();
  return parts_->inbox.poll();
}

void RunWriter::answer(const ControlRequest& request, bool done, const std::string& text, std::int64_t step) {
  parts_->see(step);
  parts_->inbox.answer(request, done, text, step);
}

void RunWriter::answer_probe(const ControlRequest& request, Snapshot answer, std::int64_t step) {
  parts_->see(step);
  const std::size_t bytes = bytes_of(answer.arrays) + 16'384;
  const auto shared = std::make_shared<const Snapshot>(std::move(answer));
  parts_->thread.work([parts = parts_.get(), request, shared, step] { write_probe_answer(parts->run, parts->inbox, request, *shared, step); }, bytes);
}

std::string RunWriter::folder(const std::string& relative) {
  require(is_clean_relative(relative), "a folder of a run is asked for by a clean relative path");
  const fs::path path = parts_->run / relative;
  std::error_code why;
  fs::create_directories(path, why);
  if (why) throw Error(ErrorCode::storage, fmt::format("the folder {} cannot be made: {}", path.string(), why.message()));
  return path.string();
}

void RunWriter::log(const std::string& level, const std::string& text) {
  std::string line = fmt::format("{} {:<7} {}", utc_now_text(), level, text);
  std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  parts_->thread.last_words([parts = parts_.get(), line] { parts->log_file.append(line); });
}

void RunWriter::flush() {
  // Also after a failure: the state `failed` is what the caller wants to see on disk then.
  std::optional<Error> failure;
  try {
    parts_->thread.drain();
  } catch (const Error& error) {
    failure = error;
  }
  parts_->keeper->wait_written();
  if (failure) throw *failure;
}

}  // namespace geocyte::store
