// SPDX-License-Identifier: GPL-3.0-or-later
// What a run directory promises when a process dies or the disk is full. The writer runs in a child process here.
#include <csignal>
#include <functional>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/crash_report.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_lock.h"
#include "tests/unit/engine/store/run_fixture.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

class Faults : public RunTest {
 protected:
  /// Runs `work` in a child process, which leaves with 0, or 99 when `work` threw. Returns its raw wait status.
  static int in_child(const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        work();
        _exit(0);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        _exit(99);
      }
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return status;
  }
  static bool left_with(int status, int code) { return WIFEXITED(status) && WEXITSTATUS(status) == code; }
  /// From here on no file may grow beyond `bytes`: the way a full disk looks to a program.
  static void limit_files_to(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
};

TEST_F(Faults, AKilledRunReopensWithAllThatWasFlushed) {
  const int status = in_child([&] {
    const auto writer = create();
    for (int step = 1; step <= 5; ++step) writer->scalar("loss/total", step, step);
    writer->status(running(5));
    CheckpointDraft draft(writer->folder(kCheckpointsFolder), 5);
    std::ofstream(draft.folder() / "model.safetensors") << "weights";
    draft.commit();
    CheckpointDraft unfinished(writer->folder(kCheckpointsFolder), 9);
    writer->flush();
    raise(SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  RunReader reader(run_);
  reader.poll_status();
  EXPECT_EQ(reader.status()->state, RunState::running) << "a run is never guessed finished";
  EXPECT_EQ(liveness_of({reader.status()->host, reader.status()->pid, reader.status()->pid_start_time}), Liveness::gone);
  EXPECT_EQ(latest_good_checkpoint(run_ / kCheckpointsFolder).found->step, 5);

  auto writer = RunWriter::reopen(run_, 6);
  writer->scalar("loss/total", 6, 6);
  writer->flush();
  EXPECT_EQ(RunReader(run_).poll_scalars().points.at("loss/total").size(), 6u);
  const auto notes = events("note");
  ASSERT_FALSE(notes.empty());
  EXPECT_NE(notes[0].details["text"].get<std::string>().find("took over the lock"), std::string::npos);
}

TEST_F(Faults, TwoProcessesNeverOwnOneRun) {
  const auto writer = create();
  EXPECT_TRUE(left_with(in_child([&] {
                          try {
                            RunWriter::reopen(run_, 1);
                          } catch (const Error& error) {
                            _exit(error.exit_code());
                          }
                        }),
                        static_cast<int>(ErrorCode::usage)));
  writer->event(1, "note", {{"text", "still mine"}});
  EXPECT_NO_THROW(writer->flush());
}

TEST_F(Faults, ALockThatWasLetGoProperlyIsNotTakenOver) {
  create().reset();
  EXPECT_EQ(lock_owner(run_).pid, 0);
  const RunLock lock(run_);
  EXPECT_EQ(lock.taken_over(), "");
  EXPECT_EQ(lock_owner(run_).pid, getpid());
}

TEST_F(Faults, ADamagedLockFileIsNoObstacle) {
  create().reset();
  fs::remove(run_ / kStatusFile);  // its fresh heartbeat would speak for an owner on another host
  for (const char* content : {"{", "[]", "\xff", R"({"pid":-3,"host":7})", R"({"pid":99999999999,"host":"h"})"}) {
    write(run_ / kLockFile, content);
    EXPECT_NO_THROW(RunLock lock(run_)) << content;
  }
  fs::remove(run_ / kLockFile);
  fs::create_symlink("/etc/hostname", run_ / kLockFile);
  EXPECT_THROW(RunLock lock(run_), Error);
}

TEST_F(Faults, AnotherHostThatBeatsJustNowKeepsItsRun) {
  create().reset();
  Status status = running(3);
  status.heartbeat = "2999-01-01T00:00:00.000Z";
  write(run_ / kStatusFile, print_json(to_json(status)));
  write(run_ / kLockFile, R"({"pid":12,"host":"elsewhere","start_time":1})");
  EXPECT_THROW(RunLock lock(run_), Error);
  status.heartbeat = "2001-01-01T00:00:00.000Z";
  write(run_ / kStatusFile, print_json(to_json(status)));
  const RunLock lock(run_);
  EXPECT_NE(lock.taken_over().find("elsewhere"), std::string::npos);
}

TEST_F(Faults, AFullDiskIsSaidWithSizesAndTheLastGoodFilesStay) {
  const int status = in_child([&] {
    auto writer = create();
    {
      CheckpointDraft draft(writer->folder(kCheckpointsFolder), 4);
      std::ofstream(draft.folder() / "model.safetensors") << "weights";
      draft.commit();
    }
    writer->snapshot(snapshot(4));
    writer->flush();
    limit_files_to(64 << 10);
    writer->snapshot(snapshot(8, {}, 100'000));
    try {
      writer->flush();
      _exit(1);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::storage) _exit(2);
      if (std::string(error.what()).find("it needed") == std::string::npos) _exit(3);
    }
    try {
      writer->scalar("loss/total", 9, 1);
      _exit(4);
    } catch (const Error&) {
    }
    Status failed = running(8);
    failed.state = RunState::failed;
    failed.error = StatusError{"storage", "the disk is full", "", ""};
    writer->status(failed);
    writer->log("error", "the disk is full");
    writer.reset();
  });
  EXPECT_TRUE(left_with(status, 0)) << WEXITSTATUS(status);
  RunReader reader(run_);
  reader.poll_status();
  EXPECT_EQ(reader.status()->state, RunState::failed) << "the last words found room";
  EXPECT_EQ(reader.poll_log().size(), 1u);
  ASSERT_EQ(reader.snapshots().size(), 1u) << "the snapshot that did not fit left nothing";
  EXPECT_NO_THROW(reader.read_snapshot(4));
  EXPECT_EQ(latest_good_checkpoint(run_ / kCheckpointsFolder).found->step, 4);
  ASSERT_EQ(events("error").size(), 1u);
  EXPECT_EQ(events("error")[0].details["code"], "storage");
}

TEST_F(Faults, AnEventThatDoesNotFitLeavesNoHalfLine) {
  const int status = in_child([&] {
    const auto writer = create();
    writer->event(1, "note", {{"text", "fits"}});
    writer->flush();
    limit_files_to(4096);
    writer->event(2, "note", {{"text", std::string(8192, 'x')}});
    try {
      writer->flush();
      _exit(1);
    } catch (const Error&) {
    }
  });
  EXPECT_TRUE(left_with(status, 0)) << WEXITSTATUS(status);
  const std::string text = read_file(run_ / kEventsFile);
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(text.find("xxx"), std::string::npos);
}

TEST_F(Faults, ACheckpointThatDoesNotFitLeavesTheOneBefore) {
  const int status = in_child([&] {
    fs::create_directories(run_ / kCheckpointsFolder);
    CheckpointDraft first(run_ / kCheckpointsFolder, 1);
    write_file_atomically(first.folder() / "model.safetensors", "weights");
    first.commit();
    limit_files_to(1024);
    try {
      CheckpointDraft second(run_ / kCheckpointsFolder, 2);
      write_file_atomically(second.folder() / "model.safetensors", std::string(1 << 20, 'x'));
      _exit(1);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::storage) _exit(2);
    }
  });
  EXPECT_TRUE(left_with(status, 0)) << WEXITSTATUS(status);
  EXPECT_EQ(checkpoint_steps(run_ / kCheckpointsFolder), std::vector<std::int64_t>{1});
  EXPECT_TRUE(latest_good_checkpoint(run_ / kCheckpointsFolder).found);
}

TEST_F(Faults, AFatalSignalLeavesAReportAndItsExitStatus) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGFPE}) {
    fs::create_directories(run_);
    const int status = in_child([&] {
      const rlimit no_core{0, 0};
      setrlimit(RLIMIT_CORE, &no_core);
      std::atomic<std::int64_t> step{1234};
      const CrashReport report(run_, &step);
      raise(signal);
    });
    ASSERT_TRUE(WIFSIGNALED(status)) << signal;
    EXPECT_EQ(WTERMSIG(status), signal);
    const std::string text = read_file(run_ / kCrashFile);
    EXPECT_NE(text.find("last step: 1234"), std::string::npos);
    EXPECT_NE(text.find("backtrace:\n"), std::string::npos);
    EXPECT_NE(text.find("unit_store"), std::string::npos) << "the map names the program";
    fs::remove(run_ / kCrashFile);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/// Recurses until the stack ends; what it returns keeps the compiler from making it a loop.
[[gnu::noinline]] std::int64_t fall(std::int64_t depth) {
  volatile char room[4096] = {static_cast<char>(depth)};
  return depth < 0 ? room[0] : fall(depth + 1) + room[depth % 4096];
}

TEST_F(Faults, AStackOverflowIsReportedToo) {
  fs::create_directories(run_);
  const int status = in_child([&] {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    const CrashReport report(run_, nullptr);
    _exit(static_cast<int>(fall(0)) & 1);
  });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
  EXPECT_TRUE(fs::exists(run_ / kCrashFile));
}
#endif

TEST_F(Faults, NoReportWithoutASignalAndOnlyOneAtATime) {
  fs::create_directories(run_);
  {
    const CrashReport report(run_, nullptr);
    EXPECT_THROW(CrashReport second(run_, nullptr), Error);
  }
  const CrashReport again(run_, nullptr);
  EXPECT_FALSE(fs::exists(run_ / kCrashFile));
}

}  // namespace
}  // namespace geocyte::store
