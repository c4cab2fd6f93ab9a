// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/config/presets.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace geocyte::config {
namespace {

using test::expect_error;
using test::TempFolder;

Parameter integer(std::string path, int value) {
  Parameter parameter;
  parameter.path = std::move(path);
  parameter.type = ParameterType::integer;
  parameter.default_value = value;
  return parameter;
}

std::vector<SystemSpec> systems() {
  SystemSpec gems;
  gems.id = "gems";
  gems.title = "GEMS";
  gems.parameters = {integer("steps", 1000), integer("genes", 2000), integer("optimizer.warmup", 10)};
  gems.presets = {describe_preset("base", "title: The base\nsummary: Everything.\nsteps: 500\noptimizer: {warmup: 5}\n"),
                  describe_preset("demo", "title: A demo\nparent: base\ngenes: 100\n"),
                  describe_preset("circle_a", "parent: circle_b\n"), describe_preset("circle_b", "parent: gems/circle_a\n"),
                  describe_preset("wrong", "setps: 3\n")};
  SystemSpec other;
  other.id = "st_edm";
  other.title = "ST-EDM";
  other.parameters = {integer("epochs", 3)};
  other.presets = {describe_preset("demo", "epochs: 4\n")};
  return {gems, other};
}

TEST(Presets, TitleAndSummaryAreReadOutOfTheText) {
  const PresetSpec preset = describe_preset("demo", "title: A demo\nsummary: Quick.\nsteps: 3\n");
  EXPECT_EQ(preset.id, "demo");
  EXPECT_EQ(preset.title, "A demo");
  EXPECT_EQ(preset.summary, "Quick.");
  EXPECT_EQ(describe_preset("bare", "steps: 3").title, "bare");
}

TEST(Presets, InheritFromTheirParentAndAssignmentsComeLast) {
  const auto all = systems();
  const ResolvedRun run = resolve_run(all, "gems/demo", {"steps=7"});
  EXPECT_EQ(run.system->id, "gems");
  EXPECT_EQ(run.preset, "gems/demo");
  EXPECT_EQ(run.title, "A demo");
  EXPECT_EQ(run.options, (Json{{"steps", 7}, {"genes", 100}, {"optimizer", {{"warmup", 5}}}}));
}

TEST(Presets, ASystemAloneMeansItsDefaults) {
  const auto all = systems();
  const ResolvedRun run = resolve_run(all, "gems", {});
  EXPECT_EQ(run.options, defaults(all[0].parameters));
  EXPECT_EQ(run.preset, "");
  EXPECT_EQ(run.title, "GEMS");
}

TEST(Presets, NearMissesAreNamed) {
  const auto all = systems();
  expect_error(ErrorCode::bad_config, {"no preset demmo", "Did you mean gems/demo?"}, [&] { resolve_run(all, "gems/demmo", {}); });
  expect_error(ErrorCode::bad_config, {"no system gms", "Did you mean gems?"}, [&] { resolve_run(all, "gms/demo", {}); });
  expect_error(ErrorCode::bad_config, {"unknown parameter setps", "Did you mean steps?", "gems/wrong"},
               [&] { resolve_run(all, "gems/wrong", {}); });
  expect_error(ErrorCode::bad_config, {"unknown parameter stps", "steps"}, [&] { resolve_run(all, "gems/demo", {"stps=3"}); });
  expect_error(ErrorCode::usage, {"no preset is named", "gems/base"}, [&] { resolve_run(all, "", {}); });
}

TEST(Presets, AParentCircleIsToldStepByStep) {
  const auto all = systems();
  expect_error(ErrorCode::bad_config, {"gems/circle_a -> gems/circle_b -> gems/circle_a"},
               [&] { resolve_run(all, "gems/circle_a", {}); });
}

TEST(UserFile, NamesASystemOrAParent) {
  const auto all = systems();
  const TempFolder folder;
  const auto with_parent = folder.write("mine.yaml", "title: Mine\nparent: gems/demo\ngenes: 50\n");
  const ResolvedRun run = resolve_run(all, with_parent.string(), {"optimizer.warmup=1"});
  EXPECT_EQ(run.options, (Json{{"steps", 500}, {"genes", 50}, {"optimizer", {{"warmup", 1}}}}));
  EXPECT_EQ(run.title, "Mine");
  EXPECT_EQ(run.preset, "");
  const auto with_system = folder.write("other.yml", "system: st_edm\nepochs: 9\n");
  EXPECT_EQ(resolve_run(all, with_system.string(), {}).options, (Json{{"epochs", 9}}));
}

TEST(UserFile, MayInheritFromAFileBesideIt) {
  const auto all = systems();
  const TempFolder folder;
  folder.write("lab/base.yaml", "system: gems\nsteps: 11\n");
  const auto child = folder.write("lab/child.yaml", "parent: base.yaml\ngenes: 12\n");
  const ResolvedRun run = resolve_run(all, child.string(), {});
  EXPECT_EQ(run.options["steps"], 11);
  EXPECT_EQ(run.options["genes"], 12);
}

TEST(UserFile, FaultsAreOneSentence) {
  const auto all = systems();
  const TempFolder folder;
  expect_error(ErrorCode::bad_config, {"cannot read", "none.yaml"}, [&] { resolve_run(all, folder / "none.yaml", {}); });
  expect_error(ErrorCode::bad_config, {"does not say which system"},
               [&] { resolve_run(all, folder.write("a.yaml", "steps: 3\n"), {}); });
  expect_error(ErrorCode::bad_config, {"mixes the systems"},
               [&] { resolve_run(all, folder.write("b.yaml", "system: st_edm\nparent: gems/demo\n"), {}); });
  expect_error(ErrorCode::bad_config, {"holds no parameters"}, [&] { resolve_run(all, folder.write("c.yaml", "[1, 2]\n"), {}); });
  expect_error(ErrorCode::bad_config, {"\"title\" must be text"},
               [&] { resolve_run(all, folder.write("d.yaml", "system: gems\ntitle: [1]\n"), {}); });
  expect_error(ErrorCode::bad_config, {"self.yaml -> "},
               [&] { resolve_run(all, folder.write("self.yaml", "system: gems\nparent: self.yaml\n"), {}); });
}

}  // namespace
}  // namespace geocyte::config
