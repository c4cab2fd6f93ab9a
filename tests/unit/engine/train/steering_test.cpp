// SPDX-License-Identifier: GPL-3.0-or-later
// What a run can be asked for while it goes, and when it ends by itself: early stop, more steps, probes, alerts.
#include <filesystem>

#include <gtest/gtest.h>

#include "engine/train/alert_rules.h"
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
