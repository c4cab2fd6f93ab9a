// SPDX-License-Identifier: GPL-3.0-or-later
// What a run can be asked for while it goes, and when it ends by itself: early stop, more steps, probes, alerts.
#include <filesystem>

#include <gtest/gtest.h>

#include "engine/core/atomic_file.h"
#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/contract/run_evaluation.h"
#include "engine/train/alert_rules.h"
#include "engine/train/artifacts.h"
#include "tests/unit/engine/train/toy_run.h"

namespace geocyte::train {
namespace {

/// The toy has no parameter of these names unless a test adds them.
void declare(ToyRun& toy, const std::string& path, config::ParameterType type, Json value) {
  toy.spec.parameters.push_back(toy_parameter(path, type, value, true));
  toy.set(path, std::move(value));
}

std::string why(const RunOutcome& outcome) { return outcome.error ? outcome.error->what() : ""; }

TEST(EarlyStop, EndsAfterSoManyValidationsWithoutABetterOne) {
  ToyRun toy;
  toy.set("steps", 400);
  toy.set("lr", 0.2);                            // overshoots and then wanders around the target
  toy.set("validate.every", 2);
  declare(toy, "early_stop.patience", config::ParameterType::integer, 3);
  const RunOutcome outcome = toy.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  ASSERT_TRUE(outcome.best);
  EXPECT_LT(outcome.step, 400);
  // Exactly three validations after the best one, and none of them better.
  EXPECT_EQ(outcome.step, outcome.best->step + 3 * 2);
  for (const auto& [step, value] : toy.sink.series("val/total")) {
    if (step == outcome.best->step) EXPECT_EQ(value, outcome.best->value);
    else EXPECT_GE(value, outcome.best->value) << step;
  }
  bool said = false;
  for (const auto& event : toy.sink.events("stage")) said = said || event.details.value("what", "") == "ends early";
  EXPECT_TRUE(said);
  EXPECT_TRUE(std::filesystem::exists(toy.checkpoint(outcome.best->step))) << "the best step is kept";
}

void overshoot_and_end_on_best(ToyRun& toy) {
  toy.set("steps", 61);
  toy.set("lr", 0.2);
  toy.set("validate.every", 2);
  toy.set("checkpoint.every", 0);
  declare(toy, "best.end", config::ParameterType::boolean, true);
}

std::string weights_at_the_end(ToyRun& toy) { return read_file(toy.sink.folder("artifacts/toy") + "/weights.safetensors"); }

TEST(EndOnBest, ShowsJudgesAndExportsTheBestStepAndGoesOnFromTheLast) {
  ToyRun toy;
  overshoot_and_end_on_best(toy);
  const RunOutcome outcome = toy.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  ASSERT_TRUE(outcome.best);
  ASSERT_LT(outcome.best->step, 61);
  EXPECT_EQ(outcome.step, 61);
  EXPECT_EQ(outcome.last_checkpoint, 61);
  const std::string best = toy.checkpoint(outcome.best->step);
  EXPECT_EQ(weights_at_the_end(toy), read_file(best + "/artifacts/toy/weights.safetensors"));
  EXPECT_NE(weights_at_the_end(toy), read_file(toy.checkpoint(61) + "/artifacts/toy/weights.safetensors"));
  EXPECT_EQ(read_artifact(toy.sink.folder("artifacts/toy")).step, outcome.best->step);
  const Json evaluation = Json::parse(read_file(store::run_evaluation(toy.sink.folder("evaluation"))->string()));
  EXPECT_EQ(evaluation["step"], outcome.best->step);
  EXPECT_EQ(evaluation[store::kAtEndOf], 61);
  // What the last snapshot shows are these weights.
  const store::Snapshot last = toy.sink.snapshots().back();
  ASSERT_EQ(last.step, 61);
  EXPECT_EQ(last.attributes.value(store::kWeightsOf, std::int64_t{-1}), outcome.best->step);
  const NamedTensors of_best = read_artifact(toy.sink.folder("artifacts/toy")).artifact.tensors;
  EXPECT_EQ(last.find("weight")->as<float>()[0], of_best.front().second[0].item<float>());
  // Going on is as if nobody had ended on anything.
  ToyRun plain, more;
  overshoot_and_end_on_best(plain);
  plain.set("best.end", false);
  plain.set("steps", 80);
  ASSERT_EQ(plain.run().state, RunState::completed);
  overshoot_and_end_on_best(more);
  more.set("steps", 80);
  more.how.resume_from = toy.checkpoint(61);
  ASSERT_EQ(more.run().state, RunState::completed);
  EXPECT_EQ(read_file(more.checkpoint(80) + "/model.safetensors"), read_file(plain.checkpoint(80) + "/model.safetensors"));
}

TEST(EndOnBest, ADamagedBestCheckpointLeavesTheLastStepAndSaysSo) {
  ToyRun toy;
  overshoot_and_end_on_best(toy);
  toy.system.on_step = [&](std::int64_t number) {
    if (number != 61) return;
    for (const std::int64_t step : store::checkpoint_steps(toy.sink.folder("checkpoints"))) std::filesystem::resize_file(toy.checkpoint(step) + "/model.safetensors", 8);
  };
  ASSERT_EQ(toy.run().state, RunState::completed);
  EXPECT_EQ(weights_at_the_end(toy), read_file(toy.checkpoint(61) + "/artifacts/toy/weights.safetensors"));
  bool said = false;
  for (const auto& event : toy.sink.events("note")) said = said || event.details.value("text", "").find("cannot be read") != std::string::npos;
  EXPECT_TRUE(said);
}

TEST(EndOnBest, ANextStageBuildsOnTheBestStepOfTheOneBefore) {
  // The toy makes its weights anew in begin(); what it holds when a stage begins is what it would have built on.
  ToyRun toy;
  overshoot_and_end_on_best(toy);
  toy.system.stages_wanted = 2;
  std::string built_on;
  toy.system.on_begin = [&](const std::string& stage, const std::string& weights) {
    if (stage == "fit1") built_on = weights;
  };
  std::string best;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 62) best = read_file(toy.checkpoint(toy.sink.statuses().back().best->step) + "/model.safetensors");
  };
  ASSERT_EQ(toy.run().state, RunState::completed);
  ASSERT_FALSE(best.empty());
  EXPECT_NE(best.find(built_on), std::string::npos) << "the bytes of the weights";
}

TEST(EarlyStop, ZeroTrainsToTheLastStep) {
  ToyRun toy;
  toy.set("steps", 60);
  toy.set("lr", 0.2);
  toy.set("validate.every", 2);
  declare(toy, "early_stop.patience", config::ParameterType::integer, 0);
  EXPECT_EQ(toy.run().step, 60);
}

TEST(EarlyStop, AResumedRunRemembersItsPatience) {
  const auto prepare = [](ToyRun& toy) {
    toy.set("steps", 400);
    toy.set("lr", 0.2);
    toy.set("validate.every", 2);
    declare(toy, "early_stop.patience", config::ParameterType::integer, 4);
  };
  ToyRun whole, first, second;
  for (ToyRun* toy : {&whole, &first, &second}) prepare(*toy);
  const RunOutcome uninterrupted = whole.run();
  const std::int64_t stop_at = uninterrupted.best->step + 5;
  first.system.on_step = [&](std::int64_t number) {
    if (number == stop_at) first.sink.request(request("stop"));
  };
  ASSERT_EQ(first.run().state, RunState::stopped);
  second.how.resume_from = first.checkpoint(stop_at);
  EXPECT_EQ(second.run().step, uninterrupted.step);
}

TEST(BestRule, AMetricThatIsNotComputedIsOneSentence) {
  ToyRun toy;
  toy.set("validate.every", 2);
  declare(toy, "best.metric", config::ParameterType::text, "val/other");
  const RunOutcome outcome = toy.run();
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code(), ErrorCode::bad_config);
  EXPECT_NE(std::string(outcome.error->what()).find("val/total"), std::string::npos);
}

TEST(Extend, AddsStepsToARunningRun) {
  ToyRun toy;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 10) toy.sink.request(request("extend", {{"steps", 7}}));
  };
  const RunOutcome outcome = toy.run();
  EXPECT_EQ(outcome.state, RunState::completed) << why(outcome);
  EXPECT_EQ(outcome.step, 47);
  EXPECT_EQ(toy.sink.status().total_steps, 47);
  ASSERT_EQ(toy.sink.events("change").size(), 1u);
}

TEST(Extend, IsHeardDuringTheLastStep) {
  ToyRun toy;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 40) toy.sink.request(request("extend", {{"steps", 5}}));
  };
  EXPECT_EQ(toy.run().step, 45);
}

TEST(Extend, ACompletedRunGoesOnAndARunThatWasExtendedResumes) {
  ToyRun first, second, third;
  ASSERT_EQ(first.run().step, 40);
  second.how.resume_from = first.checkpoint(40);
  second.how.extend = 20;
  second.system.on_step = [&](std::int64_t number) {
    if (number == 50) second.sink.request(request("stop"));
  };
  const RunOutcome stopped = second.run();
  ASSERT_EQ(stopped.state, RunState::stopped) << why(stopped);
  third.how.resume_from = second.checkpoint(50);
  const RunOutcome outcome = third.run();
  EXPECT_EQ(outcome.state, RunState::completed) << why(outcome);
  EXPECT_EQ(outcome.step, 60) << "the steps that were added are in the checkpoint";
}

TEST(Extend, WhatItCannotAddIsRefused) {
  for (const Json& args : {Json{{"steps", 0}}, Json{{"steps", -3}}, Json{{"steps", "many"}}, Json::object()}) {
    ToyRun toy;
    toy.system.on_step = [&](std::int64_t number) {
      if (number == 3) toy.sink.request(request("extend", args));
    };
    EXPECT_EQ(toy.run().step, 40) << args;
    ASSERT_EQ(toy.sink.answers().size(), 1u);
    EXPECT_FALSE(toy.sink.answers()[0].done) << args;
  }
}

TEST(StopAtStageEnd, FinishesTheStageOnly) {
  ToyRun toy;
  toy.system.stages_wanted = 2;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 5) toy.sink.request(request("stop_at_stage_end"));
  };
  const RunOutcome outcome = toy.run();
  EXPECT_EQ(outcome.state, RunState::stopped);
  EXPECT_EQ(outcome.step, 40);
}

TEST(Probe, IsAnsweredWithArraysAndChangesNothing) {
  ToyRun asked, alone;
  asked.system.on_step = [&](std::int64_t number) {
    if (number == 9) asked.sink.request(request("probe", {{"rows", 0}}));
  };
  ASSERT_EQ(asked.run().state, RunState::completed);
  ASSERT_EQ(alone.run().state, RunState::completed);
  ASSERT_EQ(asked.sink.probes().size(), 1u);
  const store::Snapshot answer = asked.sink.probes().at("id-probe");
  EXPECT_EQ(answer.step, 9);
  EXPECT_NE(answer.find("weight"), nullptr);
  EXPECT_TRUE(asked.sink.answers().at(0).done);
  EXPECT_EQ(asked.losses(), alone.losses());
}

TEST(Probe, AnUnknownArgumentIsRefusedWithTheNearestName) {
  ToyRun toy;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 9) toy.sink.request(request("probe", {{"row", 0}}));
  };
  ASSERT_EQ(toy.run().state, RunState::completed);
  EXPECT_TRUE(toy.sink.probes().empty());
  ASSERT_EQ(toy.sink.answers().size(), 1u);
  EXPECT_FALSE(toy.sink.answers()[0].done);
  EXPECT_NE(toy.sink.answers()[0].text.find("row"), std::string::npos) << toy.sink.answers()[0].text;
}

Json rule(const std::string& metric, const std::string& when, double value, int times = 1) {
  return {{"id", metric + when}, {"metric", metric}, {"when", when}, {"value", value}, {"times", times}};
}

Json rules_of(const std::vector<Json>& rules) { return {{"rules", Json(rules)}}; }

TEST(AlertRules, BeginAfterSoManyValuesAndEndWithTheFirstThatIsFine) {
  AlertRules rules;
  rules.set(alert_rules_from(rules_of({rule("a", "above", 2, 3)})));
  const auto look = [&](double value) { return rules.look({{"a", value}, {"b", 100}}); };
  EXPECT_TRUE(look(3).empty());
  EXPECT_TRUE(look(3).empty());
  const auto begins = look(5);
  ASSERT_EQ(begins.size(), 1u);
  EXPECT_EQ(begins[0]["state"], "raised");
  EXPECT_EQ(begins[0]["evidence"], "a is 5.");
  EXPECT_EQ(begins[0]["headline"], "a is above 2.");
  EXPECT_TRUE(look(9).empty()) << "an alert that is on is not said again";
  ASSERT_EQ(look(2).size(), 1u) << "2 is not above 2";
  EXPECT_TRUE(look(3).empty()) << "it counts anew";
}

TEST(AlertRules, NotANumberIsSeenByItsOwnConditionOnly) {
  AlertRules rules;
  rules.set(alert_rules_from(rules_of({rule("a", "above", 2), rule("a", "below", 2), Json{{"id", "n"}, {"metric", "a"}, {"when", "not_finite"}}})));
  const auto events = rules.look({{"a", std::numeric_limits<double>::quiet_NaN()}});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]["id"], "n");
}

TEST(AlertRules, WhatCannotBeUnderstoodIsRefused) {
  for (const Json& args : {Json(), Json{{"rules", 1}}, rules_of({Json(1)}), rules_of({Json{{"id", "x"}}}), rules_of({rule("a", "near", 1)}),
                           rules_of({rule("a", "above", 1, 0)}), rules_of({rule("a", "above", 1), rule("a", "above", 2)}),
                           rules_of({Json{{"id", "x"}, {"metric", "a"}, {"when", "above"}}})})
    EXPECT_THROW(alert_rules_from(args), Error) << args;
}

TEST(AlertRules, AreSetWhileTrainingWriteEventsAndSurviveAResume) {
  ToyRun first, second;
  first.system.on_step = [&](std::int64_t number) {
    if (number == 5) first.sink.request(request("alert_rules", rules_of({rule("lr/toy", "above", 0.001)})));
    if (number == 20) first.sink.request(request("stop"));
  };
  first.run();
  ASSERT_EQ(first.sink.events("alert").size(), 1u);
  EXPECT_EQ(first.sink.events("alert")[0].step, 6) << "the request is looked at after step 5";
  second.how.resume_from = first.checkpoint(20);
  second.run();
  ASSERT_EQ(second.sink.events("alert").size(), 1u);
  EXPECT_EQ(second.sink.events("alert")[0].step, 21);
}

}  // namespace
}  // namespace geocyte::train
