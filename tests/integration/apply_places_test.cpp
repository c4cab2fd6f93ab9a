// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of st_edm has learned, used on cells that it has never seen: apply to places, in every format, and data that are wrong in one way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/core/rng.h"
#include "engine/hdf5/h5ad_reader.h"
#include "tests/support/bad_data.h"
#include "tests/support/run_engine.h"
#include "tests/support/slides.h"

namespace geocyte::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kCells = 160, kGenes = 40;

/// In units of a file of its own.
data::Dataset wide_slide(std::int64_t cells, std::uint64_t seed) { return test::slide(cells, kGenes, seed, 100); }

using Pairs = std::vector<double>;
Pairs distances(const data::DenseMatrix& places) {
  Pairs all;
  for (std::int64_t i = 0; i < places.rows; ++i)
    for (std::int64_t j = 0; j < i; ++j) all.push_back(std::hypot(places.row(i)[0] - places.row(j)[0], places.row(i)[1] - places.row(j)[1]));
  return all;
}

double correlation(const Pairs& a, const Pairs& b) {
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  const auto n = static_cast<double>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) ma += a[i] / n, mb += b[i] / n;
  for (std::size_t i = 0; i < a.size(); ++i) ab += (a[i] - ma) * (b[i] - mb), aa += (a[i] - ma) * (a[i] - ma), bb += (b[i] - mb) * (b[i] - mb);
  return ab / std::sqrt(aa * bb);
}

class PlacedData : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    for (int s = 1; s <= 3; ++s) write(wide_slide(kCells, static_cast<std::uint64_t>(s)), at("s" + std::to_string(s) + ".h5ad"));
    std::ofstream(at("run.yaml")) << "system: st_edm\nparent: st_edm/demo\ntitle: three small slides\ndata_folder: ''\nsteps: 200\nbatch_size: 60\ngenes: 0\nheld_out: {sources: [c], fraction: 0.2}\n"
                                  << "refine: {share: 0.2}\ncheckpoint: {every: 100}\nsources:\n"
                                  << "  - {name: a, file: '" << at("s1.h5ad").string() << "', patient: p, modality: st, spatial: spatial}\n"
                                  << "  - {name: b, file: '" << at("s2.h5ad").string() << "', patient: p, modality: st, spatial: spatial}\n"
                                  << "  - {name: c, file: '" << at("s3.h5ad").string() << "', patient: p, modality: st, spatial: spatial}\n";
    const Said said = run_engine("train --preset " + at("run.yaml").string() + " --runs " + at("runs").string() + " --run-id one --device cpu --threads 1");
    ASSERT_EQ(said.exit_code, 0) << said.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static fs::path at(const std::string& name) { return *folder_ / name; }
  static std::string run() { return at("runs/one").string(); }
  static data::Dataset read(const std::string& name) { return hdf5::read_h5ad(at(name).string(), {.expression = false}); }

  Said apply(const std::string& data, const std::string& out, const std::string& more = "") {
    return run_engine("--json apply --threads 1 --run " + run() + " --data " + data + " --out " + at(out).string() + " " + more);
  }
  void expect_refused(const Said& said, ErrorCode code, const std::string& word) {
    EXPECT_EQ(said.exit_code, static_cast<int>(code)) << said.err;
    EXPECT_TRUE(is_one_sentence(said.err)) << said.err;
    EXPECT_NE(said.err.find(word), std::string::npos) << "'" << word << "' is not in: " << said.err;
  }
  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> PlacedData::folder_;

TEST_F(PlacedData, ASlideOfTheRunLiesAsTheRunShowsIt) {
  const Said said = apply(at("s3.h5ad").string(), "c.h5ad", "--step 200");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  ASSERT_EQ(run_engine("export --run " + run() + " --out " + at("shown.h5ad").string()).exit_code, 0);
  const auto made = read("c.h5ad"), shown = read("shown.h5ad");
  const auto& all = shown.obsm.at("X_predicted");
  data::DenseMatrix own{kCells, 2, {all.values.begin() + 2 * 2 * kCells, all.values.end()}};
  const Pairs ours = distances(made.obsm.at("X_st_edm")), theirs = distances(own), truth = distances(wide_slide(kCells, 3).obsm.at("spatial"));
  EXPECT_GT(correlation(ours, theirs), 0.999);
  EXPECT_GT(correlation(ours, truth), 0.6) << "the tissue is an easy one";
  const auto *uncertainty = made.obs.find("uncertainty"), *of_run = shown.obs.find("uncertainty"), *off = made.obs.find("off_tissue"), *off_run = shown.obs.find("off_tissue");
  ASSERT_TRUE(uncertainty && of_run && off && off_run);
  for (std::size_t i = 0; i < kCells; ++i) {
    ASSERT_GT(uncertainty->numbers[i], 0);
    ASSERT_NEAR(off->numbers[i], off_run->numbers[2 * kCells + i], 1e-3);
  }
  EXPECT_NE(made.uns.at("geocyte/uncertainty").find("calibrated on 64 validation cells"), std::string::npos);
  EXPECT_EQ(made.uns.at("geocyte/step"), "200");
}

TEST_F(PlacedData, NewCellsLieNearTheirPlacesInTheFrameOfTheFirstSlide) {
  const data::Dataset fresh = wide_slide(220, 9);
  const Said said = apply(write(fresh, at("new.h5ad")), "new_out.h5ad", "--units tissue");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(Json::parse(said.out)["key"], "X_st_edm");
  const auto made = read("new_out.h5ad");
  const auto& places = made.obsm.at("X_st_edm");
  EXPECT_GT(correlation(distances(places), distances(fresh.obsm.at("spatial"))), 0.6);
  // Not only distances: the same way up and about as large as the slides are in their files.
  for (std::size_t d = 0; d < 2; ++d) {
    Pairs a, b;
    for (std::int64_t i = 0; i < 220; ++i) a.push_back(places.row(i)[d]), b.push_back(fresh.obsm.at("spatial").row(i)[d]);
    EXPECT_GT(correlation(a, b), 0.5) << d;
  }
  const Pairs ours = distances(places);
  EXPECT_NEAR(*std::max_element(ours.begin(), ours.end()), 130, 50);
  EXPECT_EQ(made.uns.at("geocyte/unit"), "as in the files of the training slides");
}

TEST_F(PlacedData, ASketchHasThePlacesThatAreWritten) {
  const Said plan = apply(write(wide_slide(220, 9), at("new.h5ad")), "sketched.h5ad", "--dry-run");
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_EQ(Json::parse(plan.out)["makes"], "places");
  EXPECT_GT(Json::parse(plan.out)["memory_bytes"].get<double>(), 1e6);
  EXPECT_FALSE(fs::exists(at("sketched.h5ad")));
  const Said said = apply(at("new.h5ad").string(), "sketched.h5ad", "--sketch 55");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  const Json sketch = Json::parse(said.out)["sketch"];
  const auto made = read("sketched.h5ad");
  ASSERT_EQ(sketch["shown"], 55);
  ASSERT_EQ(sketch["places"], true);
  ASSERT_EQ(sketch["points"].size(), 110u);
  for (std::size_t i = 0; i < 55; ++i)
    for (std::size_t d = 0; d < 2; ++d) ASSERT_NEAR(sketch["points"][2 * i + d].get<double>(), made.obsm.at("X_st_edm").row(static_cast<std::int64_t>(4 * i))[d], 1e-3) << i;
  ASSERT_EQ(sketch["numbers"].size(), 2u);
  for (const Json& one : sketch["numbers"]) EXPECT_NEAR(one["values"][10].get<double>(), made.obs.find(one["name"])->numbers[40], 1e-2);
}

TEST_F(PlacedData, EachSourceIsATissueOfItsOwn) {
  data::Dataset two = wide_slide(120, 11);
  data::Column batch;
  batch.name = "batch";
  batch.kind = data::ColumnKind::categorical;
  batch.categories = {"x", "y"};
  for (int i = 0; i < 120; ++i) batch.codes.push_back(i % 2);
  two.obs.columns.push_back(batch);
  data::Dataset one = two;
  std::vector<std::int64_t> even;
  for (std::int64_t i = 0; i < 120; i += 2) even.push_back(i);
  one.x = data::select_rows(two.x, even);
  one.obsm.clear();
  one.obs = {};
  for (const auto i : even) one.obs.index.push_back(two.obs.index[static_cast<std::size_t>(i)]);
  ASSERT_EQ(apply(write(two, at("two.h5ad")), "two_out.h5ad", "--by obs.batch").exit_code, 0);
  ASSERT_EQ(apply(write(one, at("half.h5ad")), "half_out.h5ad").exit_code, 0);
  const auto both = read("two_out.h5ad").obsm.at("X_st_edm"), alone = read("half_out.h5ad").obsm.at("X_st_edm");
  data::DenseMatrix own{60, 2, {}};
  for (const auto i : even) own.values.insert(own.values.end(), {both.row(i)[0], both.row(i)[1]});
  EXPECT_GT(correlation(distances(own), distances(alone)), 0.999);
  EXPECT_EQ(read("two_out.h5ad").obs.find("source")->text_at(1), "y");
}

TEST_F(PlacedData, TablesAndPointsHaveTheNumbersToo) {
  data::Dataset few = wide_slide(50, 12);
  const std::string placed = write(few, at("placed.h5ad"));
  few.obsm.clear();
  const std::string data = write(few, at("few.h5ad"));
  ASSERT_EQ(apply(data, "few.csv").exit_code, 0);
  const std::string text = slurp(at("few.csv"));
  EXPECT_TRUE(text.starts_with("cell,st_edm_0,st_edm_1,uncertainty,off_tissue\n")) << text.substr(0, 80);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 51);
  ASSERT_EQ(apply(placed, "few.vtk").exit_code, 0);
  const std::string points = slurp(at("few.vtk"));
  EXPECT_NE(points.find("POINTS 50 float"), std::string::npos);
  EXPECT_NE(points.find("cells by X_st_edm"), std::string::npos) << "not by the places that the file had";
  EXPECT_NE(points.find("off_tissue 1 50 float"), std::string::npos);
  ASSERT_EQ(run_engine("export --run " + run() + " --out " + at("shown.csv").string()).exit_code, 0);
  EXPECT_NE(slurp(at("shown.csv")).find(",off_tissue,uncertainty\n"), std::string::npos);
}

TEST_F(PlacedData, CellsUnlikeTheTissueAreSaidSo) {
  // Half of the cells are of the tissue, half have their genes shuffled: each gene alone looks as it should.
  data::Dataset mixed = wide_slide(160, 13);
  auto& x = std::get<data::DenseMatrix>(mixed.x);
  Rng rng(5);
  for (std::int64_t i = 80; i < 160; ++i)
    for (std::size_t g = 0; g < kGenes; ++g) std::swap(x.row(i)[g], x.row(80 + static_cast<std::int64_t>(rng.below(80)))[g]);
  ASSERT_EQ(apply(write(mixed, at("mixed.h5ad")), "mixed_out.h5ad").exit_code, 0);
  const auto off = read("mixed_out.h5ad").obs.find("off_tissue")->numbers;
  double known = 0, strange = 0;
  for (std::size_t i = 0; i < 80; ++i) known += off[i] / 80, strange += off[80 + i] / 80;
  EXPECT_LT(known, 1.2);
  EXPECT_GT(strange, 1.2 * known);
}

TEST_F(PlacedData, WhatCannotBePlacedIsRefusedInOneSentence) {
  const auto refused = [&](const data::Dataset& data, ErrorCode code, const std::string& word, const std::string& more = "") {
    expect_refused(apply(write(data, at("bad.h5ad")), "bad_out.h5ad", more), code, word);
    EXPECT_FALSE(fs::exists(at("bad_out.h5ad")));
  };
  data::Dataset strange = wide_slide(50, 14), few = wide_slide(50, 14), holes = wide_slide(50, 14);
  for (auto& gene : strange.var.index) gene = "ENSG" + gene;
  refused(strange, ErrorCode::bad_data, "none of the 40 genes");
  few.var.index[3] = "other";
  refused(few, ErrorCode::bad_data, "lacks 1 of the 40 genes");
  std::get<data::DenseMatrix>(holes.x).values[77] = NAN;
  refused(holes, ErrorCode::bad_data, "not finite");
  refused(wide_slide(3, 14), ErrorCode::bad_data, "has 3 cells");
  refused(wide_slide(0, 14), ErrorCode::bad_data, "");
  const std::string whole = write(wide_slide(50, 14), at("cut.h5ad"));
  fs::resize_file(whole, fs::file_size(whole) / 2);
  expect_refused(apply(whole, "bad_out.h5ad"), ErrorCode::bad_data, "cut.h5ad");
  std::ofstream(at("empty.h5ad"), std::ios::trunc).flush();
  expect_refused(apply(at("empty.h5ad").string(), "bad_out.h5ad"), ErrorCode::bad_data, "empty.h5ad");
  expect_refused(apply(at("s1.h5ad").string(), "bad_out.txt"), ErrorCode::usage, ".csv");
}

TEST_F(PlacedData, MoreThanMemoryHoldsIsRefusedBeforeItIsBegun) {
  const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  if (memory > 300e9) GTEST_SKIP() << "distances of 100,000 cells may fit into " << memory / 1e9 << " GB";
  const std::string many = write(wide_slide(100'000, 15), at("many.h5ad"));
  const Said said = apply(many, "many_out.h5ad", "--at-once 100000");
  expect_refused(said, ErrorCode::out_of_memory, "100,000 cells need about");
  EXPECT_FALSE(fs::exists(at("many_out.h5ad")));
  fs::remove(many);
}

TEST_F(PlacedData, CtrlCIsAnsweredInItsOwnWordsAndLeavesNoFile) {
  const std::string many = write(wide_slide(20'000, 16), at("long.h5ad")), said = at("said").string();
  const std::string command = "'" + engine_path() + "' apply --threads 1 --run " + run() + " --data " + many + " --out " + at("long_out.h5ad").string() + " 2> " + said +
                              " & pid=$!; for i in $(seq 600); do [ -s " + said + " ] && break; sleep 0.05; done; kill -INT $pid; wait $pid";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 130);
  const std::string text = slurp(said);
  EXPECT_NE(text.find("stopping; nothing will be written"), std::string::npos) << text;
  EXPECT_EQ(text.find("checkpoint"), std::string::npos) << text;
  EXPECT_FALSE(fs::exists(at("long_out.h5ad")));
}

TEST_F(PlacedData, HeadsOfAnotherPanelAreRefused) {
  fs::remove_all(at("runs/harmed"));
  fs::copy(at("runs/one"), at("runs/harmed"), fs::copy_options::recursive);
  const fs::path artifact = at("runs/harmed/checkpoints/00000200/artifacts/heads/artifact.json");
  const Json good = Json::parse(slurp(artifact));
  fs::remove_all(at("runs/harmed/checkpoints/00000200/manifest.json"));
  fs::remove_all(at("runs/harmed/checkpoints/00000100"));
  const auto try_with = [&](const Json& json, const std::string& word) {
    std::ofstream(artifact) << json;
    std::ofstream(at("runs/harmed/artifacts/heads/artifact.json")) << json;
    Json manifest = Json::parse(slurp(at("runs/one/checkpoints/00000200/manifest.json")));
    std::erase_if(manifest["files"].get_ref<Json::array_t&>(), [](const Json& file) { return file["name"].get<std::string>().starts_with("artifacts/"); });
    std::ofstream(at("runs/harmed/checkpoints/00000200/manifest.json")) << manifest;
    expect_refused(run_engine("--json apply --run " + at("runs/harmed").string() + " --step 200 --data " + at("s1.h5ad").string() + " --out " + at("bad_out.h5ad").string()), ErrorCode::bad_data, word);
  };
  Json panel = good, old = good;
  for (Json& step : panel["about"]["recipe"]["steps"])
    if (step["step"] == "select") step["genes"][0] = "another_gene";
  try_with(panel, "the networks of the run do not belong to their gene panel");
  old["config"].erase("input");
  try_with(old, "older Geocyte");
}

}  // namespace
}  // namespace geocyte::test
