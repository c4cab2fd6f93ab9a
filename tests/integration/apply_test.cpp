// SPDX-License-Identifier: GPL-3.0-or-later
// What a run has learned, used afterwards: apply, export, evaluate, probe. One small run serves all of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>

#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/store/probe_folder.h"
#include "engine/store/run_reader.h"
#include "tests/support/bad_data.h"
#include "tests/support/run_engine.h"

namespace geocyte::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kCells = 3000, kGenes = 60, kLatent = 64;   // more cells than a block of apply has

class FinishedRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    write(new_data(1), *folder_ / "a.h5ad");
    write(small_dataset(200, kGenes, "gene", 2), *folder_ / "b.h5ad");
    const std::string config = write_config(*folder_ / "run.yaml", (*folder_ / "a.h5ad").string(), (*folder_ / "b.h5ad").string(),
                                            "checkpoint: {every: 10}\nvalidate: {every: 10}\n");
    const Said said = run_engine("train --preset " + config + " --runs " + (*folder_ / "runs").string() + " --run-id one --device cpu --threads 1");
    ASSERT_EQ(said.exit_code, 0) << said.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static data::Dataset new_data(std::uint64_t seed) { return small_dataset(kCells, kGenes, "gene", seed); }
  static fs::path at(const std::string& name) { return *folder_ / name; }
  static std::string run() { return at("runs/one").string(); }

  Said apply(const std::string& data, const std::string& more = "") {
    return run_engine("--json apply --run " + run() + " --data " + data + " --out " + at("out.h5ad").string() + " " + more);
  }
  /// The embedding that apply writes for `dataset`.
  data::DenseMatrix embedding(const data::Dataset& dataset, const std::string& more = "") {
    const Said said = apply(write(dataset, at("new.h5ad")), more);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    return said.exit_code == 0 ? read("out.h5ad").obsm.at("X_gems") : data::DenseMatrix{};
  }
  static data::Dataset read(const std::string& name) { return hdf5::read_h5ad(at(name).string(), {.expression = false}); }
  void expect_refused(const Said& said, ErrorCode code, const std::string& word) {
    EXPECT_EQ(said.exit_code, static_cast<int>(code)) << said.err;
    EXPECT_TRUE(is_one_sentence(said.err)) << said.err;
    EXPECT_NE(said.err.find(word), std::string::npos) << "'" << word << "' is not in: " << said.err;
  }
  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> FinishedRun::folder_;

std::vector<std::int64_t> reversed(std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = n - 1 - i;
  return order;
}

TEST_F(FinishedRun, ApplyToTheTrainingDataGivesTheEmbeddingOfTheRun) {
  ASSERT_EQ(run_engine("export --run " + run() + " --out " + at("shown.h5ad").string()).exit_code, 0);
  const auto shown = read("shown.h5ad");
  EXPECT_EQ(shown.uns.at("geocyte/step"), "20");
  ASSERT_EQ(shown.obs.size(), static_cast<std::size_t>(kCells + 200));
  const auto& of_run = shown.obsm.at("X_gems");
  const auto applied = embedding(new_data(1), "--step 20");
  ASSERT_EQ(applied.cols, kLatent);
  ASSERT_EQ(applied.rows, kCells);
  for (std::size_t i = 0; i < applied.values.size(); ++i) ASSERT_NEAR(applied.values[i], of_run.values[i], 2e-5) << i;
}

TEST_F(FinishedRun, TheOrderAndStorageOfGenesDoNotMatter) {
  const auto wanted = embedding(new_data(3));
  data::Dataset turned = new_data(3);
  turned.x = data::to_csr(data::select_columns(turned.x, reversed(kGenes)));
  std::reverse(turned.var.index.begin(), turned.var.index.end());
  const auto found = embedding(turned);
  ASSERT_EQ(found.values.size(), wanted.values.size());
  for (std::size_t i = 0; i < found.values.size(); ++i) ASSERT_NEAR(found.values[i], wanted.values[i], 2e-5) << i;
}

TEST_F(FinishedRun, ApplySaysWhatItUsed) {
  write(new_data(4), at("new.h5ad"));
  const Said said = apply(at("new.h5ad").string());
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json found = Json::parse(said.out);
  EXPECT_EQ(found["cells"], kCells);
  EXPECT_EQ(found["key"], "X_gems");
  EXPECT_EQ(found["why"], "as judged at the end");
  EXPECT_EQ(found["step"], Json::parse(slurp(at("runs/one/status.json")))["step"]) << "of what the run shows and its scores say";
  const auto made = read("out.h5ad");
  EXPECT_EQ(made.uns.at("geocyte/weights_sha256"), found["weights_sha256"]);
  EXPECT_EQ(made.obs.index[7], "cell7");
}

TEST_F(FinishedRun, ApplyKeepsTheSourceOfEachCell) {
  data::Dataset dataset = new_data(4);
  data::Column batch;
  batch.name = "batch";
  batch.kind = data::ColumnKind::categorical;
  batch.categories = {"x", "y"};
  for (std::int64_t i = 0; i < kCells; ++i) batch.codes.push_back(static_cast<std::int32_t>(i % 2));
  dataset.obs.columns.push_back(batch);
  embedding(dataset, "--by obs.batch");
  const auto* column = read("out.h5ad").obs.find("source");
  ASSERT_NE(column, nullptr);
  expect_refused(apply(at("new.h5ad").string(), "--by obs.bach"), ErrorCode::bad_data, "batch");
}

TEST_F(FinishedRun, TheAdapterOfASourceIsUsedByItsName) {
  const Said trained = run_engine("train --preset " + at("run.yaml").string() + " --set adapter=monge --runs " + at("runs").string() + " --run-id mapped --device cpu --threads 1");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  data::Dataset dataset = small_dataset(90, kGenes, "gene", 5);
  data::Column batch;
  batch.name = "batch";
  batch.kind = data::ColumnKind::categorical;
  batch.categories = {"b", "stranger"};   // a is the reference itself
  for (std::int32_t i = 0; i < 90; ++i) batch.codes.push_back(i % 2);
  dataset.obs.columns.push_back(batch);
  const std::string file = write(dataset, at("two.h5ad"));
  const auto embedded = [&](const std::string& more, const std::string& note) {
    const Said said = run_engine("--json apply --run " + at("runs/mapped").string() + " --data " + file + " --out " + at("mapped.h5ad").string() + " " + more);
    EXPECT_EQ(said.exit_code, 0) << said.err;
    EXPECT_NE(said.err.find(note), std::string::npos) << said.err;
    return read("mapped.h5ad").obsm.at("X_gems");
  };
  const auto plain = embedded("", "90 of 90 cells are of no source"), named = embedded("--by obs.batch", "45 of 90 cells are of no source");
  double moved = 0;
  for (std::int64_t row = 0; row < 90; ++row)
    for (std::int64_t k = 0; k < plain.cols; ++k) {
      const double by = std::abs(static_cast<double>(plain.row(row)[static_cast<std::size_t>(k)] - named.row(row)[static_cast<std::size_t>(k)]));
      if (row % 2 == 1) ASSERT_LT(by, 1e-5) << row;
      else moved = std::max(moved, by);
    }
  EXPECT_GT(moved, 1e-3);
}

TEST_F(FinishedRun, ApplyWritesCsv) {
  write(small_dataset(5, kGenes), at("few.h5ad"));
  ASSERT_EQ(run_engine("apply --run " + run() + " --data " + at("few.h5ad").string() + " --out " + at("few.csv").string()).exit_code, 0);
  const std::string text = slurp(at("few.csv"));
  EXPECT_TRUE(text.starts_with("cell,gems_0,gems_1,")) << text.substr(0, 60);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
  EXPECT_NE(text.find("\ncell4,"), std::string::npos);
}

TEST_F(FinishedRun, AnotherGenePanelIsRefused) {
  write(small_dataset(50, kGenes, "ENSG"), at("new.h5ad"));
  expect_refused(apply(at("new.h5ad").string(), "--missing zero"), ErrorCode::bad_data, "none of the 40 genes");
}

TEST_F(FinishedRun, MissingGenesAreRefusedOrCountAsZero) {
  data::Dataset dataset = small_dataset(50, kGenes);
  std::string lost;
  const Json artifact = Json::parse(slurp(at("runs/one/artifacts/encoder/artifact.json")));
  for (const Json& step : artifact["about"]["recipe"]["steps"])
    if (step["step"] == "select") lost = step["genes"][0].get<std::string>();
  for (auto& gene : dataset.var.index)
    if (gene == lost) gene = "something_else";
  write(dataset, at("new.h5ad"));
  expect_refused(apply(at("new.h5ad").string()), ErrorCode::bad_data, lost);
  const Said said = apply(at("new.h5ad").string(), "--missing zero");
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(Json::parse(said.out)["missing_genes"], 1);
}

TEST_F(FinishedRun, ADryRunSaysWhatWouldBeDoneAndWritesNothing) {
  data::Dataset dataset = small_dataset(50, kGenes);
  data::Column batch;
  batch.name = "batch";
  batch.kind = data::ColumnKind::categorical;
  batch.categories = {"x", "y"};
  for (std::int32_t i = 0; i < 50; ++i) batch.codes.push_back(i % 3 - 1);
  dataset.obs.columns.push_back(batch);
  const Json artifact = Json::parse(slurp(at("runs/one/artifacts/encoder/artifact.json")));
  std::vector<std::string> panel;
  for (const Json& step : artifact["about"]["recipe"]["steps"])
    if (step["step"] == "select") panel = step["genes"].get<std::vector<std::string>>();
  ASSERT_EQ(panel.size(), 40u);
  for (auto& gene : dataset.var.index)
    if (gene == panel[3]) gene = "something_else";
  const std::string file = write(dataset, at("plan.h5ad")), out = at("plan_out.h5ad").string();
  const auto plan = [&] { return run_engine("--json apply --dry-run --run " + run() + " --data " + file + " --out " + out); };
  const Said said = plan();
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json found = Json::parse(said.out);
  EXPECT_EQ(found["cells"], 50);
  EXPECT_EQ(found["makes"], "embedding");
  EXPECT_EQ(found["key"], "X_gems");
  EXPECT_EQ(found["panel"], 40);
  EXPECT_EQ(found["missing_genes"], 1);
  EXPECT_EQ(found["missing"], Json::array({panel[3]}));
  bool has_batch = false;
  for (const Json& column : found["columns"])
    if (column["name"] == "batch") {
      has_batch = true;
      EXPECT_EQ(column["values"], 2);
      EXPECT_EQ(column["missing"], 17);
    }
  EXPECT_TRUE(has_batch) << found["columns"];
  EXPECT_EQ(found["out_exists"], false);
  EXPECT_FALSE(fs::exists(out));
  std::ofstream(out) << "x";
  EXPECT_EQ(Json::parse(plan().out)["out_exists"], true);
  EXPECT_EQ(slurp(out), "x");
  const Said words = run_engine("apply --dry-run --run " + run() + " --data " + file + " --out " + out);
  EXPECT_EQ(words.exit_code, 0);
  EXPECT_NE(words.out.find("39 of 40 genes"), std::string::npos) << words.out;
  EXPECT_NE(words.err.find("refused without --missing zero"), std::string::npos) << words.err;
  EXPECT_NE(run_engine("apply --dry-run --missing zero --run " + run() + " --data " + file + " --out " + out).err.find("count as zero"), std::string::npos);
  write(small_dataset(50, kGenes, "ENSG"), file);
  expect_refused(plan(), ErrorCode::bad_data, "none of the 40 genes");
}

TEST_F(FinishedRun, AFolderThatIsNotThereIsSaidBeforeAnythingIsComputed) {
  const std::string file = write(small_dataset(50, kGenes), at("somewhere.h5ad"));
  for (const char* more : {"", "--dry-run "})
    expect_refused(run_engine("--json apply " + std::string(more) + "--run " + run() + " --data " + file + " --out " + at("nowhere/out.h5ad").string()), ErrorCode::storage, "nowhere");
  expect_refused(run_engine("export --run " + run() + " --out " + at("nowhere/out.csv").string()), ErrorCode::storage, "nowhere");
}

TEST_F(FinishedRun, ASketchHasTheLeadingComponentsOfTheAnswer) {
  data::Dataset dataset = small_dataset(500, kGenes, "gene", 6);
  const std::string file = write(dataset, at("sketched.h5ad"));
  const Said said = apply(file, "--sketch 100");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json sketch = Json::parse(said.out)["sketch"];
  EXPECT_EQ(sketch["cells"], 500);
  EXPECT_EQ(sketch["shown"], 100);
  EXPECT_EQ(sketch["places"], false);
  ASSERT_EQ(sketch["points"].size(), 200u);
  const auto values = read("out.h5ad").obsm.at("X_gems");
  // Along an eigenvector of the covariance: moved by C, the scores of an axis stay what they are but for its variance.
  std::vector<double> mean(static_cast<std::size_t>(values.cols));
  for (std::int64_t i = 0; i < 100; ++i)
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += values.row(5 * i)[k] / 100.0;
  double whole = 0, sums[2] = {}, products = 0;
  for (std::int64_t i = 0; i < 100; ++i) {
    const double x = sketch["points"][2 * i], y = sketch["points"][2 * i + 1];
    sums[0] += x * x, sums[1] += y * y, products += x * y;
    for (std::size_t k = 0; k < mean.size(); ++k) whole += std::pow(values.row(5 * i)[k] - mean[k], 2);
  }
  EXPECT_GE(sums[0], sums[1]);
  EXPECT_NEAR(products / std::sqrt(sums[0] * sums[1]), 0, 1e-2) << "uncorrelated";
  const std::string method = sketch["method"];
  EXPECT_NE(method.find("PCA of 64 dimensions, " + std::to_string(std::lround(100 * (sums[0] + sums[1]) / whole)) + " %"), std::string::npos) << method;
  EXPECT_FALSE(Json::parse(apply(file).out).contains("sketch")) << "only who asks gets it";
}

TEST_F(FinishedRun, DuplicateGeneNamesAreRefused) {
  data::Dataset dataset = small_dataset(50, kGenes);
  dataset.var.index[3] = dataset.var.index[4];
  write(dataset, at("new.h5ad"));
  expect_refused(apply(at("new.h5ad").string()), ErrorCode::bad_data, "gene4");
}

TEST_F(FinishedRun, ValuesThatAreNoCountsAreRefused) {
  data::Dataset negative = small_dataset(50, kGenes), scaled = small_dataset(50, kGenes);
  std::get<data::DenseMatrix>(negative.x).values[9] = -2;
  for (float& value : std::get<data::DenseMatrix>(scaled.x).values) value = std::log1p(value);
  write(negative, at("new.h5ad"));
  expect_refused(apply(at("new.h5ad").string()), ErrorCode::bad_data, "negative");
  expect_refused(apply(at("new.h5ad").string(), "--counts X"), ErrorCode::bad_data, "negative");
  write(scaled, at("new.h5ad"));
  expect_refused(apply(at("new.h5ad").string()), ErrorCode::bad_data, "whole numbers");
  const Said as_it_is = apply(at("new.h5ad").string(), "--counts X");
  EXPECT_EQ(as_it_is.exit_code, 0) << as_it_is.err;
  EXPECT_NE(as_it_is.err.find("note: "), std::string::npos);
}

TEST_F(FinishedRun, CountsAreFoundInALayer) {
  const data::Dataset counts = new_data(5);
  const auto wanted = embedding(counts);
  data::Dataset logged = counts;
  logged.layers["counts"] = counts.x;
  for (float& value : std::get<data::DenseMatrix>(logged.x).values) value = std::log1p(value);
  EXPECT_EQ(embedding(logged).values, wanted.values);
  EXPECT_EQ(embedding(logged, "--counts layers/counts").values, wanted.values);
  EXPECT_NE(embedding(logged, "--counts X").values, wanted.values);
  expect_refused(apply(at("new.h5ad").string(), "--counts cuonts"), ErrorCode::bad_data, "counts");
}

TEST_F(FinishedRun, AStepWithoutCheckpointNamesThoseThereAre) {
  write(new_data(4), at("new.h5ad"));
  expect_refused(apply(at("new.h5ad").string(), "--step 13"), ErrorCode::bad_data, "10 and 20");
}

TEST_F(FinishedRun, ExportCarriesKeptSelections) {
  const auto folder = at("runs/one/selections");
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "odd ones.json") << R"({"format": 1, "axis": "cell", "name": "odd ones", "ids": ["a/cell1", "a/cell3", "nobody"]})";
  std::ofstream(folder / "source.json") << R"({"format": 1, "axis": "cell", "name": "source", "ids": ["a/cell1"]})";
  std::ofstream(folder / "broken.json") << "{";
  ASSERT_EQ(run_engine("export --run " + run() + " --out " + at("shown.h5ad").string()).exit_code, 0);
  std::filesystem::remove_all(folder);
  const auto shown = read("shown.h5ad");
  const auto* kept = shown.obs.find("odd ones");
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->text_at(0), "out");
  EXPECT_EQ(kept->text_at(1), "in");
  EXPECT_EQ(kept->text_at(3), "in");
  EXPECT_EQ(shown.obs.find("source")->text_at(1), "a") << "a label of the run keeps its name";
  EXPECT_EQ(shown.obs.find("broken"), nullptr);
}

TEST_F(FinishedRun, ExportCarriesLabelsAndPlaces) {
  ASSERT_EQ(run_engine("export --run " + run() + " --out " + at("shown.h5ad").string()).exit_code, 0);
  const auto shown = read("shown.h5ad");
  for (const char* name : {"source", "patient", "modality", "split"}) EXPECT_NE(shown.obs.find(name), nullptr) << name;
  EXPECT_EQ(shown.obs.find("source")->text_at(0), "a");
  EXPECT_EQ(shown.obs.index[0], "a/cell0");
  for (const char* key : {"X_gems", "X_pca", "X_umap"}) EXPECT_TRUE(shown.obsm.contains(key)) << key;
  EXPECT_EQ(shown.obsm.at("X_umap").cols, 2);
  EXPECT_NE(shown.uns.at("geocyte/caption/X_umap").find("UMAP"), std::string::npos);
  EXPECT_FALSE(shown.obsm.contains("expression")) << "genes are data, not a place";
  expect_refused(run_engine("export --run " + run() + " --out " + at("shown.txt").string()), ErrorCode::usage, ".csv");
}

TEST_F(FinishedRun, EvaluateRepeatsTheEvaluationOfTheRun) {
  const Json before = Json::parse(slurp(at("runs/one/evaluation/00000020.json")));
  const Said said = run_engine("--json evaluate --run " + run() + " --step 20 --device cpu --threads 1");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json again = Json::parse(slurp(at("runs/one/evaluation/00000020.json")));
  EXPECT_EQ(again, before);
  EXPECT_EQ(Json::parse(said.out)["rows"], before["rows"]);
  const Said table = run_engine("evaluate --run " + run() + " --step 10 --device cpu --threads 1");
  EXPECT_NE(table.out.find("align/max_standardised"), std::string::npos);
  EXPECT_TRUE(fs::exists(at("runs/one/evaluation/00000010.json")));
}

TEST_F(FinishedRun, AProbeIsAnsweredAfterTheEnd) {
  const std::string status = slurp(at("runs/one/status.json"));
  const Said said = run_engine("--json probe --run " + run() + " --step 20 --arg rows=0 --device cpu --threads 1");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json found = Json::parse(said.out);
  const auto answer = store::read_probe_answer(at("runs/one"), found["id"]);
  EXPECT_EQ(answer.step, 20);
  EXPECT_EQ(answer.find("embedding")->shape[0], kCells + 200);
  EXPECT_EQ(slurp(at("runs/one/status.json")), status) << "who serves changes nothing that the training wrote";
  expect_refused(run_engine("probe --run " + run() + " --arg row=0 --device cpu --threads 1"), ErrorCode::usage, "rows");
}

TEST_F(FinishedRun, AServerLeavesWhenNobodyAsks) {
  const Said said = run_engine("serve --run " + run() + " --quiet 0.2 --device cpu --threads 1");
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(slurp(at("runs/one/lock")), "") << "the lock is let go";
}

/// A copy of the run that a test may harm.
class HarmedRun : public FinishedRun {
 protected:
  void SetUp() override {
    fs::remove_all(at("runs/harmed"));
    fs::copy(at("runs/one"), at("runs/harmed"), fs::copy_options::recursive);
    write(small_dataset(50, kGenes), at("new.h5ad"));
  }
  Said apply_harmed(const std::string& more = "") {
    return run_engine("--json apply --run " + at("runs/harmed").string() + " --data " + at("new.h5ad").string() + " --out " + at("out.h5ad").string() + " " + more);
  }
  static void harm(const std::string& file) { std::ofstream(at("runs/harmed/" + file), std::ios::app) << "x"; }
};

TEST_F(HarmedRun, ADamagedCheckpointIsPassedOver) {
  const Json status = Json::parse(slurp(at("runs/harmed/status.json")));
  const std::int64_t best = status["best"]["step"], last = status["step"];
  harm("checkpoints/000000" + std::to_string(last) + "/model.safetensors");
  if (best != last) harm("checkpoints/000000" + std::to_string(best) + "/model.safetensors");
  const Said said = apply_harmed();
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(Json::parse(said.out)["why"], "newest");
  EXPECT_NE(said.err.find("model.safetensors"), std::string::npos) << said.err;
  expect_refused(apply_harmed("--step " + std::to_string(best)), ErrorCode::bad_data, "model.safetensors");
}

TEST_F(HarmedRun, WeightsOfAnotherPanelAreRefused) {
  const fs::path artifact = at("runs/harmed/checkpoints/00000020/artifacts/encoder/artifact.json");
  Json json = Json::parse(slurp(artifact));
  for (Json& step : json["about"]["recipe"]["steps"])
    if (step["step"] == "select") step["genes"][0] = "another_gene";
  fs::remove_all(at("runs/harmed/checkpoints/00000020/manifest.json"));
  std::ofstream(artifact) << json;
  // The manifest notices first; without it the hash of the recipe does. Here the newest artifact of an older run is what is used.
  std::ofstream(at("runs/harmed/artifacts/encoder/artifact.json")) << json;
  fs::remove_all(at("runs/harmed/checkpoints/00000010/artifacts"));
  Json manifest = Json::parse(slurp(at("runs/harmed/checkpoints/00000010/manifest.json")));
  Json kept = Json::array();
  for (const Json& file : manifest["files"])
    if (!file["name"].get<std::string>().starts_with("artifacts/")) kept.push_back(file);
  manifest["files"] = kept;
  std::ofstream(at("runs/harmed/checkpoints/00000010/manifest.json")) << manifest;
  expect_refused(apply_harmed(), ErrorCode::bad_data, "recipe");
}

TEST_F(HarmedRun, ANewerVersionOfTheFormatIsRefused) {
  Json json = Json::parse(slurp(at("runs/harmed/run.json")));
  json["format"] = 2;
  std::ofstream(at("runs/harmed/run.json")) << json;
  for (const char* command : {"resume ", "export --out x.h5ad --run ", "evaluate --run ", "serve --run "})
    expect_refused(run_engine(command + at("runs/harmed").string()), ErrorCode::bad_data, "newer Geocyte");
}

TEST_F(HarmedRun, ACheckpointOfAnotherGenePanelIsRefusedAndNothingIsLost) {
  // The data of source b changed since: other genes are the most variable ones now.
  data::Dataset other = small_dataset(200, kGenes, "gene", 2);
  for (std::int64_t cell = 0; cell < 200; ++cell)
    for (std::int64_t gene = 0; gene < 30; ++gene) std::get<data::DenseMatrix>(other.x).row(cell)[static_cast<std::size_t>(gene)] = cell % 9 == gene % 9 ? 90.0F : 0.0F;
  write(other, at("b.h5ad"));
  const Said said = run_engine("resume " + at("runs/harmed").string() + " --extend 5 --device cpu --threads 1");
  write(small_dataset(200, kGenes, "gene", 2), at("b.h5ad"));
  expect_refused(said, ErrorCode::bad_data, "gene panel");
  const Said again = run_engine("resume " + at("runs/harmed").string() + " --extend 5 --device cpu --threads 1");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(Json::parse(slurp(at("runs/harmed/status.json")))["step"], 25);
}

}  // namespace
}  // namespace geocyte::test
