// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/text.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/core/log.h"

namespace geocyte {
namespace {

TEST(Text, SplitKeepsEmptyPieces) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
  EXPECT_EQ(join(split("a,,b,", ','), ","), "a,,b,");
}

TEST(Text, TrimRemovesSpaceAtBothEnds) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(Text, GroupsThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(-999), "-999");
  EXPECT_EQ(grouped(8510), "8,510");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
  EXPECT_EQ(grouped(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Text, BytesReadLikeADiskIsSold) {
  EXPECT_EQ(bytes_text(1), "1 byte");
  EXPECT_EQ(bytes_text(999), "999 bytes");
  EXPECT_EQ(bytes_text(999.9), "1.0 kB");
  EXPECT_EQ(bytes_text(1.4e9), "1.4 GB");
  EXPECT_EQ(bytes_text(999.6e6), "1.0 GB");
  EXPECT_EQ(bytes_text(12.4e6), "12 MB");
  EXPECT_EQ(bytes_text(-1), "unknown");
}

TEST(Text, DurationsUseTheTwoLargestUnits) {
  EXPECT_EQ(duration_text(0.42), "0.4 s");
  EXPECT_EQ(duration_text(9.96), "10 s");
  EXPECT_EQ(duration_text(59.6), "1 min");
  EXPECT_EQ(duration_text(65), "1 min 5 s");
  EXPECT_EQ(duration_text(3600 + 125), "1 h 2 min");
  EXPECT_EQ(duration_text(100 * 3600), "4 d 4 h");
  EXPECT_EQ(duration_text(std::numeric_limits<double>::quiet_NaN()), "unknown");
}

TEST(Text, TimeLeftIsSaidFromASecondOn) {
  EXPECT_EQ(time_left(65), " · 1 min 5 s left");
  EXPECT_EQ(time_left(1), " · 1.0 s left");
  for (const double nothing : {0.99, 0.04, 0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) EXPECT_EQ(time_left(nothing), "") << nothing;
}

TEST(Text, QuotedNeverCutsAUtf8SequenceNorShowsControlCharacters) {
  EXPECT_EQ(quoted("short"), "short");
  EXPECT_EQ(quoted("abcdef", 4), "abcd...");
  EXPECT_EQ(quoted("ab\xC3\xA9zz", 3), "ab...");
  EXPECT_EQ(quoted("a\x1b[31m\n"), "a [31m ");
}

TEST(Text, ListsAFewNamesAndCountsTheRest) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a", "b"}), "a and b");
  EXPECT_EQ(listed({"a", "b", "c", "d"}, 2), "a, b and 2 more");
}

TEST(Text, NumbersAreReadWholeOrNotAtAll) {
  double number = -1;
  EXPECT_TRUE(parse_number("+1e-3", number));
  EXPECT_EQ(number, 1e-3);
  for (const char* text : {"", "1,5", "1 ", "+-1", "0x10"}) EXPECT_FALSE(parse_number(text, number)) << text;
  std::int64_t whole = 0;
  EXPECT_TRUE(parse_integer("-12", whole));
  EXPECT_EQ(whole, -12);
  EXPECT_FALSE(parse_integer("1.0", whole));
  EXPECT_FALSE(parse_integer("99999999999999999999", whole));
}

TEST(Log, WritesTimeLevelAndText) {
  std::string seen;
  const Log log([&](LogLevel, std::string_view line) { seen = line; });
  log.warning("disk is nearly full");
  ASSERT_GT(seen.size(), 25u);
  EXPECT_EQ(seen[10], 'T');
  EXPECT_EQ(seen.substr(23), "Z warning disk is nearly full");
  EXPECT_NO_THROW(Log().info("nowhere"));
}

}  // namespace
}  // namespace geocyte
