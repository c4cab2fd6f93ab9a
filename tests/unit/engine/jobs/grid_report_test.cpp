// SPDX-License-Identifier: GPL-3.0-or-later
// A grid that was written is read back: the table, its runs, what it comes to in words; and files that nobody should trust.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/jobs/grid_finding.h"
#include "engine/jobs/grid_report.h"
#include "engine/store/contract/safe_json.h"
#include "tests/support/temp_folder.h"

namespace geocyte::jobs {
namespace {

config::SystemSpec report_toy() {
  config::SystemSpec spec;
  spec.id = "toy";
  const auto add = [&](const char* path, config::ParameterType type, Json value) {
    config::Parameter p;
    p.path = path;
    p.type = type;
    p.default_value = std::move(value);
    spec.parameters.push_back(std::move(p));
  };
  add("seed", config::ParameterType::integer, 7);
  add("lr", config::ParameterType::number, 0.1);
  add("loss.a.enabled", config::ParameterType::boolean, true);
  spec.scores = {{"score", "the score", config::Direction::higher_is_better, "of a test"}};
  return spec;
}

const std::vector<config::SystemSpec>& report_systems() {
  static const std::vector<config::SystemSpec> all{report_toy()};
  return all;
}

/// Two factors with two levels, one factor at a time. `value(cell, seed)` of finished runs; NaN = that run failed.
template <class Value>
struct Written {
  GridPlan plan;
  std::vector<GridRun> runs;
  Json json;
  Written(int seeds, Value value) {
    plan = plan_grid(parse_grid("title: Which\nbase: toy\nset: {seed: 1}\nfactors: {a: {path: loss.a.enabled, levels: {\"on\": {loss.a.enabled: true}, \"off\": {loss.a.enabled: false}}}, lr: [0.1, 0.2]}\n"
                                "plan: one_at_a_time\nseeds: " + std::to_string(seeds) + "\n", "which.yaml"), report_systems());
    for (const PlannedRun& planned : plan.runs) {
      GridRun run;
      run.plan = planned;
      run.folder = "runs/r" + std::to_string(planned.cell) + "-" + std::to_string(planned.seed);
      run.seconds = 10;
      const double score = value(planned.cell, static_cast<int>(planned.seed - plan.runs[0].seed));
      run.standing = std::isnan(score) ? RunStanding::failed : RunStanding::finished;
      if (std::isnan(score)) run.reason = "the loss is not finite";
      else run.rows = {{"score", "model", score, std::nullopt, std::nullopt, 0.5, 100}, {"score", "pca", 0.4, std::nullopt, std::nullopt, 0.5, 100}};
      runs.push_back(std::move(run));
    }
    json = to_json(plan, runs, make_table(plan, runs));
    json["code"] = {{"version", "0.1.0"}, {"commit", "abc"}};
    json["runs_folder"] = "nowhere";
    json["written"] = "2026-01-01T00:00:00Z";
  }
  GridReport report() const { return parse_grid_report(json); }
  GridFinding finding() const { return finding_of(report(), "score", config::find_score(report_systems()[0].scores, "score")); }
};

double effect(std::size_t cell, int seed) { return 0.6 + 0.05 * seed + (cell == 1 ? -0.1 - 0.001 * seed : cell == 2 ? 0.02 * (seed - 1) : 0.0); }

TEST(GridReport, SaysWhatWasWritten) {
  const Written written(3, effect);
  const GridReport report = written.report();
  const GridTable table = make_table(written.plan, written.runs);
  EXPECT_EQ(report.id, "which");
  EXPECT_EQ(report.title, "Which");
  EXPECT_EQ(report.system, "toy");
  EXPECT_EQ(report.code, "0.1.0 abc");
  EXPECT_EQ(report.plan, "one_at_a_time");
  ASSERT_EQ(report.cells.size(), 3U);
  EXPECT_EQ(report.baseline(), 0U);
  EXPECT_EQ(report.cells[1].levels, written.plan.cells[1].levels);
  ASSERT_EQ(report.factors.size(), 2U);
  EXPECT_EQ(report.factors[0].levels[1].options, written.plan.grid.factors[0].levels[1].options);
  EXPECT_EQ(report.seeds().size(), 3U);
  ASSERT_EQ(report.runs.size(), 9U);
  EXPECT_EQ(report.runs[4].run, written.runs[4].folder.filename());
  EXPECT_DOUBLE_EQ(report.runs[4].values.at("score"), written.runs[4].rows[0].value);
  EXPECT_EQ(report.table.metrics, table.metrics);
  ASSERT_EQ(report.table.rows.size(), table.rows.size());
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const TableRow &a = report.table.rows[r], &b = table.rows[r];
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.finished, b.finished);
    EXPECT_DOUBLE_EQ(a.seconds, b.seconds);
    ASSERT_EQ(a.metrics.size(), b.metrics.size());
    const TableValue &v = a.metrics.at("score"), &w = b.metrics.at("score");
    EXPECT_EQ(v.value.n, w.value.n);
    EXPECT_DOUBLE_EQ(v.value.mean, w.value.mean);
    EXPECT_EQ(v.value.sd, w.value.sd);
    EXPECT_EQ(v.chance, w.chance);
    ASSERT_EQ(v.difference.has_value(), w.difference.has_value());
    if (v.difference) EXPECT_EQ(v.difference->low, w.difference->low);
  }
}

TEST(GridReport, KeepsReasonsOfFailedRuns) {
  const Written written(2, [](std::size_t cell, int seed) { return cell == 2 && seed == 1 ? std::nan("") : 0.5; });
  const GridReport report = written.report();
  EXPECT_EQ(report.count(RunStanding::failed), 1);
  EXPECT_EQ(report.table.rows[2].failed, 1);
  ASSERT_EQ(report.table.rows[2].reasons.size(), 1U);
  EXPECT_NE(report.table.rows[2].reasons[0].find("not finite"), std::string::npos);
}

TEST(GridReport, RefusesWhatItCannotRead) {
  const Json good = Written(2, effect).json;
  const auto refused = [](const Json& json, std::initializer_list<const char*> parts) { test::expect_error(ErrorCode::bad_data, parts, [&] { parse_grid_report(json); }); };
  refused(Json::array(), {"no table of a grid", "ablate"});
  refused(Json{{"rows", 3}}, {"no table of a grid"});
  const auto with = [&](const char* key, Json value) {
    Json changed = good;
    changed[key] = std::move(value);
    return changed;
  };
  refused(with("format", 2), {"format 2", "reads format 1"});
  refused(with("cells", Json::array()), {"no cells"});
  refused(with("cells", "many"), {"damaged", "cells"});
  refused(with("table", Json::array()), {"damaged", "rows of cells"});
  refused(with("runs", Json::array({3})), {"damaged", "runs"});
  Json run = good["runs"];
  run[0]["cell"] = 99;
  refused(with("runs", run), {"cell 99"});
  run = good["runs"];
  run[0]["run"] = "../../etc";
  refused(with("runs", run), {"no folder name"});
  const test::TempFolder folder;
  test::expect_error(ErrorCode::bad_data, {"ablation.json"}, [&] { read_grid_report(folder.write("ablation.json", store::print_json(good).substr(0, 500))); });
  test::expect_error(ErrorCode::bad_data, {"none.json"}, [&] { read_grid_report(folder / "none.json"); });
}

TEST(GridReport, IsFoundFromItsFileItsFolderItsRunsAndOneOfThem) {
  const test::TempFolder folder;
  const Json json = Written(2, effect).json;
  const auto file = folder.write("out/ablation.json", store::print_json(json));
  folder.write("out/runs/r0-1/run.json", R"({"format": 1, "id": "r0-1", "system": "toy", "name": "x", "experiment": {"id": "which"}})");
  folder.write("out/runs/alone/run.json", R"({"format": 1, "id": "alone", "system": "toy", "name": "x", "experiment": null})");
  EXPECT_EQ(find_grid(file), file);
  EXPECT_EQ(find_grid(folder / "out"), file);
  EXPECT_EQ(find_grid(folder / "out/"), file);
  EXPECT_EQ(find_grid(folder / "out/runs"), file);
  EXPECT_EQ(find_grid(folder.path()), std::nullopt);
  EXPECT_EQ(find_grid(folder / "out/runs/r0-1"), std::nullopt) << "a run is asked with grid_of_run";
  EXPECT_EQ(grid_of_run(folder / "out/runs/r0-1"), file);
  EXPECT_EQ(grid_of_run(folder / "out/runs/alone"), std::nullopt);
  EXPECT_EQ(runs_of(read_grid_report(file), file), folder / "out/runs") << "the folder that it names is gone: the one beside it";
  std::filesystem::create_directories(folder / "out/other");
  EXPECT_EQ(find_grid(folder / "out/other"), std::nullopt) << "a folder beside it that holds other runs";
}

TEST(GridReport, AGridWhoseRunsWereSentElsewhereIsFoundByItsName) {
  const test::TempFolder folder;
  Json json = Written(2, effect).json;
  json["runs_folder"] = (folder / "runs").string();
  const auto file = folder.write("which-ablation/ablation.json", store::print_json(json));
  folder.write("runs/r0-1/run.json", R"({"format": 1, "id": "r0-1", "system": "toy", "name": "x", "experiment": {"id": "which"}})");
  EXPECT_EQ(grid_of_run(folder / "runs/r0-1"), file);
}

TEST(GridReport, ValuesThatAFileDoesNotCarryComeFromTheRuns) {
  Json json = Written(2, effect).json;
  for (Json& run : json["runs"]) run.erase("values");
  const test::TempFolder folder;
  folder.write("r0-1/evaluation/00000010.json", R"({"rows": [{"metric": "score", "method": "model", "value": 0.61, "n": 9}, {"metric": "score", "method": "pca", "value": 0.1, "n": 9}]})");
  GridReport report = parse_grid_report(json);
  ASSERT_EQ(report.runs[0].run, "r0-1");
  EXPECT_TRUE(report.runs[0].values.empty());
  fill_values(report, folder.path());
  EXPECT_DOUBLE_EQ(report.runs[0].values.at("score"), 0.61);
  EXPECT_TRUE(report.runs[1].values.empty());
}

TEST(GridFinding, NamesTheIngredientTheSideAndHowSureItIs) {
  const GridFinding finding = Written(3, effect).finding();
  EXPECT_EQ(finding.certainty, Certainty::together) << finding.evidence;
  EXPECT_EQ(finding.row, 1U);
  EXPECT_NE(finding.headline.find("Largest change of the score: a off instead of on, −0.101"), std::string::npos) << finding.headline;
  EXPECT_NE(finding.headline.find("for the worse"), std::string::npos) << finding.headline;
  EXPECT_NE(finding.evidence.find("3 seeds"), std::string::npos) << finding.evidence;
  EXPECT_NE(finding.evidence.find("2 changes were compared"), std::string::npos) << finding.evidence;
  EXPECT_NE(finding.evidence.find("one in twenty"), std::string::npos) << finding.evidence;
}

TEST(GridFinding, WhatStandsAloneMayNotStandAmongAll) {
  // d = .05, .1, .12 -> mean .09, sd .0361, t = 4.32: past 4.30 (one), not past 6.21 (two).
  const double d[] = {0.05, 0.1, 0.12};
  const GridFinding finding = Written(3, [&](std::size_t cell, int seed) { return 0.5 + (cell == 1 ? d[seed] : cell == 2 ? 0.001 * (seed - 1) : 0); }).finding();
  EXPECT_EQ(finding.certainty, Certainty::alone) << finding.evidence;
  EXPECT_NE(finding.evidence.find("would not stand"), std::string::npos) << finding.evidence;
}

TEST(GridFinding, SaysWhenNothingIsSureOrProvenOrThere) {
  const GridFinding unsure = Written(2, [](std::size_t cell, int seed) { return 0.5 + (cell == 1 ? 0.1 * (seed == 0 ? 1 : -0.5) : 0); }).finding();
  EXPECT_EQ(unsure.certainty, Certainty::unsure);
  EXPECT_NE(unsure.evidence.find("contains 0"), std::string::npos) << unsure.evidence;
  const GridFinding one = Written(1, effect).finding();
  EXPECT_EQ(one.certainty, Certainty::unproven);
  EXPECT_NE(one.headline.find("nothing is proven"), std::string::npos);
  EXPECT_NE(one.evidence.find("no interval"), std::string::npos) << one.evidence;
  const GridFinding none = Written(2, [](std::size_t, int) { return std::nan(""); }).finding();
  EXPECT_EQ(none.certainty, Certainty::none);
  EXPECT_NE(none.evidence.find("0 of 6 runs have finished, 6 failed"), std::string::npos) << none.evidence;
  const Written some(2, effect);
  EXPECT_EQ(finding_of(some.report(), "no such score", nullptr).certainty, Certainty::none);
}

TEST(Scores, TheFirstThatFitsIsMeantAndTellingOnesComeFirst) {
  const std::vector<config::ScoreSpec> scores{{"b/x", "x", config::Direction::lower_is_better, ""}, {"*/y", "y", config::Direction::higher_is_better, ""}, {"a/*", "a", config::Direction::neutral, ""}};
  EXPECT_EQ(config::find_score(scores, "b/x")->title, "x");
  EXPECT_EQ(config::find_score(scores, "a/y")->title, "y");
  EXPECT_EQ(config::find_score(scores, "a/z")->title, "a");
  EXPECT_EQ(config::find_score(scores, "c/z"), nullptr);
  EXPECT_EQ(config::find_score(scores, "/y"), nullptr) << "the star stands for something";
  EXPECT_EQ(config::telling_first(scores, {"c/z", "a/y", "b/x", "c/a"}), (std::vector<std::string>{"b/x", "a/y", "c/z", "c/a"}));
}

}  // namespace
}  // namespace geocyte::jobs
