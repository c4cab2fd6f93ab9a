// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>

#include "engine/core/atomic_file.h"
#include "engine/core/paths.h"
#include "tests/support/temp_folder.h"

namespace geocyte {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::TempFolder;

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(AtomicFile, WritesAndReplacesWholeFiles) {
  const TempFolder folder;
  const auto path = folder / "status.json";
  write_file_atomically(path, "first");
  write_file_atomically(path, std::string("sec\0nd", 6), false);
  EXPECT_EQ(read_file(path), std::string("sec\0nd", 6));
  EXPECT_EQ(entries_in(folder.path()), 1u);
}

TEST(AtomicFile, AFailedWriterLeavesTheOldFileAndNoRest) {
  const TempFolder folder;
  const auto path = folder / "snapshot.h5";
  write_file_atomically(path, "good");
  EXPECT_THROW(write_atomically(path,
                                [](const fs::path& temporary) {
                                  std::ofstream(temporary) << "half";
                                  throw Error(ErrorCode::storage, "no");
                                }),
               Error);
  EXPECT_EQ(read_file(path), "good");
  EXPECT_EQ(entries_in(folder.path()), 1u);
}

TEST(AtomicFile, SaysWhichFolderIsMissing) {
  const TempFolder folder;
  expect_error(ErrorCode::storage, {"no/such/file", "Check that the folder exists"},
               [&] { write_file_atomically(folder / "no/such/file", "x"); });
}

TEST(AtomicFile, ADiskThatIsFullNamesTheNeededBytesAndKeepsTheOldFile) {
  const TempFolder folder;
  const auto path = folder / "weights";
  write_file_atomically(path, "good");
  // A limit of the process on the size of a file stands for a full disk; its signal would end the test.
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{4096, before.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  std::string message;
  try {
    write_file_atomically(path, std::string(100000, 'x'));
  } catch (const Error& error) {
    message = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_NE(message.find("100 kB are needed"), std::string::npos) << message;
  EXPECT_EQ(read_file(path), "good");
  EXPECT_EQ(entries_in(folder.path()), 1u);
}

TEST(ReadFile, RefusesMissingFilesFoldersAndTooLargeFiles) {
  const TempFolder folder;
  expect_error(ErrorCode::bad_data, {"cannot read", "No such file"}, [&] { read_file(folder / "none"); });
  expect_error(ErrorCode::bad_data, {"it is a folder"}, [&] { read_file(folder.path()); });
  const auto path = folder.write("large", std::string(2000, 'x'));
  expect_error(ErrorCode::bad_data, {"2.0 kB", "more than the allowed 1.0 kB"}, [&] { read_file(path, 1000); });
}

TEST(ReadFile, ReadsFilesThatStateNoSize) { EXPECT_FALSE(read_file("/proc/self/stat").empty()); }

class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    if (value != nullptr) ::setenv(name, value, 1);
    else ::unsetenv(name);
  }
  ~Environment() {
    if (old_.empty()) ::unsetenv(name_);
    else ::setenv(name_, old_.c_str(), 1);
  }

 private:
  const char* name_;
  std::string old_;
};

TEST(Paths, FollowTheXdgVariablesWhereTheyAreAbsolute) {
  const Environment home("HOME", "/people/ada"), data("XDG_DATA_HOME", "relative"), cache("XDG_CACHE_HOME", "/fast"),
      runs("GEOCYTE_RUNS", nullptr);
  EXPECT_EQ(cache_folder(), "/fast/geocyte");
  EXPECT_EQ(data_folder(), "/people/ada/.local/share/geocyte");
  EXPECT_EQ(runs_folder(), "/people/ada/geocyte/runs");
  const Environment chosen("GEOCYTE_RUNS", "/scratch/runs");
  EXPECT_EQ(runs_folder(), "/scratch/runs");
}

}  // namespace
}  // namespace geocyte
