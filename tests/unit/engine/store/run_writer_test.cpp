// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_writer.h"

#include <cmath>
#include <limits>
#include <functional>
#include <set>
#include <thread>

#include <unistd.h>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"
#include "tests/unit/engine/store/run_fixture.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

using RunWriterTest = RunTest;

std::string sentence_of(const std::function<void()>& work, ErrorCode code) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST_F(RunWriterTest, WhatIsKnownBeforeTheFirstStepIsThereAtOnce) {
  const auto writer = create();
  writer->flush();
  const Json json = read_json_file(run_ / kRunFile);
  EXPECT_EQ(json["format"], 1);
  EXPECT_EQ(json["system"], "gems");
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["device"], "cpu");
  EXPECT_EQ(json["data"][0]["path"], "a.h5ad");
  EXPECT_TRUE(json["parent"].is_null());
  EXPECT_FALSE(json["host"]["name"].get<std::string>().empty());
  EXPECT_EQ(read_file(run_ / kConfigFile), "steps: 10\n");
}

TEST_F(RunWriterTest, ScalarsComeBackInTheOrderOfTheirSteps) {
  const auto writer = create();
  for (int step = 1; step <= 100; ++step) {
    writer->scalar("loss/total", step, 1.0 / step);
    writer->scalar("loss/vicreg", step, step);
  }
  writer->flush();
  const ScalarUpdate update = RunReader(run_).poll_scalars();
  ASSERT_EQ(update.points.size(), 2u);
  const auto& total = update.points.at("loss/total");
  ASSERT_EQ(total.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(total[i].step, i + 1);
    EXPECT_EQ(total[i].value, static_cast<double>(1.0f / static_cast<float>(i + 1)));
  }
}

TEST_F(RunWriterTest, ScalarsThatAreNotFiniteAreKeptAsTheyAre) {
  const auto writer = create();
  writer->scalar("loss/total", 1, std::numeric_limits<double>::quiet_NaN());
  writer->scalar("loss/total", 2, std::numeric_limits<double>::infinity());
  writer->flush();
  const auto points = RunReader(run_).poll_scalars().points.at("loss/total");
  EXPECT_TRUE(std::isnan(points[0].value));
  EXPECT_TRUE(std::isinf(points[1].value));
}

TEST_F(RunWriterTest, EventsAreOneLineEachWhateverTheyHold) {
  const auto writer = create();
  writer->event(3, "note", {{"text", "two\nlines \xff"}, {"kind", "mine"}, {"value", std::nan("")}});
  writer->event(4, "stage", Json());
  writer->flush();
  const auto all = events();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].kind, "note");
  EXPECT_EQ(all[0].step, 3);
  EXPECT_EQ(all[0].details["text"].get<std::string>().substr(0, 9), "two\nlines");
  EXPECT_TRUE(all[0].details["value"].is_null());
  EXPECT_GT(utc_ms_of(all[0].time), 0);
  EXPECT_EQ(all[1].kind, "stage");
}

TEST_F(RunWriterTest, AChangeOfStateIsOnDiskAfterFlush) {
  const auto writer = create({.beat_s = 3600});
  RunReader reader(run_);
  Status status = running(12);
  status.best = Best{"val/total", .5, 10};
  writer->status(status);
  writer->flush();
  ASSERT_TRUE(reader.poll_status());
  EXPECT_EQ(reader.status()->state, RunState::running);
  EXPECT_EQ(reader.status()->step, 12);
  EXPECT_EQ(reader.status()->pid, getpid());
  EXPECT_GT(reader.status()->rss_bytes, 1e5);
  EXPECT_EQ(reader.status()->best->step, 10);
  EXPECT_FALSE(reader.poll_status()) << "nothing changed since";
}

TEST_F(RunWriterTest, TheHeartBeatsWhileTrainingIsSilent) {
  const auto writer = create({.beat_s = 0.005});
  RunReader reader(run_);
  writer->flush();
  ASSERT_TRUE(reader.poll_status()) << "the first status is on disk after a flush";
  const std::string first = reader.status()->heartbeat;
  for (int looks = 0; looks < 2000 && reader.status()->heartbeat == first; ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    reader.poll_status();
  }
  EXPECT_NE(reader.status()->heartbeat, first);
  EXPECT_EQ(reader.status()->state, RunState::starting);
}

TEST_F(RunWriterTest, TheNewestScalarMovesTheStepOfTheStatus) {
  const auto writer = create({.beat_s = 3600});
  writer->status(running(3));
  writer->scalar("loss/total", 8, 1);
  Status status = running(3);
  status.message = "wakes the heart";
  writer->status(status);
  writer->flush();
  RunReader reader(run_);
  reader.poll_status();
  EXPECT_EQ(reader.status()->step, 8);
  EXPECT_EQ(writer->step_counter().load(), 8);
}

TEST_F(RunWriterTest, AFailureKeepsHowFarTheRunCame) {
  const auto writer = create();
  writer->status(running(12, 500));
  writer->report_failure(Error(ErrorCode::diverged, "the loss is not finite", "lower the rate").add_context("step 12"));
  writer->flush();
  RunReader reader(run_);
  reader.poll_status();
  const Status status = *reader.status();
  EXPECT_EQ(status.state, RunState::failed);
  EXPECT_EQ(status.step, 12);
  EXPECT_EQ(status.total_steps, 500);
  EXPECT_EQ(status.error->code, "diverged");
  EXPECT_EQ(status.error->context, "step 12");
  EXPECT_EQ(status.error->hint, "lower the rate");
}

TEST_F(RunWriterTest, TheLastWordIsWrittenAtTheEnd) {
  auto writer = create({.beat_s = 3600, .flush_ms = 3.6e6});
  writer->scalar("loss/total", 1, 2);
  Status status = running(10, 10);
  status.state = RunState::completed;
  writer->status(status);
  writer->log("info", "done\nreally");
  writer.reset();
  RunReader reader(run_);
  reader.poll_status();
  EXPECT_EQ(reader.status()->state, RunState::completed);
  EXPECT_EQ(reader.poll_scalars().points.at("loss/total").size(), 1u);
  const auto lines = reader.poll_log();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("info    done really"), std::string::npos);
  EXPECT_FALSE(fs::exists(run_ / kReserveFile));
}

TEST_F(RunWriterTest, AFinalStateIsWrittenAfterAllThatCameBeforeIt) {
  for (int round = 0; round < 20; ++round) {
    std::filesystem::remove_all(run_);
    const auto writer = create({.beat_s = 3600});
    RunReader reader(run_);
    for (int step = 1; step <= 200; ++step) writer->scalar("loss/total", step, step);
    writer->snapshot(snapshot(200, {}, 5000));
    Status status = running(200, 200);
    status.state = RunState::completed;
    writer->status(status);
    while (!reader.poll_status() || reader.status()->state != RunState::completed) std::this_thread::yield();
    EXPECT_EQ(reader.poll_scalars().points.at("loss/total").size(), 200u);
    EXPECT_EQ(reader.snapshots().size(), 1u);
  }
}

TEST_F(RunWriterTest, SnapshotsAndTheirPartsComeBackWhole) {
  const auto writer = create();
  Snapshot raw = snapshot(20), part = snapshot(20, "umap");
  raw.attributes = {{"seed", 7}};
  part.scalars = {{"align/max_centroid_distance", 2.5}};
  part.verdicts.push_back({"align/outlier", "align", "bad", "P2_SC is the outlier source.", "4.1 against 1.2", "…"});
  writer->snapshot(raw);
  writer->snapshot(part);
  writer->flush();
  RunReader reader(run_);
  const auto listed = reader.snapshots();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].parts, (std::vector<std::string>{"", "umap"}));
  const Snapshot back = reader.read_snapshot(20), back_part = reader.read_snapshot(20, "umap");
  EXPECT_EQ(back.stage, "encode");
  EXPECT_EQ(back.attributes["seed"], 7);
  ASSERT_NE(back.find("embedding"), nullptr);
  EXPECT_EQ(back.find("embedding")->axes, (std::vector<std::string>{"cell", "latent"}));
  EXPECT_EQ(back.find("embedding")->caption, "raw");
  EXPECT_EQ(back.find("embedding")->as<float>()[0], 20.f);
  EXPECT_EQ(back_part.verdicts.at(0).headline, "P2_SC is the outlier source.");
  EXPECT_EQ(back_part.scalars.at("align/max_centroid_distance"), 2.5);
  EXPECT_EQ(reader.poll_scalars().points.at("align/max_centroid_distance").at(0).value, 2.5);
  ASSERT_EQ(events("verdict").size(), 1u);
  EXPECT_EQ(events("snapshot").size(), 2u);
}

TEST_F(RunWriterTest, APartOfASnapshotThatIsGoneIsNotWrittenButItsNumbersAre) {
  const auto writer = create();
  Snapshot part = snapshot(20, "umap");
  part.scalars = {{"align/min_std", .1}};
  writer->snapshot(part);
  writer->flush();
  EXPECT_TRUE(RunReader(run_).snapshots().empty());
  EXPECT_EQ(RunReader(run_).poll_scalars().points.count("align/min_std"), 1u);
}

TEST_F(RunWriterTest, TooManySnapshotsAreThinnedAndTheEventComesFirst) {
  const auto writer = create({.max_snapshots = 8});
  for (int i = 0; i < 40; ++i) writer->snapshot(snapshot(i * 10));
  writer->flush();
  const auto left = RunReader(run_).snapshots();
  EXPECT_LE(left.size(), 8u);
  EXPECT_EQ(left.front().step, 0);
  EXPECT_EQ(left.back().step, 390);
  std::set<std::int64_t> removed;
  for (const RunEvent& event : events("removed"))
    for (const Json& step : event.details["steps"]) removed.insert(step.get<std::int64_t>());
  EXPECT_EQ(removed.size() + left.size(), 40u) << "every step is either there or its removal is on record";
  for (const SnapshotEntry& entry : left) EXPECT_FALSE(removed.contains(entry.step));
}

TEST_F(RunWriterTest, ASnapshotThatTheMemoryHasNoRoomForIsSkippedWithANote) {
  const auto writer = create({.max_waiting_mb = 0.0001});
  for (int i = 0; i < 50; ++i) writer->snapshot(snapshot(i, {}, 2000));
  writer->flush();
  EXPECT_EQ(RunReader(run_).snapshots().size() + events("note").size(), 50u);
  EXPECT_FALSE(RunReader(run_).snapshots().empty());
}

TEST_F(RunWriterTest, AxesComeBackWhole) {
  const auto writer = create();
  Axis axis = cells();
  axis.labels.push_back({"cell type / fine", {0, 1, -1, 1}, {"T cell", "B \xC3\xA9"}});
  writer->write_axes({axis});
  writer->flush();
  const auto back = RunReader(run_).read_axes();
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].ids, axis.ids);
  ASSERT_EQ(back[0].labels.size(), 2u);
  EXPECT_EQ(back[0].labels[1].name, "cell type / fine");
  EXPECT_EQ(back[0].labels[1].codes, axis.labels[1].codes);
  EXPECT_EQ(back[0].labels[1].categories, axis.labels[1].categories);
  ASSERT_EQ(back[0].arrays.size(), 1u);
  EXPECT_EQ(back[0].arrays[0].name, "coordinates");
  EXPECT_EQ(back[0].arrays[0].as<double>()[3], 1.5);
}

TEST_F(RunWriterTest, FactsThatComeLaterJoinThoseOfTheStart) {
  {
    auto writer = RunWriter::create(run_, start());
    writer->add_facts({{"data", {{"cells", 3}}}, {"device", "cpu"}});
  }
  const RunFacts facts = read_run_facts(run_);
  EXPECT_EQ(facts.all["data"]["cells"], 3);
  EXPECT_EQ(facts.all["device"], "cpu");
  EXPECT_EQ(facts.id, start().id);
}

TEST_F(RunWriterTest, ARunIsNotCreatedTwice) {
  create().reset();
  const std::string sentence = sentence_of([&] { create(); }, ErrorCode::usage);
  EXPECT_NE(sentence.find("a run already"), std::string::npos);
}

TEST_F(RunWriterTest, TwoWritersNeverOwnOneRun) {
  const auto writer = create();
  const std::string sentence = sentence_of([&] { RunWriter::reopen(run_, 1); }, ErrorCode::usage);
  EXPECT_NE(sentence.find(std::to_string(getpid())), std::string::npos) << "names the owner: " << sentence;
}

TEST_F(RunWriterTest, AResumeSupersedesScalarsAndSnapshotsFromItsFirstStep) {
  auto writer = create();
  for (int step = 1; step <= 6; ++step) writer->scalar("loss/total", step, step);
  for (int step : {2, 4, 6}) writer->snapshot(snapshot(step));
  writer.reset();
  writer = RunWriter::reopen(run_, 5);
  for (int step = 5; step <= 7; ++step) writer->scalar("loss/total", step, 10 * step);
  writer->flush();
  RunReader reader(run_);
  std::vector<double> values;
  const ScalarUpdate update = reader.poll_scalars();
  for (const ScalarPoint& point : update.points.at("loss/total")) values.push_back(point.value);
  EXPECT_EQ(values, (std::vector<double>{1, 2, 3, 4, 50, 60, 70}));
  ASSERT_EQ(reader.snapshots().size(), 2u);
  EXPECT_EQ(reader.snapshots().back().step, 4);
}

TEST_F(RunWriterTest, AReaderThatSawTheOldStepsIsToldWhatToDrop) {
  auto writer = create();
  for (int step = 1; step <= 6; ++step) writer->scalar("loss/total", step, step);
  writer->flush();
  RunReader reader(run_);
  reader.poll_scalars();
  writer.reset();
  writer = RunWriter::reopen(run_, 3);
  writer->scalar("loss/total", 3, 30);
  writer->flush();
  const ScalarUpdate update = reader.poll_scalars();
  EXPECT_EQ(update.superseded_from, 3);
  EXPECT_FALSE(update.restarted);
  ASSERT_EQ(update.points.at("loss/total").size(), 1u);
}

TEST_F(RunWriterTest, AResumeOnOtherDataIsRefused) {
  auto writer = create();
  writer->write_axes({cells()});
  writer.reset();
  writer = RunWriter::reopen(run_, 1);
  writer->write_axes({cells()});
  EXPECT_NO_THROW(writer->flush());
  writer->write_axes({cells({"c1", "c2", "x3", "c4"})});
  const std::string sentence = sentence_of([&] { writer->flush(); }, ErrorCode::bad_data);
  EXPECT_NE(sentence.find("row 3 of axis cell"), std::string::npos) << sentence;
}

TEST_F(RunWriterTest, ANewerFormatIsRefused) {
  create().reset();
  Json json = read_json_file(run_ / kRunFile);
  json["format"] = 2;
  write(run_ / kRunFile, json.dump());
  EXPECT_NE(sentence_of([&] { RunWriter::reopen(run_, 1); }, ErrorCode::bad_data).find("newer"), std::string::npos);
  EXPECT_NE(sentence_of([&] { RunReader reader(run_); }, ErrorCode::bad_data).find("newer"), std::string::npos);
}

TEST_F(RunWriterTest, AFolderInTheWayIsOneSentence) {
  write(runs_ / "file", "x");
  sentence_of([&] { RunWriter::create(runs_ / "file" / "run", start()); }, ErrorCode::storage);
  sentence_of([&] { RunWriter::reopen(runs_ / "absent", 1); }, ErrorCode::bad_data);
}

TEST_F(RunWriterTest, FoldersOfTheRunExistAndStayInside) {
  const auto writer = create();
  EXPECT_TRUE(fs::is_directory(writer->folder("artifacts/encoder")));
  for (const char* name : {"../outside", "/tmp", "", "a/../../b", "a//b"}) EXPECT_THROW(writer->folder(name), Error) << name;
}

TEST_F(RunWriterTest, AnUnfinishedLineOfAKilledWriterIsEndedNotChanged) {
  create().reset();
  const std::string before = read_file(run_ / kEventsFile);
  write(run_ / kEventsFile, before + R"({"time":"2026-11-21T14:15:30.123Z","step":1,"ki)");
  auto writer = RunWriter::reopen(run_, 1);
  writer->event(1, "stage", {{"id", "encode"}});
  writer->flush();
  EXPECT_EQ(events("stage").size(), 1u);
  EXPECT_TRUE(read_file(run_ / kEventsFile).starts_with(before)) << "what was written is never edited";
}

TEST_F(RunWriterTest, ManyThreadsMayWrite) {
  const auto writer = create();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int step = 0; step < 500; ++step) {
        writer->scalar("thread/" + std::to_string(t), step, step);
        if (step % 100 == 0) writer->event(step, "note", {{"thread", t}});
      }
    });
  for (std::thread& thread : threads) thread.join();
  writer->flush();
  const ScalarUpdate update = RunReader(run_).poll_scalars();
  for (int t = 0; t < 4; ++t) EXPECT_EQ(update.points.at("thread/" + std::to_string(t)).size(), 500u);
  EXPECT_EQ(events("note").size(), 20u);
}

TEST_F(RunWriterTest, AStartThatFailedIsNotOfferedForResuming) {
  {
    const auto writer = create();
    EXPECT_NE(sentence_of([&] { create(); }, ErrorCode::usage).find("its engine works on it"), std::string::npos);
    writer->report_failure(Error(ErrorCode::bad_data, "the file b.h5ad does not exist", "check the path"));
  }
  const std::string said = sentence_of([&] { create(); }, ErrorCode::usage);
  EXPECT_NE(said.find("the file b.h5ad does not exist"), std::string::npos) << said;
  EXPECT_NE(said.find("nothing to resume. Remove the folder, or choose another run id"), std::string::npos) << said;
  Status ended = running(1000);
  ended.state = RunState::completed;
  write_file_atomically(run_ / kStatusFile, print_json(to_json(ended), 1));
  EXPECT_NE(sentence_of([&] { create(); }, ErrorCode::usage).find("resume --extend N"), std::string::npos);
}

}  // namespace
}  // namespace geocyte::store
