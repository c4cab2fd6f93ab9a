// SPDX-License-Identifier: GPL-3.0-or-later
// A run directory of its own for each test, and small things to put into it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/store/run_reader.h"
#include "engine/store/run_writer.h"

namespace geocyte::store {

class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/runs-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    runs_ = pattern;
    run_ = runs_ / "20261121-141530-gems-test-7f3a";
  }
  void TearDown() override { std::filesystem::remove_all(runs_); }

  static RunStart start() {
    RunStart start;
    start.id = "20261121-141530-gems-test-7f3a";
    start.system = "gems";
    start.preset = "gems/demo";
    start.name = "test";
    start.seed = 7;
    start.command_line = {"geocyte-engine", "train"};
    start.config_yaml = "steps: 10\n";
    start.about = {{"device", "cpu"}, {"data", {{{"path", "a.h5ad"}, {"bytes", 12}}}}};
    return start;
  }
  std::unique_ptr<RunWriter> create(const RunWriterOptions& options = {}) { return RunWriter::create(run_, start(), options); }

  static Status running(std::int64_t step, std::int64_t total = 1000) {
    Status status;
    status.state = RunState::running;
    status.stage = "encode";
    status.step = step;
    status.total_steps = total;
    return status;
  }
  static Snapshot snapshot(std::int64_t step, const std::string& part = {}, std::int64_t rows = 4) {
    const std::vector<float> values(static_cast<std::size_t>(rows * 2), static_cast<float>(step));
    Snapshot made;
    made.step = step;
    made.stage = "encode";
    made.part = part;
    made.arrays.push_back(make_array<float>(part.empty() ? "embedding" : "embedding/" + part, values, {rows, 2}, {"cell", "latent"}, "points", "raw"));
    return made;
  }
  static Axis cells(std::vector<std::string> ids = {"c1", "c2", "c3", "c4"}) {
    Axis axis;
    axis.name = "cell";
    axis.ids = std::move(ids);
    axis.labels.push_back({"source", std::vector<std::int32_t>(axis.ids.size(), 0), {"P2_SC"}});
    const std::vector<double> xy(axis.ids.size() * 2, 1.5);
    axis.arrays.push_back(make_array<double>("coordinates", xy, {axis.size(), 2}, {"cell", "xy"}, "points"));
    return axis;
  }

  static void write(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
  std::vector<RunEvent> events(const std::string& kind = {}) const {
    std::vector<RunEvent> chosen;
    for (RunEvent& event : RunReader(run_).poll_events())
      if (kind.empty() || event.kind == kind) chosen.push_back(std::move(event));
    return chosen;
  }
  /// The one event file of the run.
  std::filesystem::path event_file() const {
    for (const auto& entry : std::filesystem::directory_iterator(run_))
      if (entry.path().filename().string().find("tfevents") != std::string::npos) return entry.path();
    return {};
  }

  std::filesystem::path runs_, run_;
};

}  // namespace geocyte::store
