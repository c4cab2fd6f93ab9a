// SPDX-License-Identifier: GPL-3.0-or-later
// Grids as values: reading, planning, and the table that comes out.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/jobs/compare_runs.h"
#include "engine/jobs/grid_plan.h"
#include "engine/jobs/grid_table.h"
#include "tests/support/temp_folder.h"

namespace geocyte::jobs {
namespace {

config::SystemSpec toy() {
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
  add("steps", config::ParameterType::integer, 10);
  add("lr", config::ParameterType::number, 0.1);
  add("loss.a.enabled", config::ParameterType::boolean, true);
  add("loss.b.enabled", config::ParameterType::boolean, true);
  add("snapshot.max", config::ParameterType::integer, 60);
  spec.presets = {{"demo", "Demo", "", "steps: 20"}};
  return spec;
}

/// A plan points into it.
const std::vector<config::SystemSpec>& systems() {
  static const std::vector<config::SystemSpec> all{toy()};
  return all;
}

GridSpec grid(const std::string& yaml) { return parse_grid(yaml, "g.yaml"); }

std::vector<std::string> names(const GridPlan& plan) {
  std::vector<std::string> found;
  for (const Cell& cell : plan.cells) found.push_back(cell.name);
  return found;
}

TEST(Grid, AFullPlanHasEveryCombinationAndTheBaselineFirst) {
  const auto plan = plan_grid(grid("base: toy/demo\nfactors: {lr: [0.1, 0.2, 0.3], loss.a.enabled: bool}\nbaseline: {lr: 0.2}\nseeds: 2\n"), systems());
  EXPECT_EQ(plan.cells.size(), 6U);
  EXPECT_TRUE(plan.cells[0].baseline);
  EXPECT_EQ(plan.cells[0].name, "loss.a.enabled=off, lr=0.2");
  EXPECT_EQ(plan.runs.size(), 12U);
  EXPECT_EQ(plan.runs[0].seed, 7U) << "from the base's seed on";
  EXPECT_EQ(plan.runs[6].seed, 8U) << "by seed, so that every cell has one early";
}

TEST(Grid, LeaveOneOutHasEverythingOnAndEachOffOnce) {
  const auto plan = plan_grid(grid("base: toy\nfactors: {loss.a.enabled: bool, loss.b.enabled: bool}\nplan: leave_one_out\nseeds: [3]\n"), systems());
  EXPECT_EQ(names(plan), (std::vector<std::string>{"loss.a.enabled=on, loss.b.enabled=on", "loss.a.enabled=off, loss.b.enabled=on", "loss.a.enabled=on, loss.b.enabled=off"}));
}

TEST(Grid, OneAtATimeChangesOneFactorFromTheBaseline) {
  const auto plan = plan_grid(grid("base: toy\nfactors: {lr: [0.1, 0.2, 0.4], loss.a.enabled: bool}\nplan: one_at_a_time\nseeds: 1\n"), systems());
  EXPECT_EQ(plan.cells.size(), 4U);
}

TEST(Grid, AListNamesItsCellsAndExclusionsLeaveSomeOut) {
  const auto listed = plan_grid(grid("base: toy\nfactors: {lr: [0.1, 0.2], loss.a.enabled: bool}\nplan: [{lr: 0.2}, {lr: 0.2, loss.a.enabled: true}]\nseeds: 1\n"), systems());
  EXPECT_EQ(listed.cells.size(), 3U) << "the baseline is always there";
  const auto some = plan_grid(grid("base: toy\nfactors: {lr: [0.1, 0.2], loss.a.enabled: bool}\nexclude: [{lr: 0.2, loss.a.enabled: on}]\nseeds: 1\n"), systems());
  EXPECT_EQ(some.cells.size(), 3U);
  EXPECT_EQ(some.excluded.size(), 1U);
}

TEST(Grid, RangesAreEvenOrGeometric) {
  const auto even = grid("base: toy\nfactors: {steps: {range: {from: 10, to: 30, step: 10}}}\n");
  ASSERT_EQ(even.factors[0].levels.size(), 3U);
  EXPECT_EQ(even.factors[0].levels[2].name, "30");
  const auto times = grid("base: toy\nfactors: {rate: {path: lr, range: {from: 0.001, to: 0.008, times: 2}}}\n");
  ASSERT_EQ(times.factors[0].levels.size(), 4U);
  EXPECT_EQ(times.factors[0].levels[3].options["lr"], 0.008);
}

TEST(Grid, NamedLevelsAreSetsOfOptions) {
  const auto spec = grid("base: toy\nset: {steps: 5}\nfactors:\n  cure:\n    levels:\n      none: {loss: {a: {enabled: false}}}\n      both: {loss.a.enabled: true, lr: 0.5}\nseeds: 1\n");
  const auto plan = plan_grid(spec, systems());
  ASSERT_EQ(plan.cells.size(), 2U);
  EXPECT_EQ(plan.cells[0].assignments, (std::vector<std::string>{"steps=5", "loss.a.enabled=false"}));
  EXPECT_EQ(plan.cells[1].assignments, (std::vector<std::string>{"steps=5", "loss.a.enabled=true", "lr=0.5"}));
}

TEST(Grid, TheHashForgetsWhatOnlyRecords) {
  Json options = config::defaults(systems()[0].parameters);
  const std::string hash = comparison_hash(options);
  config::set(options, "snapshot.max", 3);
  EXPECT_EQ(comparison_hash(options), hash);
  config::set(options, "seed", 8);
  EXPECT_NE(comparison_hash(options), hash);
}

TEST(Grid, RefusesInOneSentence) {
  const auto refused = [](const std::string& yaml, std::initializer_list<const char*> parts) {
    test::expect_error(ErrorCode::bad_config, parts, [&] { plan_grid(grid(yaml), systems()); });
  };
  refused("factors: {lr: [1]}\n", {"base"});
  refused("base: toy\n", {"factors"});
  refused("base: toy\nfactor: {lr: [1]}\nfactors: {lr: [1]}\n", {"factor", "factors"});
  refused("base: toy\nfactors: {lr: [0.1, 0.1]}\n", {"twice"});
  refused("base: toy\nfactors: {learning: [0.1]}\n", {"learning", "cell"});
  refused("base: toy\nfactors: {lr: [0.1]}\nbaseline: {lr: 3}\n", {"no level"});
  refused("base: toy\nfactors: {lr: [0.1]}\nbaseline: {rl: 0.1}\n", {"no factor", "lr"});
  refused("base: toy\nfactors: {lr: [0.1, 0.2]}\nexclude: [{lr: 0.1}]\n", {"baseline"});
  refused("base: toy\nfactors: {lr: [0.1]}\nplan: half\n", {"plan"});
  refused("base: toy\nfactors: {lr: [0.1]}\nseeds: 0\n", {"seeds"});
  refused("base: toy\nfactors: {lr: {range: {from: 1, to: 2, step: 0}}}\n", {"never ends"});
  refused("base: toy\nfactors: {a: {levels: {x: {lr: 0.2}, y: {lr: 0.2}}}}\n", {"same configuration"});
}

/// Two cells and two seeds, the second cell better by .1 and .3; the second seed of a third one failed.
struct Example {
  GridPlan plan = plan_grid(grid("title: T\nbase: toy\nfactors: {lr: [0.1, 0.2, 0.3]}\nseeds: 2\n"), systems());
  std::vector<GridRun> runs;
  Example() {
    for (const PlannedRun& planned : plan.runs) {
      GridRun run;
      run.plan = planned;
      run.standing = RunStanding::finished;
      run.folder = "r";
      run.seconds = 10;
      run.peak_bytes = 1e8 * static_cast<double>(planned.cell + 1);
      const double seed = static_cast<double>(planned.seed - 7);
      run.rows = {{"score", "model", 1 + seed + (planned.cell == 1 ? 0.1 + 0.2 * seed : 0), std::nullopt, std::nullopt, 0.5, 100},
                  {"score", "pca", 0.8 + seed, std::nullopt, std::nullopt, 0.5, 100}};
      if (planned.cell == 2 && planned.seed == 8) {
        run.standing = RunStanding::failed;
        run.reason = "the loss is not finite, \"really\"";
        run.rows.clear();
      }
      runs.push_back(std::move(run));
    }
  }
};

TEST(GridTable, HasMeanSdAndPairedDifference) {
  const Example example;
  const auto table = make_table(example.plan, example.runs);
  ASSERT_EQ(table.rows.size(), 4U) << "three cells and the plain tool";
  EXPECT_NEAR(table.rows[0].metrics.at("score").value.mean, 1.5, 1e-12);
  EXPECT_FALSE(table.rows[0].metrics.at("score").difference) << "the baseline has none to itself";
  const auto& difference = table.rows[1].metrics.at("score").difference;
  ASSERT_TRUE(difference);
  EXPECT_NEAR(difference->mean, 0.2, 1e-12);
  EXPECT_NEAR(*difference->high, 0.2 + 12.7062047 * 0.1, 1e-6);
  EXPECT_EQ(table.rows[2].failed, 1);
  EXPECT_EQ(table.rows[2].metrics.at("score").value.n, 1);
  EXPECT_EQ(table.rows[3].kind, "tool");
  EXPECT_NEAR(table.rows[3].metrics.at("score").difference->mean, -0.2, 1e-12);
  EXPECT_NEAR(*table.rows[3].metrics.at("score").difference->high, -0.2, 1e-9);
}

TEST(GridTable, CsvHasAsManyFieldsInEachLineAndQuotesReasons) {
  const Example example;
  const std::string csv = to_csv(example.plan, make_table(example.plan, example.runs));
  const auto lines = split(csv, '\n');
  ASSERT_EQ(lines.size(), 6U);
  const auto fields = [](const std::string& line) {
    int count = 1;
    bool inside = false;
    for (const char c : line) {
      if (c == '"') inside = !inside;
      count += c == ',' && !inside;
    }
    return count;
  };
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) EXPECT_EQ(fields(lines[i]), fields(lines[0])) << lines[i];
  EXPECT_NE(csv.find("\"seed 8: the loss is not finite, \"\"really\"\"\""), std::string::npos) << csv;
}

TEST(GridTable, RowsHaveEveryMethodOfEveryFinishedRun) {
  const Example example;
  const auto lines = split(rows_csv(example.plan, example.runs), '\n');
  ASSERT_EQ(lines.size(), 1U + 2 * 5 + 1) << "a header, two methods of five finished runs, and what follows the last line break";
  EXPECT_EQ(lines[0], "cell,lr,seed,run,seconds,metric,method,value,low,high,chance,n");
  EXPECT_EQ(lines[2], "lr=0.1,0.1,7,r,10.00,score,pca,0.8,,,0.5,100");
  EXPECT_EQ(lines[4], "lr=0.2,0.2,7,r,10.00,score,pca,0.8,,,0.5,100");
}

TEST(GridTable, JsonSaysEverything) {
  const Example example;
  const Json json = to_json(example.plan, example.runs, make_table(example.plan, example.runs));
  EXPECT_EQ(json["format"], 1);
  EXPECT_EQ(json["runs"].size(), 6U);
  EXPECT_EQ(json["runs"][5]["state"], "failed");
  EXPECT_EQ(json["table"][1]["metrics"]["score"]["difference"]["interval"], "paired t, 95 %");
  EXPECT_EQ(json["factors"][0]["levels"][1]["options"]["lr"], 0.2);
}

TEST(CompareRuns, OfDifferentSystemsOnlyWhatBothHave) {
  const test::TempFolder folder;
  const auto run = [&](const std::string& name, const char* system, const char* options, const char* rows) {
    folder.write(name + "/run.json", fmt::format(R"({{"format": 1, "id": "{}", "system": "{}", "name": "{}"}})", name, system, name));
    folder.write(name + "/config.yaml", options);
    folder.write(name + "/evaluation/00000010.json", fmt::format(R"({{"rows": [{}]}})", rows));
    return folder / name;
  };
  const auto a = run("a", "gems", "steps: 10\nencoder:\n  latent: 8\n", R"({"metric": "align/probe_auc", "method": "model", "value": 0.5, "n": 9})");
  const auto b = run("b", "st_edm", "steps: 20\nheads:\n  width: 4\n", R"({"metric": "tissue/row_spearman", "method": "model", "value": 0.7, "n": 9})");
  const RunComparison found = compare_runs(a, b);
  EXPECT_NE(found.note.find("share no score"), std::string::npos) << found.note;
  EXPECT_NE(found.note.find("different systems (gems and st_edm)"), std::string::npos) << found.note;
  EXPECT_TRUE(found.numbers.empty());
  ASSERT_EQ(found.options.size(), 1u);
  EXPECT_EQ(found.options[0].path, "steps");
  EXPECT_EQ(to_text(found).find("held out"), std::string::npos) << "no table of nothing";
  const auto c = run("c", "gems", "steps: 10\n", R"({"metric": "align/probe_auc", "method": "model", "value": 0.6, "n": 9})");
  EXPECT_EQ(compare_runs(a, c).note, "");
  EXPECT_EQ(compare_runs(a, c).numbers.size(), 1u);
}

TEST(CompareRuns, ListsOnlyWhatDiffers) {
  const Json a = {{"seed", 7}, {"loss", {{"a", {{"weight", 1}, {"on", true}}}}}, {"hidden", {8, 8}}}, b = {{"seed", 7}, {"loss", {{"a", {{"weight", 2}, {"on", true}}}}}, {"hidden", {8}}, {"new", 1}};
  const auto found = option_differences(a, b);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].path, "loss.a.weight");
  EXPECT_EQ(found[1].path, "hidden");
  EXPECT_EQ(found[2].path, "new");
  EXPECT_TRUE(found[2].a.is_null());
  EXPECT_TRUE(option_differences(a, a).empty());
}

}  // namespace
}  // namespace geocyte::jobs
