// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/user_marks.h"

#include <gtest/gtest.h>

#include "engine/store/run_layout.h"
#include "tests/support/fake_run.h"
#include "tests/support/temp_folder.h"

namespace geocyte::store {
namespace {

using test::expect_error;
using test::TempFolder;
namespace fs = std::filesystem;

TEST(UserMarks, ComeBackAsTheyWereAndLeaveNoTraceWhenEmpty) {
  const TempFolder folder;
  EXPECT_EQ(read_user_marks(folder.path()), UserMarks());
  const UserMarks marks{"breast, final", {"paper", "baseline"}};
  write_user_marks(folder.path(), marks);
  EXPECT_EQ(read_user_marks(folder.path()), marks);
  write_user_marks(folder.path(), {});
  EXPECT_FALSE(fs::exists(folder.path() / kUserFile));
  write_notes(folder.path(), "worked\n");
  EXPECT_EQ(read_notes(folder.path()), "worked\n");
  write_notes(folder.path(), "");
  EXPECT_EQ(read_notes(folder.path()), "");
}

TEST(UserMarks, ADamagedFileIsNoReasonToRefuseARun) {
  const TempFolder folder;
  for (const char* text : {"", "[", "[1]", "{\"name\": 3, \"tags\": {\"a\": 1}}", "{\"tags\": [1, null, \"\"]}"}) {
    folder.write(kUserFile, text);
    EXPECT_EQ(read_user_marks(folder.path()), UserMarks()) << text;
  }
}

TEST(Trash, ARunGoesThereAndComesBack) {
  const TempFolder folder;
  fs::path run;
  {
    test::FakeRun fake(folder.path(), "20261121-141530-gems-a-0001", "a");
    fake.say(RunState::running, 1);
    fake.writer().flush();
    run = fake.directory();
    expect_error(ErrorCode::usage, {"an engine works on this run"}, [&] { move_to_trash(run); });
    fake.say(RunState::completed, 1);
    fake.writer().flush();
  }
  const fs::path trashed = move_to_trash(run);
  EXPECT_FALSE(fs::exists(run));
  EXPECT_TRUE(is_run_directory(trashed));
  fs::create_directories(run);
  expect_error(ErrorCode::storage, {"another run"}, [&] { restore_from_trash(trashed, run); });
  fs::remove(run);
  restore_from_trash(trashed, run);
  EXPECT_TRUE(is_run_directory(run));
  expect_error(ErrorCode::storage, {"cannot be moved back"}, [&] { restore_from_trash(trashed, folder.path() / "x"); });
}

}  // namespace
}  // namespace geocyte::store
