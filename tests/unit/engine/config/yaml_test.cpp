// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/config/presets.h"
#include "tests/support/temp_folder.h"

namespace geocyte::config {
namespace {

using test::expect_error;

Json read(const std::string& text) { return parse_yaml(text, "test.yaml"); }

void expect_yaml_refused(const std::string& text, std::initializer_list<const char*> parts) {
  expect_error(ErrorCode::bad_config, parts, [&] { read(text); });
}

TEST(Yaml, ScalarsHaveTheTypesOfTheCoreSchema) {
  EXPECT_EQ(read("[true, False, null, ~, 12, -3, +4, 0x1F, 0o17, 007]"),
            Json({true, false, nullptr, nullptr, 12, -3, 4, 31, 15, 7}));
  EXPECT_EQ(read("[1e-3, .5, 2., -1.25E+2, 1e4]"), Json({1e-3, 0.5, 2.0, -125.0, 1e4}));
  EXPECT_TRUE(read("1e4").is_number_float());
  EXPECT_TRUE(read("12").is_number_integer());
  EXPECT_TRUE(std::isinf(read("-.inf").get<double>()));
  EXPECT_TRUE(std::isnan(read(".nan").get<double>()));
}

TEST(Yaml, WordsThatAreNoTruthValuesStayText) {
  EXPECT_EQ(read("[yes, no, on, off, y, n, NO, 1_000, 1e, e5, 12:30:00, 0x, 0xZ, '-', 1.2.3]"),
            Json({"yes", "no", "on", "off", "y", "n", "NO", "1_000", "1e", "e5", "12:30:00", "0x", "0xZ", "-", "1.2.3"}));
}

TEST(Yaml, QuotedScalarsAreText) {
  EXPECT_EQ(read(R"(["12", 'true', !!str 5, "null", ""])"), Json({"12", "true", "5", "null", ""}));
}

TEST(Yaml, GroupsListsAndAnchorsAreRead) {
  EXPECT_EQ(read("a:\n  b: [1, 2]\n  c: &x {d: e}\nf: *x\n# remark\n"),
            (Json{{"a", {{"b", {1, 2}}, {"c", {{"d", "e"}}}}}, {"f", {{"d", "e"}}}}));
  EXPECT_TRUE(read("").is_null());
}

TEST(Yaml, FaultsAreToldWithLineAndColumn) {
  expect_yaml_refused("a: 1\nb: [1, 2\nc: 3\n", {"test.yaml, line 3"});
  expect_yaml_refused("a: 1\na: 2\n", {"test.yaml, line 2, column 1: \"a\" is given twice"});
  expect_yaml_refused("a: !!python/object:os.system x\n", {"line 1", "tag", "not supported"});
  expect_yaml_refused("? [1, 2]\n: 3\n", {"line 1", "a name must be plain text"});
  expect_yaml_refused("a: 1\n---\nb: 2\n", {"only one document"});
  expect_yaml_refused("a: *nothing\n", {"line 1"});
}

TEST(Yaml, AliasesThatUnfoldWithoutBoundAreStopped) {
  // Nine levels of ten aliases each: 1e9 values in 400 bytes.
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += fmt::format("a{0}: &a{0} [*a{1}", i, i - 1);
    for (int k = 1; k < 10; ++k) bomb += fmt::format(", *a{}", i - 1);
    bomb += "]\n";
  }
  expect_yaml_refused(bomb, {"more than 20,000 values"});
}

TEST(Yaml, AnAnchorWithinItselfIsStopped) { EXPECT_THROW(read("a: &x [*x]\n"), Error); }

TEST(Yaml, DeepNestingAndHugeTextsAreStopped) {
  EXPECT_THROW(read(std::string(100000, '[')), Error);
  expect_yaml_refused(std::string(200, '[') + std::string(200, ']'), {"deep"});
  expect_yaml_refused(std::string(2'000'000, 'a'), {"2.0 MB"});
}

TEST(Yaml, WhatIsWrittenReadsBackAsTheSame) {
  const Json values = {
      {"integers", {0, -1, 9007199254740993}},
      {"floats", {1.0, 0.1, 1e-5, 1e300, -2.5}},
      {"texts", {"", "plain word", "12", "true", "~", "a: b", "# no", "- x", "tab\t", "caf\xC3\xA9", " lead", "q\"uote", "1e4"}},
      {"nothing", nullptr},
      {"empty", {{"list", Json::array()}, {"group", Json::object()}}},
      {"sources", {{{"name", "F1"}, {"file", "her2st/h5ad/F1.h5ad"}, {"hidden", {1, 2}}},
                   {{"deep", {{"er", {{"x", 1}}}}}, {"name", "F2"}}}},
      {"lists", {{{1, 2}, {3}}, Json::array()}},
      {"odd key: yes", true}};
  const std::string text = to_yaml(values);
  EXPECT_EQ(read(text), values) << text;
  EXPECT_TRUE(read(text)["floats"][0].is_number_float());
  EXPECT_TRUE(read(to_yaml(Json{{"x", std::nan("")}}))["x"].is_number_float());
}

TEST(Yaml, IsWrittenForAReader) {
  EXPECT_EQ(to_yaml({{"steps", 300}, {"encoder", {{"hidden", {512, 256}}}}, {"sources", {{{"name", "F1"}, {"by", ""}}}}}),
            "steps: 300\nencoder:\n  hidden: [512, 256]\nsources:\n  - name: F1\n    by: \"\"\n");
}

}  // namespace
}  // namespace geocyte::config
