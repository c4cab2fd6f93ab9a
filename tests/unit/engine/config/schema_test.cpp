// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/config/schema.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/temp_folder.h"

namespace geocyte::config {
namespace {

using test::expect_error;

Parameter make(std::string path, ParameterType type, Json default_value) {
  Parameter parameter;
  parameter.path = std::move(path);
  parameter.type = type;
  parameter.default_value = std::move(default_value);
  return parameter;
}

Schema example() {
  Schema schema;
  schema.push_back(make("steps", ParameterType::integer, 1000));
  schema.back().minimum = 1;
  schema.push_back(make("optimizer.lr", ParameterType::number, 1e-3));
  schema.back().minimum = 0;
  schema.back().maximum = 1;
  schema.push_back(make("optimizer.clip_norm", ParameterType::number, nullptr));
  schema.back().nullable = true;
  schema.push_back(make("loss.coral.enabled", ParameterType::boolean, true));
  schema.push_back(make("device", ParameterType::choice, "auto"));
  schema.back().choices = {"auto", "cpu", "cuda"};
  schema.push_back(make("data_folder", ParameterType::path, ""));
  schema.push_back(make("encoder.hidden", ParameterType::list, {512, 256}));
  Parameter sources = make("sources", ParameterType::list, Json::array());
  sources.fields = {make("name", ParameterType::text, ""), make("modality", ParameterType::choice, "st")};
  sources.fields[1].choices = {"st", "sc"};
  schema.push_back(sources);
  return schema;
}

void expect_refused(const Json& values, std::initializer_list<const char*> parts) {
  expect_error(ErrorCode::bad_config, parts, [&] { validate(example(), values); });
}

TEST(Schema, DefaultsNestAndAreThemselvesValid) {
  const Json values = defaults(example());
  EXPECT_EQ(values["optimizer"]["lr"], 1e-3);
  EXPECT_EQ(values["encoder"]["hidden"], Json({512, 256}));
  EXPECT_NO_THROW(validate(example(), values));
}

TEST(Schema, ResolveOverlaysDeeplyAndKeepsTheRest) {
  const Json values = resolve(example(), {{"optimizer", {{"lr", 0.5}}}, {"encoder", {{"hidden", {64}}}}});
  EXPECT_EQ(values["optimizer"]["lr"], 0.5);
  EXPECT_TRUE(values["optimizer"]["clip_norm"].is_null());
  EXPECT_EQ(values["encoder"]["hidden"], Json::array({64})) << "a list is one value";
  EXPECT_EQ(values["steps"], 1000);
}

TEST(Schema, DottedKeysMeanTheNestedForm) {
  EXPECT_EQ(resolve(example(), {{"optimizer.lr", 0.25}, {"loss", {{"coral.enabled", false}}}}),
            resolve(example(), {{"optimizer", {{"lr", 0.25}}}, {"loss", {{"coral", {{"enabled", false}}}}}}));
}

TEST(Schema, AnUnknownKeyIsRefusedWithTheNearestName) {
  expect_refused({{"optimizer", {{"lt", 0.1}}}}, {"unknown parameter optimizer.lt", "Did you mean optimizer.lr?"});
  expect_refused({{"stpes", 5}}, {"unknown parameter stpes", "Did you mean steps?"});
  expect_refused({{"lr", 5}}, {"unknown parameter lr", "Did you mean optimizer.lr?"});
  expect_refused({{"zzzzzz", 5}}, {"unknown parameter zzzzzz", "The known ones are steps"});
}

TEST(Schema, TheWrongTypeIsRefused) {
  expect_refused({{"steps", 1.5}}, {"parameter steps is 1.5", "a whole number"});
  expect_refused({{"steps", "10"}}, {"parameter steps is \"10\"", "a whole number"});
  expect_refused({{"optimizer", {{"lr", true}}}}, {"optimizer.lr is true", "a number"});
  expect_refused({{"loss", {{"coral", {{"enabled", 1}}}}}}, {"loss.coral.enabled is 1", "true or false"});
  expect_refused({{"data_folder", 7}}, {"data_folder is 7", "text"});
  expect_refused({{"optimizer", 3}}, {"optimizer is a group", "optimizer.lr"});
  expect_refused(Json::array(), {"must be a group"});
}

TEST(Schema, AnIntegerIsAcceptedForANumberAndKept) {
  EXPECT_EQ(resolve(example(), {{"optimizer", {{"lr", 1}}}})["optimizer"]["lr"], 1);
}

TEST(Schema, ValuesOutOfRangeAndNonFiniteOnesAreRefused) {
  expect_refused({{"steps", 0}}, {"steps is 0", "at least 1"});
  expect_refused({{"optimizer", {{"lr", 1.5}}}}, {"between 0 and 1"});
  expect_refused({{"optimizer", {{"lr", std::numeric_limits<double>::quiet_NaN()}}}}, {"a finite number"});
  EXPECT_NO_THROW(validate(example(), {{"optimizer", {{"lr", 1.0}}}})) << "bounds are inclusive";
}

TEST(Schema, OnlyANullableParameterMayBeNull) {
  EXPECT_NO_THROW(validate(example(), {{"optimizer", {{"clip_norm", nullptr}}}}));
  expect_refused({{"steps", nullptr}}, {"steps has no value"});
}

TEST(Schema, AChoiceProposesTheNearestOne) {
  expect_refused({{"device", "coda"}}, {"one of auto, cpu, cuda", "Did you mean cuda?"});
  expect_refused({{"device", 1}}, {"one of auto, cpu, cuda"});
}

TEST(Schema, ListsAreCheckedItemByItem) {
  expect_refused({{"encoder", {{"hidden", {512, "x"}}}}}, {"encoder.hidden[1] is \"x\"", "a whole number"});
  expect_refused({{"encoder", {{"hidden", 512}}}}, {"encoder.hidden is 512", "a list"});
  expect_refused({{"encoder", {{"hidden", {Json::array()}}}}}, {"encoder.hidden[0]", "a single value"});
}

TEST(Schema, ListsOfStructsAreCheckedFieldByFieldAndCompleted) {
  expect_refused({{"sources", {{{"nme", "F1"}}}}}, {"unknown parameter sources[0].nme", "Did you mean sources[0].name?"});
  expect_refused({{"sources", {{{"name", "F1"}}, {{"modality", "xx"}}}}}, {"sources[1].modality", "one of st, sc"});
  expect_refused({{"sources", {"F1"}}}, {"sources[0] is \"F1\"", "a group of name and modality"});
  const Json values = resolve(example(), {{"sources", {{{"name", "F1"}}}}});
  EXPECT_EQ(values["sources"][0], Json({{"name", "F1"}, {"modality", "st"}}));
}

TEST(Schema, FindAndSetFollowDottedPaths) {
  Json values = Json::object();
  set(values, "a.b.c", 3);
  EXPECT_EQ(values, (Json{{"a", {{"b", {{"c", 3}}}}}}));
  EXPECT_EQ(*find(values, "a.b.c"), 3);
  EXPECT_EQ(find(values, "a.x.c"), nullptr);
  EXPECT_EQ(find(values, "a.b.c.d"), nullptr);
}

TEST(Schema, AConditionIsSaidInWords) {
  Parameter parameter;
  EXPECT_EQ(condition_text(parameter), "");
  parameter.only_with = "model.kind=seed";
  EXPECT_EQ(condition_text(parameter), "only where model.kind is seed");
  parameter.only_with = "input.kind=encoder|embedding";
  EXPECT_EQ(condition_text(parameter), "only where input.kind is encoder or embedding");
}

TEST(Schema, AConditionHoldsWhereTheOtherValueIsTheOneNamed) {
  Parameter parameter;
  EXPECT_TRUE(acts(parameter, Json::object()));
  parameter.only_with = "model.kind=seed";
  EXPECT_TRUE(acts(parameter, {{"model", {{"kind", "seed"}}}}));
  EXPECT_FALSE(acts(parameter, {{"model", {{"kind", "recommended"}}}}));
  EXPECT_FALSE(acts(parameter, {{"model", {{"kind", 3}}}}));
  EXPECT_FALSE(acts(parameter, Json::object()));
  parameter.only_with = "kind=encoder|embedding";
  for (const char* value : {"encoder", "embedding"}) EXPECT_TRUE(acts(parameter, {{"kind", value}}));
  for (const char* value : {"pca", "encoder|embedding", ""}) EXPECT_FALSE(acts(parameter, {{"kind", value}})) << value;
}

TEST(Assignment, ReadsTheValueByTheTypeItLooksLike) {
  Json values = Json::object();
  for (const char* text : {"a.x=0.5", "a.y = true", "list=[1, 2]", "name=F1: slide #2", "empty=", "word='5'", "none=~"})
    apply_assignment(values, text);
  EXPECT_EQ(values["a"], (Json{{"x", 0.5}, {"y", true}}));
  EXPECT_EQ(values["list"], Json({1, 2}));
  EXPECT_EQ(values["name"], "F1: slide #2") << "a plain value goes to its end";
  EXPECT_EQ(values["empty"], "");
  EXPECT_EQ(values["word"], "5");
  EXPECT_TRUE(values["none"].is_null());
}

TEST(Assignment, KeepsFurtherEqualSigns) {
  Json values = Json::object();
  apply_assignment(values, "data_folder=simulate:six_sources?genes=500&seed=7");
  EXPECT_EQ(values["data_folder"], "simulate:six_sources?genes=500&seed=7");
}

TEST(Assignment, IsRefusedWithoutANameOrAnEqualSign) {
  Json values = Json::object();
  expect_error(ErrorCode::usage, {"\"steps\" is not an assignment", "name=value"}, [&] { apply_assignment(values, "steps"); });
  expect_error(ErrorCode::usage, {"not an assignment"}, [&] { apply_assignment(values, "=3"); });
  expect_error(ErrorCode::usage, {"single dots"}, [&] { apply_assignment(values, "a..b=3"); });
}

TEST(NearestName, CountsSwapsAsOneAndProposesNothingFarAway) {
  EXPECT_EQ(nearest_name("stpes", {"steps", "stops"}), "steps");
  EXPECT_EQ(nearest_name("LR", {"lr"}), "lr");
  EXPECT_EQ(nearest_name("banana", {"steps", "seed"}), "");
  EXPECT_EQ(nearest_name("", {"steps"}), "");
  EXPECT_EQ(nearest_name("rate", {"a.rate", "b.rate"}), "") << "two places are no hint";
  EXPECT_EQ(nearest_name(std::string(100000, 'a'), {"steps"}), "");
}

TEST(ConfigurationHash, DependsOnValuesOnly) {
  const Json a = {{"x", 1}, {"y", {{"p", 2.0}, {"q", "t"}}}}, b = {{"y", {{"q", "t"}, {"p", 2}}}, {"x", 1}};
  EXPECT_EQ(configuration_hash(a), configuration_hash(b));
  EXPECT_EQ(configuration_hash(a).size(), 16u);
  Json c = a;
  c["y"]["p"] = 2.0000001;
  EXPECT_NE(configuration_hash(a), configuration_hash(c));
  EXPECT_NE(configuration_hash({{"x", 1}}), configuration_hash({{"x", "1"}}));
  EXPECT_NE(configuration_hash({{"x", {1, 2}}}), configuration_hash({{"x", {2, 1}}}));
}

TEST(ConfigurationHash, IsTheSameInEveryVersion) {
  // A changed hash would make every stored run look like another experiment.
  EXPECT_EQ(configuration_hash({{"steps", 300}, {"optimizer", {{"lr", 0.001}}}}), "486288035c7574ea");
}

TEST(Schema, AFieldOfAListMayHaveAnotherWord) {
  Parameter list, file;
  file.path = "file";
  file.type = ParameterType::text;
  file.default_value = "";
  file.aliases = {"from"};
  list.path = "sources";
  list.type = ParameterType::list;
  list.default_value = Json::array();
  list.fields = {file};
  const Schema schema = {list};
  EXPECT_EQ(resolve(schema, Json::parse(R"({"sources": [{"from": "a"}, {"file": "b"}]})")), Json::parse(R"({"sources": [{"file": "a"}, {"file": "b"}]})"));
  EXPECT_THROW(resolve(schema, Json::parse(R"({"sources": [{"from": "a", "file": "b"}]})")), Error);
}

}  // namespace
}  // namespace geocyte::config
