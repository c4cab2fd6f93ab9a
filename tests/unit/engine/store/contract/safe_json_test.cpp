// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/safe_json.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/core/error.h"

namespace geocyte::store {
namespace {

TEST(SafeJson, RefusesNestingThatWouldOverflowTheStackWhenPrinted) {
  EXPECT_THROW(parse_json(std::string(1'000'000, '[')), Error);
  EXPECT_THROW(parse_json(std::string(65, '[') + std::string(65, ']')), Error);
  EXPECT_NO_THROW(parse_json(std::string(60, '[') + std::string(60, ']')));
}

TEST(SafeJson, RefusesWhatIsNotOneDocument) {
  for (const char* text : {"", "{", "{}{}", "{\"a\":1e999}", "\"\xff\xfe\"", "nul", "{\"a\":}"}) EXPECT_THROW(parse_json(text), Error) << text;
}

TEST(SafeJson, PrintsTextThatIsNotUtf8) { EXPECT_NO_THROW(parse_json(print_json(Json{{"a", "\xff\xfe"}}))); }

TEST(SafeJson, FileMustBeRegularAndSmallEnough) {
  const std::string folder = testing::TempDir();
  const std::filesystem::path file = folder + "/plain.json", link = folder + "/link.json", pipe = folder + "/pipe.json";
  std::ofstream(file) << R"({"a": 1})";
  std::filesystem::remove(link);
  std::filesystem::remove(pipe);
  std::filesystem::create_symlink(file, link);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_json_file(file), (Json{{"a", 1}}));
  EXPECT_THROW(read_json_file(file, 4), Error);
  EXPECT_THROW(read_json_file(link), Error);
  EXPECT_THROW(read_json_file(pipe), Error);
  EXPECT_THROW(read_json_file(folder), Error);
  EXPECT_THROW(read_json_file(folder + "/absent.json"), Error);
}

TEST(SafeJson, TextAtIsEmptyForAnythingElse) {
  EXPECT_EQ(text_at(Json{{"a", "b"}}, "a"), "b");
  EXPECT_EQ(text_at(Json{{"a", 1}}, "a"), "");
  EXPECT_EQ(text_at(Json(3), "a"), "");
}

}  // namespace
}  // namespace geocyte::store
