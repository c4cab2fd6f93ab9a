// SPDX-License-Identifier: GPL-3.0-or-later
// A reader beside a writer that may be cut off at any byte, and before folders that mean harm.
#include "engine/store/run_reader.h"

#include <chrono>
#include <functional>
#include <map>

#include <sys/stat.h>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/hdf5/array_file.h"
#include "engine/io/event_writer.h"
#include "engine/store/array_files.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_index.h"
#include "engine/store/run_layout.h"
#include "tests/unit/engine/store/run_fixture.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

class RunReaderTest : public RunTest {
 protected:
  /// A run of ten steps that is over.
  void make_run() {
    const auto writer = create();
    for (int step = 1; step <= 10; ++step) writer->scalar("loss/total", step, step);
    writer->event(1, "stage", {{"id", "encode"}});
    writer->snapshot(snapshot(10));
    writer->write_axes({cells()});
    writer->flush();
  }
  static void expect_bad_data(const std::function<void()>& work) {
    try {
      work();
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_data) << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
};

TEST_F(RunReaderTest, FactsAreThoseOfTheStart) {
  make_run();
  const RunReader reader(run_.string() + "/");
  EXPECT_EQ(reader.facts().id, "20261121-141530-gems-test-7f3a");
  EXPECT_EQ(reader.facts().preset, "gems/demo");
  EXPECT_EQ(reader.facts().seed, 7u);
  EXPECT_EQ(reader.facts().command_line.size(), 2u);
  EXPECT_FALSE(reader.facts().foreign);
  EXPECT_GT(reader.facts().created_ms, 0);
  EXPECT_EQ(reader.config_text(), "steps: 10\n");
}

TEST_F(RunReaderTest, ScalarsThatGrowByteByByteComeOnceAndWhole) {
  make_run();
  const fs::path file = event_file();
  const std::string whole = read_file(file);
  write(file, "");
  RunReader reader(run_);
  std::ofstream growing(file, std::ios::binary | std::ios::app);
  std::vector<double> values;
  for (const char byte : whole) {
    growing << byte << std::flush;
    const ScalarUpdate update = reader.poll_scalars();
    ASSERT_EQ(update.problem, "");
    ASSERT_FALSE(update.restarted);
    if (const auto found = update.points.find("loss/total"); found != update.points.end())
      for (const ScalarPoint& point : found->second) values.push_back(point.value);
  }
  EXPECT_EQ(values, (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST_F(RunReaderTest, AReaderThatComesToAnUnfinishedTailGoesOnWhenTheRestArrives) {
  make_run();
  const fs::path file = event_file();
  const std::string whole = read_file(file);
  for (std::size_t cut = 0; cut <= whole.size(); cut += 11) {
    write(file, whole.substr(0, cut));
    RunReader reader(run_);
    const ScalarUpdate first = reader.poll_scalars();
    EXPECT_EQ(first.problem, "") << cut;
    std::size_t count = first.points.empty() ? 0 : first.points.at("loss/total").size();
    write(file, whole);
    const ScalarUpdate rest = reader.poll_scalars();
    if (!rest.points.empty()) count += rest.points.at("loss/total").size();
    EXPECT_EQ(count, 10u) << cut;
  }
}

TEST_F(RunReaderTest, EventsThatGrowByteByByteComeOnceAndWhole) {
  make_run();
  const fs::path file = run_ / kEventsFile;
  const std::string whole = read_file(file);
  const std::size_t wanted = events().size();
  ASSERT_GT(wanted, 1u);
  write(file, "");
  RunReader reader(run_);
  std::ofstream growing(file, std::ios::binary | std::ios::app);
  std::size_t count = 0;
  for (const char byte : whole) {
    growing << byte << std::flush;
    const std::size_t now = reader.poll_events().size();
    EXPECT_EQ(now, byte == '\n' ? 1u : 0u);
    count += now;
  }
  EXPECT_EQ(count, wanted);
}

TEST_F(RunReaderTest, AHalfWrittenStatusKeepsTheLastGoodOne) {
  make_run();
  RunReader reader(run_);
  ASSERT_TRUE(reader.poll_status());
  const std::string whole = read_file(run_ / kStatusFile);
  for (std::size_t cut = 0; cut + 2 < whole.size(); cut += 7) {
    write(run_ / kStatusFile, whole.substr(0, cut));
    EXPECT_FALSE(reader.poll_status()) << cut;
    ASSERT_TRUE(reader.status());
    EXPECT_EQ(reader.status()->state, RunState::starting);
  }
}

TEST_F(RunReaderTest, ASnapshotCutAtAnyBlockIsOneSentence) {
  make_run();
  const fs::path file = run_ / kSnapshotsFolder / "00000010.h5";
  const std::string whole = read_file(file);
  for (std::size_t cut = 0; cut < whole.size(); cut += 97) {
    write(file, whole.substr(0, cut));
    expect_bad_data([&] { RunReader(run_).read_snapshot(10); });
  }
}

TEST_F(RunReaderTest, FlippedBytesOfASnapshotNeverCrash) {
  make_run();
  const fs::path file = run_ / kSnapshotsFolder / "00000010.h5";
  const std::string whole = read_file(file);
  for (std::size_t at = 0; at < whole.size(); at += 37) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(~damaged[at]);
    write(file, damaged);
    try {
      const Snapshot snapshot = RunReader(run_).read_snapshot(10);
      for (const NamedArray& array : snapshot.arrays) array.to_double();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_data) << at << ": " << error.what();
    }
  }
}

TEST_F(RunReaderTest, ASnapshotThatWasRemovedMeanwhileIsOneSentence) {
  make_run();
  RunReader reader(run_);
  ASSERT_EQ(reader.snapshots().size(), 1u);
  fs::remove(run_ / kSnapshotsFolder / "00000010.h5");
  expect_bad_data([&] { reader.read_snapshot(10); });
  expect_bad_data([&] { reader.read_snapshot(10, "../../x"); });
  expect_bad_data([&] { reader.read_snapshot(-1); });
}

TEST_F(RunReaderTest, TheListOfSnapshotsIsLookedAtAgainOnlyWhenItChanged) {
  make_run();
  RunReader reader(run_);
  EXPECT_TRUE(reader.snapshots_changed());
  // Long ago enough that the clock's tick cannot hide a change.
  fs::last_write_time(run_ / kSnapshotsFolder, fs::file_time_type::clock::now() - std::chrono::hours(1));
  reader.snapshots();
  EXPECT_FALSE(reader.snapshots_changed());
  write(run_ / kSnapshotsFolder / "00000011.h5", "x");
  EXPECT_TRUE(reader.snapshots_changed());
}

TEST_F(RunReaderTest, AVanishedEventFileStartsTheCurvesAnew) {
  make_run();
  RunReader reader(run_);
  reader.poll_scalars();
  const std::string whole = read_file(event_file());
  fs::remove(event_file());
  write(run_ / "events.out.tfevents.1.h.1.0", whole);
  const ScalarUpdate update = reader.poll_scalars();
  EXPECT_TRUE(update.restarted);
  EXPECT_EQ(update.points.at("loss/total").size(), 10u);
}

TEST_F(RunReaderTest, ABudgetSplitsTheWorkAndLosesNothing) {
  {
    const auto writer = create();
    for (int step = 0; step < 60'000; ++step) writer->scalar("loss/total", step, step);
  }
  RunReader reader(run_);
  std::size_t count = 0, looks = 0;
  for (bool more = true; more; ++looks) {
    const ScalarUpdate update = reader.poll_scalars(1 << 20);
    if (const auto found = update.points.find("loss/total"); found != update.points.end()) count += found->second.size();
    more = update.more;
    ASSERT_LT(looks, 10'000u);
  }
  EXPECT_EQ(count, 60'000u);
  EXPECT_GT(looks, 2u);
}

TEST_F(RunReaderTest, AFolderOfTensorBoardFilesIsForeign) {
  const fs::path folder = runs_ / "tb" / "train";
  fs::create_directories(folder);
  {
    io::EventWriter file(folder / io::event_file_name(1'700'000'000, "host", 1, 0), 1.7e9);
    const std::vector<io::ScalarValue> values = {{"epoch_loss", 2.5f}};
    file.add(3, 1.7e9, values);
  }
  RunReader reader(folder);
  EXPECT_TRUE(reader.facts().foreign);
  EXPECT_EQ(reader.facts().name, "train");
  EXPECT_EQ(reader.poll_scalars().points.at("epoch_loss").at(0).value, 2.5);
  EXPECT_FALSE(reader.poll_status());
  EXPECT_EQ(reader.health(), Health::ok);
  EXPECT_TRUE(reader.snapshots().empty());
  EXPECT_TRUE(reader.poll_events().empty());
}

TEST_F(RunReaderTest, WhatIsNoRunIsOneSentence) {
  expect_bad_data([&] { RunReader reader(runs_ / "absent"); });
  expect_bad_data([&] { RunReader reader(runs_); });
  for (const char* content : {"", "{", "[]", "{}", R"({"format":"one"})", R"({"format":-1})", R"({"format":99})"}) {
    write(run_ / kRunFile, content);
    expect_bad_data([&] { RunReader reader(run_); });
  }
}

TEST_F(RunReaderTest, HostileSmallFilesAreSurvived) {
  make_run();
  const std::string deep(100'000, '[');
  write(run_ / kStatusFile, deep);
  write(run_ / kEventsFile, deep + "\n{\"kind\":3}\n[]\n{\"kind\":\"note\",\"step\":1e300}\n" + std::string(3 << 20, 'x') + "\n{\"kind\":\"stage\"}\n");
  fs::remove(run_ / kLogFile);
  fs::create_symlink("/dev/zero", run_ / kLogFile);
  fs::remove(run_ / kConfigFile);
  ASSERT_EQ(mkfifo((run_ / kConfigFile).c_str(), 0600), 0);
  RunReader reader(run_);
  EXPECT_FALSE(reader.poll_status());
  std::vector<RunEvent> seen;
  for (auto batch = reader.poll_events(); !batch.empty(); batch = reader.poll_events()) seen.insert(seen.end(), batch.begin(), batch.end());
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].step, 0);
  EXPECT_EQ(seen[1].kind, "stage");
  EXPECT_TRUE(reader.poll_log().empty());
  EXPECT_EQ(reader.config_text(), "");
}

TEST_F(RunReaderTest, LinksAreNotReadAsSnapshotsAxesOrEventFiles) {
  make_run();
  fs::create_symlink(run_ / kSnapshotsFolder / "00000010.h5", run_ / kSnapshotsFolder / "00000011.h5");
  fs::create_symlink(event_file(), run_ / "events.out.tfevents.9999999999.x.1.0");
  fs::rename(run_ / kAxesFile, run_ / "elsewhere.h5");
  fs::create_symlink("elsewhere.h5", run_ / kAxesFile);
  RunReader reader(run_);
  EXPECT_EQ(reader.snapshots().size(), 1u);
  expect_bad_data([&] { reader.read_snapshot(11); });
  EXPECT_EQ(reader.poll_scalars().points.at("loss/total").size(), 10u);
  EXPECT_FALSE(reader.has_axes());
  expect_bad_data([&] { reader.read_axes(); });
}

TEST_F(RunReaderTest, AHugeRecordLengthIsAProblemNotAnAllocation) {
  make_run();
  const std::string whole = read_file(event_file());
  write(run_ / "events.out.tfevents.1.h.1.0", std::string(8, '\x7f') + std::string(64, 'x'));
  RunReader reader(run_);
  const ScalarUpdate update = reader.poll_scalars();
  EXPECT_NE(update.problem, "");
  EXPECT_EQ(update.points.at("loss/total").size(), 10u) << "the other file is read all the same";
}

TEST_F(RunReaderTest, InventedTagsDoNotFillTheMemory) {
  create().reset();
  {
    io::EventWriter file(run_ / "events.out.tfevents.1.h.1.0", 1);
    for (int i = 0; i < 12'000; ++i) {
      const std::string tag = "tag/" + std::to_string(i);
      const std::vector<io::ScalarValue> values = {{tag, 1.f}};
      file.add(i, 1, values);
    }
  }
  RunReader reader(run_);
  const ScalarUpdate update = reader.poll_scalars();
  EXPECT_EQ(update.points.size(), 10'000u);
  EXPECT_NE(update.problem, "");
}

TEST_F(RunReaderTest, AxesThatContradictThemselvesAreOneSentence) {
  make_run();
  const auto damage = [&](const std::function<void(hdf5::ArrayFile&)>& change) {
    hdf5::ArrayFile file = to_array_file(std::vector<Axis>{cells()});
    change(file);
    hdf5::write_array_file(run_ / kAxesFile, file);
    expect_bad_data([&] { RunReader(run_).read_axes(); });
  };
  damage([](hdf5::ArrayFile& file) { file.kind = "snapshot"; });
  damage([](hdf5::ArrayFile& file) { file.attributes = Json::array(); });
  damage([](hdf5::ArrayFile& file) { file.attributes["axes"][0]["name"] = "gene"; });
  damage([](hdf5::ArrayFile& file) { file.attributes["axes"][0].erase("labels"); });
  damage([](hdf5::ArrayFile& file) { file.attributes["axes"][0]["labels"][0] = 3; });
  damage([](hdf5::ArrayFile& file) { file.texts["cell/ids"].push_back("one more"); });
  damage([](hdf5::ArrayFile& file) { file.texts["cell/categories/source"].clear(); });
  damage([](hdf5::ArrayFile& file) {
    const std::vector<std::int32_t> codes = {0, -7, 0, 0};
    for (NamedArray& array : file.arrays)
      if (array.name == "cell/labels/source") array = make_array<std::int32_t>(array.name, codes, {4}, {"cell"});
  });
}

TEST_F(RunReaderTest, IndexListsRunsNewestFirstAndSaysWhatIsWrong) {
  create().reset();
  const fs::path newer = runs_ / "20261122-newer", broken = runs_ / "broken", foreign = runs_ / "tb" / "train";
  RunWriter::create(newer, start()).reset();
  Json json = read_json_file(newer / kRunFile);
  json["created"] = "2036-11-22T10:00:00.000Z";
  write(newer / kRunFile, json.dump());
  write(broken / kRunFile, "{");
  write(foreign / "events.out.tfevents.1.h.1.0", "");
  write(runs_ / "notes.txt", "no run");
  fs::create_directory_symlink(runs_, runs_ / "cycle");
  write(runs_ / ".trash" / "old" / kRunFile, R"({"format":1})");
  RunIndex index(runs_);
  auto runs = index.scan();
  ASSERT_EQ(runs.size(), 4u);
  EXPECT_EQ(runs[0].directory, newer);
  std::map<std::string, IndexedRun> by_name;
  for (const IndexedRun& run : runs) by_name[run.directory.filename().string()] = run;
  EXPECT_NE(by_name.at("broken").problem, "");
  EXPECT_TRUE(by_name.at("train").facts.foreign);
  fs::remove_all(newer);
  EXPECT_EQ(index.scan().size(), 3u);
  EXPECT_TRUE(RunIndex(runs_ / "absent").scan().empty());
}

TEST_F(RunReaderTest, IndexOfARunIsThatRun) {
  create().reset();
  const auto runs = RunIndex(run_).scan();
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].facts.id, run_.filename());
}

}  // namespace
}  // namespace geocyte::store
