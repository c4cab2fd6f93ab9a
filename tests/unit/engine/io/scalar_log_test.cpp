// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/scalar_log.h"

#include <gtest/gtest.h>

#include <array>

#include "engine/io/event_writer.h"
#include "tests/support/temp_folder.h"

namespace geocyte::io {
namespace {

using test::TempFolder;
using Steps = std::vector<std::int64_t>;

void write_steps(EventWriter& writer, const char* tag, std::int64_t from, std::int64_t to, float offset = 0) {
  for (std::int64_t step = from; step <= to; ++step) {
    const ScalarValue value{tag, offset + static_cast<float>(step)};
    writer.add(step, 100.0 + static_cast<double>(step), {&value, 1});
  }
  writer.flush();
}

TEST(ScalarLog, CollectsOneSeriesATag) {
  const TempFolder folder;
  EventWriter writer(folder / event_file_name(1, "h", 1, 0), 1);
  const std::array<ScalarValue, 2> both{{{"a", 1}, {"b", 2}}};
  writer.add(1, 5, both);
  write_steps(writer, "a", 2, 3);
  ScalarLog log(folder.path());
  const auto changes = log.poll();
  EXPECT_EQ(changes.added, 4u);
  EXPECT_FALSE(changes.more);
  ASSERT_NE(log.find("a"), nullptr);
  EXPECT_EQ(log.find("a")->steps, (Steps{1, 2, 3}));
  EXPECT_EQ(log.find("a")->wall_times_s[1], 102);
  EXPECT_EQ(log.find("b")->values, (std::vector<double>{2}));
  EXPECT_EQ(log.find("c"), nullptr);
  EXPECT_EQ(log.last_step(), 3);
  EXPECT_FALSE(log.poll().any());
}

TEST(ScalarLog, TellsWhatIsNewSinceTheLastPoll) {
  const TempFolder folder;
  EventWriter writer(folder / event_file_name(1, "h", 1, 0), 1);
  write_steps(writer, "a", 1, 10);
  ScalarLog log(folder.path());
  log.poll();
  write_steps(writer, "a", 11, 12);
  const auto changes = log.poll();
  EXPECT_EQ(changes.first_changed, (std::map<std::string, std::size_t>{{"a", 10}}));
}

TEST(ScalarLog, AResumeDropsWhatItWritesAgain) {
  const TempFolder folder;
  EventWriter first(folder / event_file_name(1, "h", 1, 0), 1);
  write_steps(first, "a", 1, 100);
  write_steps(first, "old", 80, 90);
  ScalarLog log(folder.path());
  log.poll();
  EventWriter second(folder / event_file_name(2, "h", 2, 0), 2);
  second.add_session_start(51, 2);
  write_steps(second, "a", 51, 60, 1000);
  const auto changes = log.poll();
  EXPECT_EQ(changes.first_changed, (std::map<std::string, std::size_t>{{"a", 50}, {"old", 0}}));
  const ScalarSeries& series = *log.find("a");
  ASSERT_EQ(series.size(), 60u);
  for (std::size_t i = 0; i < series.size(); ++i) EXPECT_EQ(series.steps[i], static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(series.values[49], 50);
  EXPECT_EQ(series.values[50], 1051);
  EXPECT_EQ(log.find("old")->size(), 0u);
}

TEST(ScalarLog, AFileWithoutASessionStartOnlyAdds) {
  const TempFolder folder;
  EventWriter first(folder / event_file_name(1, "h", 1, 0), 1), second(folder / event_file_name(2, "h", 1, 0), 1);
  write_steps(first, "a", 1, 3);
  write_steps(second, "a", 4, 5);
  ScalarLog log(folder.path());
  log.poll();
  EXPECT_EQ(log.find("a")->steps, (Steps{1, 2, 3, 4, 5}));
}

TEST(ScalarLog, ReadsInPiecesAndInTheOrderOfTheFiles) {
  const TempFolder folder;
  EventWriter first(folder / event_file_name(1, "h", 1, 0), 1), second(folder / event_file_name(1, "h", 1, 1), 1);
  write_steps(first, "a", 1, 50000);
  second.add_session_start(40001, 1);
  write_steps(second, "a", 40001, 45000);
  ScalarLog log(folder.path());
  int polls = 1;
  for (; log.poll(100000).more; ++polls) {}
  EXPECT_GT(polls, 2);
  EXPECT_EQ(log.find("a")->size(), 45000u);
  EXPECT_EQ(log.last_step(), 45000);
}

TEST(ScalarLog, OtherFilesAndAMissingFolderAreNothing) {
  const TempFolder folder;
  folder.write("status.json", "{}");
  ScalarLog log(folder.path()), missing(folder / "none");
  EXPECT_FALSE(log.poll().any());
  EXPECT_FALSE(missing.poll().any());
  EXPECT_FALSE(log.last_step());
}

TEST(ScalarLog, NamesDamagedFiles) {
  const TempFolder folder;
  folder.write("events.out.tfevents.1.h.1.0", std::string(100, 'x'));
  ScalarLog log(folder.path());
  log.poll();
  ASSERT_EQ(log.problems().size(), 1u);
  EXPECT_NE(log.problems()[0].find("events.out.tfevents.1.h.1.0 at byte 0 is damaged"), std::string::npos);
}

}  // namespace
}  // namespace geocyte::io
