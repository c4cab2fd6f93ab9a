// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>

#include <gtest/gtest.h>

#include "engine/core/atomic_file.h"
#include "tests/unit/engine/train/toy_run.h"

namespace geocyte::train {
namespace {

TEST(Trainer, RunsEveryStepOfEveryStageAndSaysCompleted) {
  ToyRun toy;
  toy.system.stages_wanted = 2;
  const RunOutcome outcome = toy.run();
  EXPECT_EQ(outcome.state, RunState::completed) << (outcome.error ? outcome.error->what() : "");
  EXPECT_EQ(outcome.step, 80);
  EXPECT_EQ(outcome.exit_code(), 0);
  EXPECT_EQ(toy.losses().size(), 80u);
  EXPECT_EQ(toy.losses().front().first, 1);
  EXPECT_EQ(toy.losses().back().first, 80);
  EXPECT_EQ(toy.sink.status().state, RunState::completed);
  EXPECT_EQ(toy.sink.status().step, 80);
  EXPECT_EQ(toy.sink.status().total_steps, 80);
  EXPECT_EQ(toy.sink.axes().size(), 1u);
  for (const char* tag : {"loss/square", "weighted/square", "grad/norm", "grad/toy_norm", "lr/toy", "time/step_ms"})
    EXPECT_EQ(toy.sink.series(tag).size(), 80u) << tag;
}

TEST(Trainer, TheLossFalls) {
  ToyRun toy;
  toy.set("steps", 300);
  toy.set("lr", 0.05);
  toy.run();
  const auto losses = toy.losses();
  EXPECT_LT(losses.back().second, 0.3 * losses.front().second);
}

TEST(Trainer, LookingAtARunChangesNothing) {
  ToyRun looked_at, alone;
  looked_at.set("validate.every", 3);
  looked_at.set("checkpoint.every", 7);
  alone.how.probes = false;
  EXPECT_EQ(looked_at.run().state, RunState::completed);
  EXPECT_EQ(alone.run().state, RunState::completed);
  EXPECT_GT(looked_at.system.observed, 5);
  EXPECT_EQ(looked_at.system.validated, 13);
  EXPECT_EQ(alone.system.observed, 0);
  EXPECT_EQ(looked_at.losses(), alone.losses());
}

TEST(Trainer, TheSameSeedGivesTheSameRun) {
  ToyRun a, b;
  a.run();
  b.run();
  EXPECT_EQ(a.losses(), b.losses());
}

TEST(Trainer, StopEndsBeforeTheNextStepAndWritesACheckpoint) {
  ToyRun toy;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 13) toy.sink.request(request("stop"));
  };
  const RunOutcome outcome = toy.run();
  EXPECT_EQ(outcome.state, RunState::stopped);
  EXPECT_EQ(outcome.step, 13);
  EXPECT_EQ(outcome.exit_code(), 0);
  EXPECT_EQ(outcome.last_checkpoint, 13);
  EXPECT_TRUE(std::filesystem::exists(toy.checkpoint(13)));
  EXPECT_EQ(toy.sink.status().state, RunState::stopped);
  ASSERT_EQ(toy.sink.answers().size(), 1u);
  EXPECT_TRUE(toy.sink.answers()[0].done);
  EXPECT_EQ(toy.sink.answers()[0].step, 13);
}

TEST(Trainer, ASignalStopsWithACheckpointAndItsOwnExitCode) {
  ToyRun toy;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 5) toy.stop.request_stop();
  };
  const RunOutcome outcome = toy.run();
  EXPECT_EQ(outcome.state, RunState::stopped);
  EXPECT_EQ(outcome.step, 5);
  EXPECT_EQ(outcome.exit_code(), 130);
  EXPECT_TRUE(std::filesystem::exists(toy.checkpoint(5)));
}

TEST(Trainer, DiscardEndsWithoutACheckpoint) {
  ToyRun toy;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 5) toy.sink.request(request("discard"));
  };
  EXPECT_EQ(toy.run().state, RunState::discarded);
  EXPECT_FALSE(std::filesystem::exists(toy.checkpoint(5)));
}

TEST(Trainer, PauseHoldsWithinOneStepUntilUnpause) {
  ToyRun toy;
  ToyRun reference;
  std::int64_t paused_at = -1;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 8) toy.sink.request(request("pause"));
    if (number == 9) {
      EXPECT_GE(paused_at, 3) << "step 9 came before the run was asked to go on";
    }
  };
  toy.sink.on_poll([&](std::int64_t) -> std::vector<ControlRequest> {
    if (toy.sink.status().state != RunState::paused) return {};
    if (++paused_at < 3) return {};
    return {request("unpause")};
  });
  EXPECT_EQ(toy.run().state, RunState::completed);
  reference.run();
  EXPECT_EQ(toy.losses(), reference.losses());
  const auto answers = toy.sink.answers();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].step, 8);
  EXPECT_EQ(answers[1].step, 8);
}

TEST(Trainer, WhoPausesDuringValidationIsAnsweredBeforeTheCheckpointAndTheRestAfterIt) {
  ToyRun toy, reference;
  for (ToyRun* run : {&toy, &reference}) run->set("validate.every", 4);
  toy.system.on_validate = [&] {
    if (toy.system.validated != 1) return;
    toy.sink.request(request("checkpoint"));
    toy.sink.request(request("pause"));
  };
  std::size_t answered_at_checkpoint = 0;
  toy.system.on_save = [&] { answered_at_checkpoint = std::max(answered_at_checkpoint, toy.sink.answers().size()); };
  bool asked = false;
  toy.sink.on_poll([&](std::int64_t) -> std::vector<ControlRequest> {
    if (asked || toy.sink.status().state != RunState::paused) return {};
    asked = true;
    return {request("unpause")};
  });
  EXPECT_EQ(toy.run().state, RunState::completed);
  const auto answers = toy.sink.answers();
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].request.command, "pause");
  EXPECT_EQ(answers[1].request.command, "checkpoint");
  EXPECT_TRUE(answers[1].done);
  EXPECT_EQ(answers[0].step, 4);
  EXPECT_EQ(answers[1].step, 4);
  EXPECT_GE(answered_at_checkpoint, 1u) << "the first validation is the best so far, and its checkpoint was saved before the pause was answered";
  reference.run();
  EXPECT_EQ(toy.losses(), reference.losses());
}

TEST(Trainer, StopIsHonouredWhilePaused) {
  ToyRun toy;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 3) toy.sink.request(request("pause"));
  };
  toy.sink.on_poll([&](std::int64_t) -> std::vector<ControlRequest> {
    if (toy.sink.status().state == RunState::paused) return {request("stop")};
    return {};
  });
  EXPECT_EQ(toy.run().step, 3);
  EXPECT_EQ(toy.sink.status().state, RunState::stopped);
}

TEST(Trainer, StopAtStageEndFinishesTheStageAndResumesWithTheNext) {
  ToyRun toy;
  toy.system.stages_wanted = 2;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 3) toy.sink.request(request("stop_at_stage_end"));
  };
  EXPECT_EQ(toy.run().step, 40);
  EXPECT_EQ(toy.sink.status().state, RunState::stopped);
  ToyRun rest;
  rest.system.stages_wanted = 2;
  rest.how.resume_from = toy.checkpoint(40);
  const RunOutcome outcome = rest.run();
  EXPECT_EQ(outcome.state, RunState::completed) << (outcome.error ? outcome.error->what() : "");
  EXPECT_EQ(outcome.step, 80);
  EXPECT_EQ(rest.losses().front().first, 41);
}

TEST(Trainer, SetChangesALiveParameterBeforeTheNextStep) {
  ToyRun toy;
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 10) toy.sink.request(request("set", {{"path", "lr"}, {"value", 0.5}}));
  };
  toy.run();
  const auto rate = toy.sink.series("lr/toy");
  EXPECT_DOUBLE_EQ(rate[9].second, 0.01);
  EXPECT_DOUBLE_EQ(rate[10].second, 0.5);
  const auto changes = toy.sink.events("change");
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].step, 10);
  EXPECT_EQ(changes[0].details["old"], 0.01);
  EXPECT_EQ(changes[0].details["new"], 0.5);
}

TEST(Trainer, SetRefusesWithAReason) {
  const std::vector<std::pair<Json, std::string>> cases = {
      {{{"path", "steps"}, {"value", 5}}, "fixed"},
      {{{"path", "lt"}, {"value", 5}}, "did you mean 'lr'"},
      {{{"path", "lr"}, {"value", -1}}, "lr"},
      {{{"path", "lr"}, {"value", "fast"}}, "lr"},
      {{{"path", "lr"}}, "path"},
  };
  for (const auto& [args, reason] : cases) {
    ToyRun toy;
    toy.system.on_step = [&, &args = args](std::int64_t number) {
      if (number == 10) toy.sink.request(request("set", args));
    };
    toy.run();
    ASSERT_EQ(toy.sink.answers().size(), 1u) << args;
    EXPECT_FALSE(toy.sink.answers()[0].done) << args;
    EXPECT_NE(toy.sink.answers()[0].text.find(reason), std::string::npos) << toy.sink.answers()[0].text;
    EXPECT_TRUE(toy.system.applied.empty()) << args;
  }
}

TEST(Trainer, AnUnknownCommandIsRefused) {
  ToyRun toy;
  toy.sink.request(request("dance"));
  EXPECT_EQ(toy.run().state, RunState::completed);
  ASSERT_EQ(toy.sink.answers().size(), 1u);
  EXPECT_FALSE(toy.sink.answers()[0].done);
}

TEST(Trainer, CheckpointAndSnapshotComeOnRequest) {
  ToyRun toy;
  toy.set("snapshot.every_s", 1e9);
  toy.system.on_step = [&](std::int64_t number) {
    if (number == 10) {
      toy.sink.request(request("checkpoint"));
      toy.sink.request(request("snapshot"));
    }
  };
  toy.run();
  EXPECT_TRUE(std::filesystem::exists(toy.checkpoint(10)));
  std::vector<std::int64_t> steps;
  for (const auto& snapshot : toy.sink.snapshots())
    if (snapshot.part.empty()) steps.push_back(snapshot.step);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{0, 10, 40}));
}

TEST(Trainer, ANonFiniteLossFailsAsDivergedAndKeepsTheLastCheckpoint) {
  ToyRun toy;
  toy.set("checkpoint.every", 10);
  toy.system.nan_at = 25;
  const RunOutcome outcome = toy.run();
  EXPECT_EQ(outcome.state, RunState::failed);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code(), ErrorCode::diverged);
  EXPECT_EQ(outcome.exit_code(), 5);
  EXPECT_EQ(outcome.last_checkpoint, 20);
  EXPECT_TRUE(std::filesystem::exists(toy.checkpoint(20)));
  EXPECT_EQ(toy.losses().size(), 24u);
  EXPECT_EQ(toy.sink.status().state, RunState::failed);
  ASSERT_TRUE(toy.sink.status().error);
  EXPECT_EQ(toy.sink.status().error->code, "diverged");
  EXPECT_EQ(toy.sink.events("error").size(), 1u);
}

TEST(Trainer, AnAlertOfTheSpecIsAnEventWhenItBeginsAndWhenItEnds) {
  ToyRun toy;
  toy.spec.alerts = {{"toy/high", "warn", "The loss is high.", "Wait.", {{"loss/total", config::AlertTest::above, 0.05, 0, 3}}},
                     {"toy/held_out", "bad", "Worse than chance.", "Look.", {{"evaluation/error/low", config::AlertTest::above, 0.3}}}};
  ASSERT_EQ(toy.run().state, RunState::completed);
  std::vector<std::string> said;
  for (const auto& event : toy.sink.events("alert"))
    said.push_back(event.details.at("id").get<std::string>() + " " + event.details.at("state").get<std::string>());
  EXPECT_EQ(said, (std::vector<std::string>{"toy/high raised", "toy/high cleared", "toy/held_out raised"}));
}

TEST(Trainer, ADivergedRunSaysSoAsAnAlert) {
  ToyRun toy;
  toy.spec.alerts = {{"toy/nan", "bad", "The loss is not a number.", "Lower the rate.", {{"loss/total", config::AlertTest::not_finite}}}};
  toy.system.nan_at = 25;
  toy.run();
  const auto alerts = toy.sink.events("alert");
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_NE(alerts[0].details.at("evidence").get<std::string>().find("not finite"), std::string::npos) << alerts[0].details.dump();
}

TEST(Trainer, AResumedRunEqualsAnUninterruptedOneBitForBit) {
  ToyRun whole, first, second;
  whole.set("validate.every", 6);
  first.set("validate.every", 6);
  second.set("validate.every", 6);
  whole.run();
  first.system.on_step = [&](std::int64_t number) {
    if (number == 17) first.sink.request(request("stop"));
  };
  first.run();
  second.how.resume_from = first.checkpoint(17);
  const RunOutcome outcome = second.run();
  EXPECT_EQ(outcome.state, RunState::completed) << (outcome.error ? outcome.error->what() : "");
  auto joined = first.losses();
  for (const auto& point : second.losses()) joined.push_back(point);
  EXPECT_EQ(joined, whole.losses());
  EXPECT_EQ(read_file(second.checkpoint(40) + "/model.safetensors"), read_file(whole.checkpoint(40) + "/model.safetensors"));
  EXPECT_EQ(read_file(second.checkpoint(40) + "/optimizer.safetensors"), read_file(whole.checkpoint(40) + "/optimizer.safetensors"));
}

TEST(Trainer, AResumedRunKeepsLiveChanges) {
  ToyRun first, second;
  first.system.on_step = [&](std::int64_t number) {
    if (number == 5) first.sink.request(request("set", {{"path", "lr"}, {"value", 0.25}}));
    if (number == 9) first.sink.request(request("stop"));
  };
  first.run();
  second.how.resume_from = first.checkpoint(9);
  second.run();
  EXPECT_DOUBLE_EQ(second.sink.series("lr/toy").front().second, 0.25);
}

TEST(Trainer, RefusesCheckpointsThatDoNotFit) {
  ToyRun first;
  first.run();
  const std::string good = first.checkpoint(40);
  {
    ToyRun other;
    other.spec.id = "another";
    other.how.resume_from = good;
    EXPECT_EQ(other.run().exit_code(), static_cast<int>(ErrorCode::bad_data));
  }
  {
    ToyRun other;
    other.how.resume_from = good + "0";
    EXPECT_EQ(other.run().exit_code(), static_cast<int>(ErrorCode::bad_data));
  }
  std::filesystem::resize_file(good + "/model.safetensors", 20);
  ToyRun other;
  other.how.resume_from = good;
  EXPECT_EQ(other.run().exit_code(), static_cast<int>(ErrorCode::bad_data));
}

TEST(Trainer, TheBestIsTheSmallestValidationLossAndItsCheckpointStays) {
  ToyRun toy;
  toy.set("steps", 100);
  toy.set("validate.every", 10);
  toy.set("checkpoint.every", 5);
  const RunOutcome outcome = toy.run();
  ASSERT_TRUE(outcome.best);
  const auto values = toy.sink.series("val/total");
  ASSERT_EQ(values.size(), 10u);
  for (const auto& [step, value] : values) EXPECT_GE(value, outcome.best->value);
  EXPECT_TRUE(std::filesystem::exists(toy.checkpoint(outcome.best->step)));
  EXPECT_TRUE(std::filesystem::exists(toy.checkpoint(100)));
  EXPECT_FALSE(std::filesystem::exists(toy.checkpoint(5)));
  EXPECT_FALSE(toy.sink.events("removed").empty());
}

TEST(Trainer, TheEvaluationIsWrittenWithoutNaN) {
  ToyRun toy;
  const RunOutcome outcome = toy.run();
  ASSERT_TRUE(outcome.evaluation);
  const Json json = Json::parse(read_file(toy.sink.folder("evaluation") + "/00000040.json"));
  EXPECT_EQ(json["rows"][0]["value"], 0.5);
  EXPECT_TRUE(json["rows"][0]["high"].is_null());
  EXPECT_EQ(json["step"], 40);
}

TEST(Trainer, ArtifactsNameTheStepAndTheHashOfTheirWeights) {
  ToyRun toy;
  toy.run();
  const Json json = Json::parse(read_file(toy.sink.folder("artifacts/toy") + "/artifact.json"));
  EXPECT_EQ(json["type"], "vector");
  EXPECT_EQ(json["step"], 40);
  EXPECT_EQ(json["shapes"]["weight"], Json::array({4}));
  EXPECT_EQ(json["weights"]["sha256"].get<std::string>().size(), 64u);
}

}  // namespace
}  // namespace geocyte::train
