// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/config/user_presets.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/config/presets.h"
#include "tests/support/temp_folder.h"

namespace geocyte::config {
namespace {

using test::expect_error;
using test::TempFolder;

std::vector<SystemSpec> own_systems() {
  Parameter steps;
  steps.path = "steps";
  steps.type = ParameterType::integer;
  steps.default_value = 1000;
  SystemSpec gems;
  gems.id = "gems";
  gems.title = "GEMS";
  gems.parameters = {steps};
  gems.presets = {describe_preset("demo", "title: A demo\nsteps: 500\n")};
  return {gems};
}

class UserPresets : public ::testing::Test {
 protected:
  UserPresets() { setenv("GEOCYTE_PRESETS", folder_.path().c_str(), 1); }
  ~UserPresets() override { unsetenv("GEOCYTE_PRESETS"); }
  TempFolder folder_;
};

TEST_F(UserPresets, ASavedOneIsListedAndTrainedByItsName) {
  const auto all = own_systems();
  save_user_preset(user_presets_folder(), "mine", "title: My own\nparent: gems/demo\nsteps: 70\n");
  const auto listed = user_presets(user_presets_folder());
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].id, "mine");
  EXPECT_EQ(listed[0].title, "My own");
  EXPECT_EQ(system_named_in(listed[0].yaml), "gems");
  const ResolvedRun run = resolve_run(all, "user/mine", {});
  EXPECT_EQ(run.preset, "user/mine");
  EXPECT_EQ(run.title, "My own");
  EXPECT_EQ(run.options, (Json{{"steps", 70}}));
}

TEST_F(UserPresets, OneMayBeTheParentOfAnother) {
  const auto all = own_systems();
  save_user_preset(folder_.path(), "a", "parent: gems/demo\nsteps: 70\n");
  save_user_preset(folder_.path(), "b", "parent: user/a\n");
  EXPECT_EQ(resolve_run(all, "user/b", {}).options, (Json{{"steps", 70}}));
}

TEST_F(UserPresets, ANearMissIsNamedAndABadFileHidesNoOther) {
  const auto all = own_systems();
  save_user_preset(folder_.path(), "mine", "parent: gems/demo\n");
  folder_.write("broken.yaml", "steps: [1,\n");
  folder_.write("notes.txt", "no preset");
  EXPECT_EQ(user_presets(folder_.path()).size(), 1u);
  expect_error(ErrorCode::bad_config, {"you have no preset mien", "user/mine"}, [&] { resolve_run(all, "user/mien", {}); });
}

TEST_F(UserPresets, ANameThatLeavesTheFolderIsRefused) {
  for (const char* name : {"", "../up", ".hidden", "a/b", "-x"})
    expect_error(ErrorCode::bad_config, {"cannot be the name"}, [&] { save_user_preset(folder_.path(), name, ""); });
  EXPECT_TRUE(is_user_preset_name("Breast-5.2_a"));
}

TEST_F(UserPresets, ATextIsResolvedLikeAFileAndTellsItsParent) {
  const auto all = own_systems();
  const ResolvedRun run = resolve_text(all, "system: gems\nparent: demo\nsteps: 9\n", "the YAML tab");
  EXPECT_EQ(run.preset, "gems/demo");
  EXPECT_EQ(run.options, (Json{{"steps", 9}}));
  EXPECT_EQ(resolve_text(all, "system: gems\n", "text").preset, "");
  expect_error(ErrorCode::bad_config, {"unknown parameter stps", "steps", "text"}, [&] { resolve_text(all, "system: gems\nstps: 3\n", "text"); });
  expect_error(ErrorCode::bad_config, {"does not say which system"}, [&] { resolve_text(all, "steps: 3\n", "text"); });
}

}  // namespace
}  // namespace geocyte::config
