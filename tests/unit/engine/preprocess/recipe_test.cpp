// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/preprocess/recipe.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "engine/core/rng.h"
#include "tests/support/temp_folder.h"

namespace geocyte::preprocess {
namespace {

using data::DenseMatrix;
using data::Source;
using test::expect_error;

Source make_source(const std::string& name, std::vector<std::string> genes, data::Matrix x) {
  auto dataset = std::make_shared<data::Dataset>();
  dataset->var.index = std::move(genes);
  dataset->x = std::move(x);
  Source source;
  source.name = name;
  source.dataset = std::move(dataset);
  return source;
}

std::vector<std::string> gene_names(int n) {
  std::vector<std::string> names;
  for (int g = 0; g < n; ++g) names.push_back(fmt::format("g{}", 100 + g));
  return names;
}

/// Poisson counts; every third gene follows a two-fold programme of its own.
Source counts(const std::string& name, int cells, int genes, std::uint64_t seed) {
  Rng rng(seed);
  DenseMatrix x{cells, genes, {}};
  for (int i = 0; i < cells; ++i)
    for (int g = 0; g < genes; ++g)
      x.values.push_back(static_cast<float>(rng.poisson(g % 3 == 0 && i % 2 == 0 ? 12.0 : 3.0 + g % 5)));
  return make_source(name, gene_names(genes), std::move(x));
}

std::vector<std::int64_t> all_rows(const std::vector<Source>& sources) {
  std::int64_t n = 0;
  for (const auto& source : sources) n += source.size();
  std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

Recipe fit(const std::vector<Source>& sources, const RecipeOptions& options = {}) {
  return Recipe::fit(sources, all_rows(sources), options);
}

RecipeOptions panel_of(std::int64_t genes, bool centre = false) {
  RecipeOptions options;
  options.genes = genes;
  if (centre) options.by_source = BySource::centre;
  return options;
}

float value_of(const Recipe& recipe, const Source& source, std::int64_t cell, const std::string& gene) {
  const auto place = std::find(recipe.panel().begin(), recipe.panel().end(), gene);
  return recipe.apply(source).row(cell)[static_cast<std::size_t>(place - recipe.panel().begin())];
}

TEST(Recipe, GivesTheLogOfTheShareTimesTheTargetSum) {
  const Source source = make_source("a", {"A", "B"}, DenseMatrix{2, 2, {1, 3, 0, 5}});
  const Recipe recipe = fit({source});
  EXPECT_FLOAT_EQ(value_of(recipe, source, 0, "A"), std::log1p(2500.0F));
  EXPECT_FLOAT_EQ(value_of(recipe, source, 0, "B"), std::log1p(7500.0F));
  EXPECT_EQ(value_of(recipe, source, 1, "A"), 0);
  EXPECT_FLOAT_EQ(value_of(recipe, source, 1, "B"), std::log1p(10000.0F));
}

TEST(Recipe, TheLibraryIsTakenOverAllGenesNotOverThePanel) {
  const Source source = counts("a", 40, 30, 1);
  const Recipe wide = fit({source}, panel_of(30)), narrow = fit({source}, panel_of(3));
  ASSERT_EQ(narrow.panel().size(), 3u);
  for (const auto& gene : narrow.panel()) EXPECT_EQ(value_of(narrow, source, 5, gene), value_of(wide, source, 5, gene));
}

TEST(Recipe, DeeperSequencingOfACellChangesNothing) {
  Source source = counts("a", 20, 12, 1);
  DenseMatrix deeper = std::get<DenseMatrix>(source.dataset->x);
  for (float& value : deeper.row(4)) value *= 8;  // a power of two: no rounding
  const Source other = make_source("a", gene_names(12), deeper);
  EXPECT_EQ(fit({source}).apply(source).values, fit({source}).apply(other).values);
}

TEST(Recipe, AnEmptyCellStaysZero) {
  const Source source = make_source("a", {"A", "B"}, DenseMatrix{3, 2, {1, 3, 0, 0, 2, 2}});
  const DenseMatrix cells = fit({source}).apply(source);
  EXPECT_EQ(cells.row(1)[0], 0);
  EXPECT_EQ(cells.row(1)[1], 0);
}

TEST(Recipe, SparseAndDenseDataGiveTheSame) {
  const Source dense = counts("a", 50, 20, 2);
  const Source sparse = make_source("a", gene_names(20), data::to_csr(dense.dataset->x));
  for (const auto kind : {Variability::dispersion, Variability::variance, Variability::residual}) {
    RecipeOptions options = panel_of(7, true);
    options.variability = kind;
    EXPECT_EQ(fit({dense}, options).hash(), fit({sparse}, options).hash());
    EXPECT_EQ(fit({dense}, options).apply(dense).values, fit({dense}, options).apply(sparse).values);
  }
}

TEST(Recipe, ASubsetOfRowsGivesTheRowsOfTheWhole) {
  const Source whole = counts("a", 30, 10, 3);
  Source part = whole;
  part.rows = {7, 2, 29};
  const Recipe recipe = fit({whole});
  const DenseMatrix all = recipe.apply(whole), some = recipe.apply(part);
  ASSERT_EQ(some.rows, 3);
  for (int i = 0; i < 3; ++i)
    for (int g = 0; g < 10; ++g) EXPECT_EQ(some.row(i)[g], all.row(part.rows[i])[g]);
}

TEST(Recipe, HeldOutCellsNeverReachTheStatistics) {
  const Source a = counts("a", 60, 30, 4), b = counts("b", 50, 30, 5);
  std::vector<std::int64_t> train;
  for (std::int64_t i = 0; i < 110; ++i)
    if (i % 5 != 0) train.push_back(i);
  // The held-out cells of b (positions 60 + 5k, rows 5k of b) become something else entirely.
  DenseMatrix changed = std::get<DenseMatrix>(b.dataset->x);
  for (std::int64_t row = 0; row < 50; row += 5)
    for (std::size_t g = 0; g < 30; ++g) changed.row(row)[g] = static_cast<float>(g * g);
  const Source other = make_source("b", gene_names(30), changed);
  const RecipeOptions options = panel_of(10, true);
  EXPECT_EQ(Recipe::fit({a, b}, train, options).hash(), Recipe::fit({a, other}, train, options).hash());
  EXPECT_NE(fit({a, b}, options).hash(), fit({a, other}, options).hash()) << "the change matters when it may be seen";
}

TEST(Recipe, TheOrderOfSourcesDoesNotChangeThePanel) {
  const Source a = counts("a", 60, 30, 4), b = counts("b", 50, 30, 5);
  EXPECT_EQ(fit({a, b}, panel_of(10)).panel(), fit({b, a}, panel_of(10)).panel());
}

TEST(Recipe, ThePanelHoldsSharedGenesOnly) {
  const Source a = counts("a", 40, 30, 4);
  std::vector<std::string> renamed = gene_names(30);
  for (int g = 0; g < 30; g += 2) renamed[g] = "other" + std::to_string(g);
  const Source b = make_source("b", renamed, counts("b", 40, 30, 5).dataset->x);
  const Recipe recipe = fit({a, b}, panel_of(0));
  EXPECT_EQ(recipe.panel().size(), 15u);
  for (const auto& gene : recipe.panel()) EXPECT_EQ((std::stoi(gene.substr(1)) - 100) % 2, 1) << gene;
}

TEST(Recipe, AGeneThatOnlyDiffersBetweenSourcesIsNotChosen) {
  // Gene 0 is 50 in one source and 1 in the other, without variation within; the others vary within.
  const auto with_constant = [](const std::string& name, float constant, std::uint64_t seed) {
    DenseMatrix x = std::get<DenseMatrix>(counts(name, 80, 20, seed).dataset->x);
    for (std::int64_t i = 0; i < 80; ++i) {
      // Equal libraries, so that normalisation leaves the constant gene constant.
      float sum = 0;
      for (int g = 1; g < 19; ++g) sum += x.row(i)[g];
      x.row(i)[0] = constant;
      x.row(i)[19] = 1000 - sum - constant;
    }
    return make_source(name, gene_names(20), x);
  };
  const std::vector<Source> sources{with_constant("a", 50, 1), with_constant("b", 1, 2)};
  for (const auto kind : {Variability::dispersion, Variability::variance, Variability::residual}) {
    RecipeOptions options = panel_of(19);
    options.variability = kind;
    const auto panel = fit(sources, options).panel();
    EXPECT_EQ(std::count(panel.begin(), panel.end(), "g100"), 0) << name_of(kind);
  }
}

TEST(Recipe, CentringMakesTheTrainingMeanOfEachSourceZero) {
  const std::vector<Source> sources{counts("a", 60, 15, 4), counts("b", 50, 15, 9)};
  const Recipe recipe = fit(sources, panel_of(8, true));
  for (const auto& source : sources) {
    const DenseMatrix cells = recipe.apply(source);
    for (std::int64_t g = 0; g < cells.cols; ++g) {
      double mean = 0;
      for (std::int64_t i = 0; i < cells.rows; ++i) mean += cells.row(i)[g] / static_cast<double>(cells.rows);
      EXPECT_NEAR(mean, 0, 1e-5);
    }
  }
}

TEST(Recipe, AnUnseenSourceIsCentredByItself) {
  const Recipe recipe = fit({counts("a", 60, 15, 4)}, panel_of(8, true));
  const Source unseen = counts("new", 30, 15, 10);
  const DenseMatrix cells = recipe.apply(unseen);
  double mean = 0;
  for (std::int64_t i = 0; i < cells.rows; ++i) mean += cells.row(i)[0] / static_cast<double>(cells.rows);
  EXPECT_NEAR(mean, 0, 1e-5);
}

TEST(Recipe, ZScoringGivesEachSourceMeanZeroAndSpreadOneOnItsTrainingCells) {
  RecipeOptions options = panel_of(8);
  options.by_source = BySource::standardise;
  const std::vector<Source> sources{counts("a", 60, 15, 4), counts("b", 50, 15, 9)};
  const std::vector<std::int64_t> train = [] {
    std::vector<std::int64_t> rows(80);
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
  }();
  const Recipe recipe = Recipe::fit(sources, train, options);
  const DenseMatrix b = recipe.apply(sources[1]);
  for (std::int64_t g = 0; g < b.cols; ++g) {
    double mean = 0, square = 0;
    for (std::int64_t i = 0; i < 20; ++i) mean += b.row(i)[g] / 20;
    for (std::int64_t i = 0; i < 20; ++i) square += (b.row(i)[g] - mean) * (b.row(i)[g] - mean) / 19;
    EXPECT_NEAR(mean, 0, 1e-5);
    EXPECT_NEAR(square, 1, 1e-4);
  }
  // Reversible: what the encoder sees gives the log-normalised values back.
  const DenseMatrix raw = recipe.log_normalised(sources[1]);
  const auto statistics = recipe.statistics("b", raw);
  for (std::int64_t i = 0; i < b.rows; ++i)
    for (std::size_t g = 0; g < statistics.mean.size(); ++g)
      EXPECT_NEAR(b.row(i)[g] * statistics.sd[g] + statistics.mean[g], raw.row(i)[g], 1e-5);
}

TEST(Recipe, AWholeHeldOutSourceIsScaledByItselfAndChoosesNoGene) {
  RecipeOptions options = panel_of(8);
  options.by_source = BySource::standardise;
  options.unseen = {"b"};
  const Source a = counts("a", 60, 15, 4), b = counts("b", 50, 15, 9);
  std::vector<std::int64_t> train(60);
  std::iota(train.begin(), train.end(), 0);
  const Recipe recipe = Recipe::fit({a, b}, train, options), alone = fit({a}, options);
  EXPECT_EQ(recipe.panel(), alone.panel());
  EXPECT_EQ(recipe.hash(), alone.hash());
  EXPECT_EQ(recipe.apply(b).values, alone.apply(b).values);
}

TEST(Recipe, MissingGenesAreRefusedWithTheirNumberUnlessAllowed) {
  const Recipe recipe = fit({counts("a", 40, 12, 4)}, panel_of(0));
  const Source later = make_source("later", {"g100", "g101", "g102"}, DenseMatrix{1, 3, {1, 1, 2}});
  expect_error(ErrorCode::bad_data, {"source later lacks 9 of the 12 genes of the panel"}, [&] { recipe.apply(later); });
  const DenseMatrix cells = recipe.apply(later, MissingGenes::zero);
  EXPECT_EQ(cells.cols, 12);
  EXPECT_EQ(std::count_if(cells.values.begin(), cells.values.end(), [](float v) { return v != 0; }), 3);
  const Source foreign = make_source("foreign", {"X"}, DenseMatrix{1, 1, {1}});
  expect_error(ErrorCode::bad_data, {"lacks 12 of the 12", "same kind of gene names"},
               [&] { recipe.apply(foreign, MissingGenes::zero); });
}

TEST(Recipe, ValuesThatAreNoCountsAreRefused) {
  const Recipe recipe = fit({counts("a", 40, 2, 4)});
  for (const float bad : {-1.0F, std::nanf(""), INFINITY}) {
    const Source source = make_source("odd", gene_names(2), DenseMatrix{1, 2, {bad, 2}});
    expect_error(ErrorCode::bad_data, {"source odd"}, [&] { recipe.apply(source); });
    expect_error(ErrorCode::bad_data, {"source odd"}, [&] { fit({source}); });
  }
}

TEST(Recipe, OptionsAndRowsAreChecked) {
  const Source a = counts("a", 10, 5, 1), b = counts("b", 10, 5, 2);
  RecipeOptions options;
  options.target_sum = 0;
  expect_error(ErrorCode::bad_config, {"normalize.target_sum is 0"}, [&] { fit({a}, options); });
  expect_error(ErrorCode::bad_data, {"source b has no cell to train on"},
               [&] { Recipe::fit({a, b}, std::vector<std::int64_t>{0, 1, 2}, {}); });
  EXPECT_THROW(Recipe::fit({a}, std::vector<std::int64_t>{3, 1}, {}), Error);
  EXPECT_THROW(Recipe::fit({a}, std::vector<std::int64_t>{10}, {}), Error);
  expect_error(ErrorCode::bad_data, {"share no gene"},
               [&] { fit({a, make_source("c", {"X"}, DenseMatrix{2, 1, {1, 2}})}); });
  StopSource stop;
  stop.request_stop();
  options = {};
  options.stop = stop.get_token();
  expect_error(ErrorCode::interrupted, {"stopped"}, [&] { fit({a}, options); });
}

TEST(RecipeJson, ReadsThinningAndScalingBackToEqualNumbers) {
  const std::vector<Source> sources{counts("a", 40, 12, 4), counts("b", 30, 12, 5)};
  RecipeOptions options = panel_of(6);
  options.by_source = BySource::standardise;
  options.thin = true;
  options.seed = 3;
  const Recipe recipe = fit(sources, options);
  const Recipe again = Recipe::from_json(Json::parse(recipe.to_json().dump()));
  EXPECT_EQ(again.hash(), recipe.hash());
  EXPECT_EQ(again.apply(sources[1]).values, recipe.apply(sources[1]).values);
  EXPECT_EQ(recipe.to_json()["steps"].size(), 6u);
  options.seed = 4;
  EXPECT_NE(fit(sources, options).hash(), recipe.hash());
}

TEST(RecipeJson, ReadsBackToEqualNumbers) {
  const Source a = counts("a", 40, 12, 4);
  for (const bool centre : {false, true}) {
    const Recipe recipe = fit({a}, panel_of(6, centre));
    const Recipe again = Recipe::from_json(Json::parse(recipe.to_json().dump()));
    EXPECT_EQ(again.hash(), recipe.hash());
    EXPECT_EQ(again.apply(a).values, recipe.apply(a).values);
    EXPECT_EQ(recipe.to_json()["steps"].size(), centre ? 4u : 3u);
  }
}

TEST(RecipeJson, TheHashDependsOnEveryStep) {
  const Source a = counts("a", 40, 12, 4);
  RecipeOptions other_sum = panel_of(6);
  other_sum.target_sum = 1e3;
  const std::set<std::string> hashes{fit({a}, panel_of(6)).hash(), fit({a}, panel_of(7)).hash(),
                                     fit({a}, panel_of(6, true)).hash(), fit({a}, other_sum).hash()};
  EXPECT_EQ(hashes.size(), 4u);
}

TEST(RecipeJson, DamageIsOneSentence) {
  const Json good = fit({counts("a", 40, 5, 4)}, panel_of(3, true)).to_json();
  const auto refuse = [&](const char* pointer, const Json& value, const char* part) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    expect_error(ErrorCode::bad_data, {"the preprocessing recipe", part}, [&] { Recipe::from_json(bad); });
  };
  refuse("/format", 2, "has the format 2");
  refuse("/steps", "x", "no list of steps");
  refuse("/steps/0/target_sum", -1, "not positive");
  refuse("/steps/1/step", "sqrt", "where the step \"log1p\" must be");
  refuse("/steps/2/genes", Json::array(), "has no genes");
  refuse("/steps/2/genes/1", good["steps"][2]["genes"][0], "twice");
  refuse("/steps/2/genes/1", 5, "not text");
  refuse("/steps/3/means/a", Json::array({1}), "do not fit");
  refuse("/steps/3/means/a/0", "x", "not a number");
  refuse("/steps/4", good["steps"][1], "more steps");
  expect_error(ErrorCode::bad_data, {"lacks \"format\""}, [] { Recipe::from_json(Json::array()); });
}

}  // namespace
}  // namespace geocyte::preprocess
