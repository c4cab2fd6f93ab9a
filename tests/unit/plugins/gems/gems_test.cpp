// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/system.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "tests/conformance/small_run.h"

namespace geocyte::plugins::gems {
namespace {

using store::RunState;

SmallRun gems_run(int steps) { return SmallRun(spec_named("gems"), steps); }

double mean_of(const store::MemorySink::Series& series, std::size_t from, std::size_t count) {
  double sum = 0;
  for (std::size_t i = from; i < from + count; ++i) sum += series.at(i).second;
  return sum / static_cast<double>(count);
}

/// Only these terms are on, from the first step.
void only(SmallRun& run, const std::set<std::string>& wanted) {
  for (const TermSpec& spec : term_specs()) {
    const std::string prefix = "loss." + spec.id + ".";
    run.set(prefix + "enabled", wanted.contains(spec.id));
    run.set(prefix + "warmup_start", 0);
    run.set(prefix + "warmup_steps", 0);
  }
}

double measured(const train::Evaluation& evaluation, const std::string& metric, const std::string& method) {
  for (const auto& row : evaluation.rows)
    if (row.metric == metric && row.method == method) return row.value;
  return std::nan("");
}

TEST(Gems, LearnsWhatItMinimises) {
  auto run = gems_run(200);
  run.set("optimizer.lr", 0.003);
  only(run, {"vicreg", "domain_coral"});
  const auto outcome = run.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  EXPECT_LT(mean_of(run.losses(), 190, 10), 0.85 * mean_of(run.losses(), 0, 10));
}

TEST(Gems, CoralBringsTheSourcesTogether) {
  auto apart = gems_run(300), together = gems_run(300);
  SmallTissue tissue;
  tissue.cells = 240;
  tissue.platform_log_sd = 1.2;
  for (auto* run : {&apart, &together}) {
    run->inputs = small_inputs(tissue);
    run->how.evaluate = true;
    run->set("optimizer.lr", 0.003);
    run->set("batch_size", 96);
  }
  only(apart, {"vicreg"});
  only(together, {"vicreg", "domain_coral"});
  together.set("loss.domain_coral.weight", 50);
  const auto a = apart.run(), b = together.run();
  ASSERT_EQ(a.state, RunState::completed) << why(a);
  ASSERT_EQ(b.state, RunState::completed) << why(b);
  const char* metric = "align/max_standardised";
  EXPECT_LT(measured(*b.evaluation, metric, "model"), 0.6 * measured(*a.evaluation, metric, "model"));
  EXPECT_LT(measured(*b.evaluation, metric, "model"), 0.6 * measured(*b.evaluation, metric, "pca"));
}

TEST(Gems, OverfitsOneBatch) {
  auto run = gems_run(250);
  run.set("optimizer.lr", 0.003);
  run.set("optimizer.decay", "constant");
  run.set("encoder.dropout", 0.0);
  only(run, {"vicreg", "domain_coral"});
  auto system = std::make_unique<Gems>();
  system->freeze_batch();
  run.system = std::move(system);
  const auto outcome = run.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  const auto losses = run.sink.series("loss/vicreg");
  EXPECT_LT(losses.back().second, 0.4 * losses.front().second);
}

TEST(Gems, SaysWhyPatientCoralIsOff) {
  auto run = gems_run(3);
  run.inputs.sources.back().patient = "A";
  ASSERT_EQ(run.run().state, RunState::completed);
  const auto notes = run.sink.events("note");
  EXPECT_EQ(std::count_if(notes.begin(), notes.end(), [](const auto& note) { return note.details["text"].template get<std::string>().find("patient_coral is off") != std::string::npos; }), 1);
  EXPECT_TRUE(run.sink.series("loss/patient_coral").empty());
}

TEST(Gems, TheAxesSayWhatEveryCellIs) {
  auto run = gems_run(1);
  ASSERT_EQ(run.run().state, RunState::completed);
  const auto axes = run.sink.axes();
  ASSERT_EQ(axes.size(), 3u);
  const store::Axis& cell = axes[0];
  EXPECT_EQ(cell.size(), 60 + 45 + 75 + 30);
  EXPECT_EQ(cell.ids.front(), "A_ST1/cell0");
  for (const auto& label : cell.labels) EXPECT_EQ(label.codes.size(), cell.ids.size()) << label.name;
  const auto split = std::find_if(cell.labels.begin(), cell.labels.end(), [](const auto& label) { return label.name == "split"; });
  EXPECT_EQ(std::count(split->codes.begin(), split->codes.end(), 1), 12 + 9 + 15 + 6);
  ASSERT_EQ(cell.arrays.size(), 2u);
  const auto xy = cell.arrays[0].as<float>();
  EXPECT_TRUE(std::isfinite(xy[0]));
  EXPECT_TRUE(std::isnan(xy[2 * 200]));
  // The genes that a view colours by: as the model saw them, a finite number for each cell and gene.
  const NamedArray& expression = cell.arrays[1];
  EXPECT_EQ(expression.name, "expression");
  EXPECT_EQ(expression.axes, (std::vector<std::string>{"cell", "gene"}));
  EXPECT_EQ(expression.shape, (std::vector<std::int64_t>{210, 48}));
  for (const float value : expression.as<float>()) ASSERT_TRUE(std::isfinite(value) && value >= 0);
  EXPECT_EQ(axes[1].size(), 48);
  EXPECT_EQ(axes[2].ids, (std::vector<std::string>{"A_ST1", "A_ST2", "A_SC", "B_SC"}));
}

TEST(Gems, TheAdversaryStartsAtChance) {
  auto run = gems_run(10);
  ASSERT_EQ(run.run().state, RunState::completed);
  EXPECT_NEAR(run.sink.series("adversary/balanced_accuracy").front().second, 0.5, 0.3);
  EXPECT_NEAR(run.sink.series("loss/adversary").front().second, std::log(2.0), 0.35);
}

TEST(Gems, ALearningRateThatIsSetWhileRunningIsUsed) {
  auto run = gems_run(10);
  run.set("optimizer.decay", "constant");
  only(run, {"vicreg"});
  run.sink.on_poll([&, asked = false](std::int64_t) mutable -> std::vector<store::ControlRequest> {
    if (asked || run.losses().size() < 5) return {};
    asked = true;
    return {{"id-1", "", "set", "user", {{"path", "optimizer.lr"}, {"value", 0.0005}}}};
  });
  ASSERT_EQ(run.run().state, RunState::completed);
  const auto rate = run.sink.series("lr/encoder");
  EXPECT_DOUBLE_EQ(rate[4].second, 0.001);
  EXPECT_DOUBLE_EQ(rate[5].second, 0.0005);
}

struct BadInput {
  const char* name;
  std::function<void(SmallRun&)> spoil;
  ErrorCode code;
};

TEST(Gems, BadInputIsOneSentenceAndTheRightCode) {
  const std::vector<BadInput> cases = {
      {"one source", [](SmallRun& run) { run.inputs.sources.resize(1); }, ErrorCode::bad_data},
      {"no source", [](SmallRun& run) { run.inputs.sources.clear(); }, ErrorCode::bad_data},
      {"unknown modality", [](SmallRun& run) { run.inputs.sources[1].modality = "bulk"; }, ErrorCode::bad_data},
      {"tiny batch", [](SmallRun& run) { run.set("batch_size", 3); }, ErrorCode::bad_config},
      {"no loss", [](SmallRun& run) { only(run, {}); }, ErrorCode::bad_config},
      {"no shared gene", [](SmallRun& run) {
         auto changed = std::make_shared<data::Dataset>(*run.inputs.sources[2].dataset);
         for (auto& name : changed->var.index) name = "other_" + name;
         run.inputs.sources[2].dataset = changed;
       }, ErrorCode::bad_data},
  };
  for (const auto& one : cases) {
    auto run = gems_run(3);
    one.spoil(run);
    const auto outcome = run.run();
    EXPECT_EQ(outcome.state, RunState::failed) << one.name;
    ASSERT_TRUE(outcome.error) << one.name;
    EXPECT_EQ(outcome.error->code(), one.code) << one.name << ": " << outcome.error->what();
    EXPECT_FALSE(outcome.error->message().empty()) << one.name;
  }
}

TEST(Gems, RefusesACheckpointOfAnotherGenePanel) {
  auto first = gems_run(3), second = gems_run(6);
  ASSERT_EQ(first.run().state, RunState::completed);
  second.set("genes", 20);
  second.how.resume_from = first.checkpoint(3);
  const auto outcome = second.run();
  ASSERT_EQ(outcome.state, RunState::failed);
  EXPECT_EQ(outcome.error->code(), ErrorCode::bad_data);
  EXPECT_NE(outcome.error->message().find("gene panel"), std::string::npos) << outcome.error->message();
}

}  // namespace
}  // namespace geocyte::plugins::gems
