// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/inspect_apart.h"

#include <fstream>

#include "engine/inspect/inspect_file.h"
#include "tests/unit/engine/inspect/temporary_folder.h"

namespace geocyte::inspect {
namespace {

/// A program in the place of the engine that does what `script` says.
class InspectApart : public FolderTest {
 protected:
  std::string engine(const std::string& script) const {
    const std::string program = path("engine");
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return program;
  }
  void SetUp() override { std::ofstream(path("file.h5ad")) << "seven!!"; }
  FileInspection look(const std::string& script, double seconds = 20) const { return inspect_apart(engine(script), path("file.h5ad"), seconds); }
};

TEST_F(InspectApart, what_the_child_prints_comes_back) {
  FileInspection wanted;
  wanted.path = path("file.h5ad");
  wanted.kind = "AnnData";
  wanted.cells = 12;
  wanted.labels = "cell_type";
  wanted.obs = {{"batch", "categorical", 2, {"a", "b"}}};
  wanted.problems = {"One."};
  wanted.trainable = true;
  std::ofstream(path("said.json")) << Json::array({to_json(wanted)});
  const auto found = look("cat '" + path("said.json") + "'");
  EXPECT_EQ(to_json(found), to_json(wanted));
}

TEST_F(InspectApart, a_crash_is_a_problem_of_the_file) {
  const auto found = look("kill -SEGV $$");
  EXPECT_FALSE(found.trainable);
  EXPECT_EQ(found.bytes, 7);
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_NE(found.problems[0].find("crashed"), std::string::npos);
}

TEST_F(InspectApart, a_child_that_does_not_end_is_ended) {
  const auto found = look("exec sleep 60", 0.2);
  EXPECT_FALSE(found.trainable);
  EXPECT_EQ(found.problems.size(), 1u);
}

TEST_F(InspectApart, an_error_of_the_child_is_an_error_here) {
  EXPECT_SENTENCE(look(R"(echo '{"error": {"code": "bad_data", "what": "no such file", "hint": ""}}'; exit 3)"), ErrorCode::bad_data, "no such file");
}

TEST_F(InspectApart, nonsense_is_a_problem) { EXPECT_EQ(look("echo hello").problems.size(), 1u); }

}  // namespace
}  // namespace geocyte::inspect
