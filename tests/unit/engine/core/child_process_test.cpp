// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/child_process.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "engine/core/atomic_file.h"
#include "engine/core/text.h"
#include "tests/support/temp_folder.h"

namespace geocyte {
namespace {

using test::expect_error;
using test::TempFolder;

ChildOptions shell(const std::string& script) {
  ChildOptions options;
  options.program = "sh";
  options.arguments = {"-c", script};
  return options;
}

TEST(ChildProcess, HandsBackItsOutputAndExitCode) {
  auto child = ChildProcess::spawn(shell("echo out; echo err >&2; exit 3"));
  const auto status = child.wait(20);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 3);
  EXPECT_EQ(status->signal, 0);
  EXPECT_EQ(child.output(), "out\n");
  EXPECT_EQ(child.error_output(), "err\n");
  EXPECT_EQ(child.wait()->code, 3);  // asked again, it still knows
}

TEST(ChildProcess, RunsInAProcessGroupOfItsOwnAndInTheSessionOfItsParent) {
  // Fields 1, 5 and 6 of /proc/PID/stat: pid, process group, session.
  auto child = ChildProcess::spawn(shell("exec cat /proc/self/stat"));
  ASSERT_TRUE(child.wait(20));
  const auto fields = split(child.output().substr(child.output().rfind(')') + 2), ' ');
  EXPECT_EQ(fields[2], std::to_string(child.id().pid));
  EXPECT_EQ(fields[3], std::to_string(::getsid(0)));
}

TEST(ChildProcess, OutlivesTheTerminalOfItsParent) {
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  int terminal = -1;
  const pid_t parent = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    const ProcessId started = ChildProcess::spawn(shell("exec sleep 60")).id();
    [[maybe_unused]] const ssize_t told = ::write(report[1], &started, sizeof started);
    for (;;) ::pause();
  }
  ProcessId child;
  ASSERT_EQ(::read(report[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ::close(terminal);                           // it hangs up
  int status = 0;
  ASSERT_EQ(::waitpid(parent, &status, 0), parent);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP) << "the parent goes with its terminal";
  ::usleep(100'000);
  EXPECT_TRUE(is_alive(child));
  send_signal(child, SIGKILL);
  for (const int end : report) ::close(end);
}

TEST(ChildProcess, StandsBackWhereItIsAskedTo) {
  auto options = shell("exec cat /proc/self/stat");   // field 19 is the nice value
  options.niceness = 3;
  const int expected = std::min(getpriority(PRIO_PROCESS, 0) + 3, 19);
  auto child = ChildProcess::spawn(options);
  ASSERT_TRUE(child.wait(20));
  EXPECT_EQ(split(child.output().substr(child.output().rfind(')') + 2), ' ').at(16), std::to_string(expected));
}

TEST(ChildProcess, AppendsToFilesAndTakesFolderAndEnvironment) {
  const TempFolder folder;
  auto options = shell("pwd; echo $GEOCYTE_TEST_WORD; echo problem >&2");
  options.working_folder = folder.path();
  options.environment["GEOCYTE_TEST_WORD"] = "a word";
  options.output_file = options.error_file = folder.write("log.txt", "before\n");
  auto child = ChildProcess::spawn(options);
  ASSERT_TRUE(child.wait(20));
  const auto real = std::filesystem::canonical(folder.path()).string();
  EXPECT_EQ(read_file(folder / "log.txt"), "before\n" + real + "\na word\nproblem\n");
}

TEST(ChildProcess, SaysAtOnceThatAProgramIsMissing) {
  ChildOptions options;
  options.program = "/no/such/program";
  expect_error(ErrorCode::internal, {"cannot start /no/such/program", "No such file"},
               [&] { ChildProcess::spawn(options); });
}

TEST(ChildProcess, SaysThatAnOutputFileCannotBeWritten) {
  auto options = shell("true");
  options.output_file = "/no/such/folder/log.txt";
  expect_error(ErrorCode::storage, {"/no/such/folder/log.txt"}, [&] { ChildProcess::spawn(options); });
}

TEST(ChildProcess, AKilledChildTellsTheSignal) {
  auto child = ChildProcess::spawn(shell("read forever < /dev/zero; while :; do :; done"));
  EXPECT_TRUE(child.running());
  EXPECT_FALSE(child.wait(0.01));
  EXPECT_TRUE(is_alive(child.id()));
  EXPECT_TRUE(child.kill(SIGKILL));
  const auto status = child.wait(20);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->signal, SIGKILL);
  EXPECT_EQ(status->code, 137);
  EXPECT_FALSE(is_alive(child.id()));
  EXPECT_FALSE(child.kill(SIGTERM));
}

TEST(ChildProcess, MuchOutputNeverBlocksIt) {
  auto child = ChildProcess::spawn(shell("head -c 3000000 /dev/zero | tr '\\0' x"));
  ASSERT_TRUE(child.wait(60));
  EXPECT_EQ(child.output().size(), 3000000u);
}

TEST(ChildProcess, DestroyingTheObjectLeavesTheChildRunning) {
  ProcessId id;
  {
    const auto child = ChildProcess::spawn(shell("exec sleep 100"));
    id = child.id();
  }
  EXPECT_TRUE(is_alive(id));
  EXPECT_TRUE(send_signal(id, SIGKILL));
}

TEST(ProcessId, AnotherStartTimeIsAnotherProcess) {
  const ProcessId own = own_process();
  EXPECT_EQ(own.pid, ::getpid());
  EXPECT_GT(own.start_time, 0u);
  EXPECT_TRUE(is_alive(own));
  EXPECT_FALSE(is_alive({own.pid, own.start_time + 1}));
  EXPECT_FALSE(send_signal({own.pid, own.start_time + 1}, SIGKILL));
  EXPECT_FALSE(is_alive({0, 0}));
}

}  // namespace
}  // namespace geocyte
