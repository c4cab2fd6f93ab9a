// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/cells.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/data/predicted_places.h"
#include "engine/data/proportions.h"
#include "engine/losses/spatial_contrast.h"
#include "plugins/gems/cell_knowledge.h"
#include "plugins/gems/pseudo_spots.h"
#include "plugins/gems/spot_proportions.h"
#include "tests/conformance/small_run.h"

namespace geocyte::plugins::gems {
namespace {

struct Prepared {
  train::Inputs inputs = small_inputs();
  GemsOptions options;
  train::Collective alone;
  train::TrainContext context{Json::object(), c10::kCPU, c10::kFloat, 1, 7, {}, "", alone};

  Prepared() { options.genes = 0; }
  Cells cells() { return prepare_cells(inputs, options, context); }
};

TEST(Cells, WhatTheEncoderSeesIsWhatTheRecipeMakesOfLaterData) {
  for (const char* by_source : {"none", "centre", "zscore"})
    for (const char* depth : {"keep", "thin"}) {
      Prepared given;
      given.options.by_source = by_source;
      given.options.depth = depth;
      const Cells cells = given.cells();
      const at::Tensor seen = cells.scaling.rows(cells.source_number).apply(cells.expression);
      for (std::size_t s = 0; s < cells.sources.size(); ++s) {
        data::DenseMatrix later = cells.recipe.apply(given.inputs.sources[s]);
        const at::Tensor wanted = at::from_blob(later.values.data(), {later.rows, later.cols}, at::kFloat);
        EXPECT_LT((seen.narrow(0, cells.sources[s].first, cells.sources[s].size) - wanted).abs().max().item<float>(), 1e-4) << by_source << depth;
      }
    }
}

TEST(Cells, AHeldOutSourceHasNoTrainingCellAndTheSplitSaysSo) {
  Prepared given;
  given.options.held_out_sources = {"A_ST2"};
  const Cells cells = given.cells();
  EXPECT_TRUE(cells.by_source(cells.split.train)[1].empty());
  EXPECT_EQ(static_cast<std::int64_t>(cells.by_source(cells.split.held_out)[1].size()), cells.sources[1].size);
  EXPECT_NE(cells.split.method.find("all of A_ST2"), std::string::npos) << cells.split.method;
  EXPECT_TRUE(cells.source_mean.isfinite().all().item<bool>());
}

TEST(Cells, ThePanelIsChosenAsTheOptionSaysAndTheRecipeRemembersIt) {
  std::set<std::vector<std::string>> panels;
  for (const char* panel : {"dispersion", "residual", "variance"}) {
    Prepared given;
    given.options.genes = 10;
    given.options.panel = panel;
    const Cells cells = given.cells();
    panels.insert(cells.recipe.panel());
    EXPECT_NE(cells.recipe.to_json().dump().find("\"by\":\"" + std::string(panel) + "\""), std::string::npos);
    EXPECT_EQ(preprocess::Recipe::from_json(cells.recipe.to_json()).hash(), cells.recipe.hash());
  }
  EXPECT_GT(panels.size(), 1u);
}

TEST(Cells, TheAxisOfSourcesHasTheirDepthAndZeros) {
  Prepared given;
  const Cells cells = given.cells();
  const auto axes = make_axes(cells, given.inputs);
  const store::Axis& source = axes.back();
  ASSERT_EQ(source.arrays.size(), 2u);
  ASSERT_EQ(source.arrays[0].name, "depth");
  ASSERT_EQ(source.arrays[1].name, "zero_fraction");
  for (std::size_t s = 0; s < cells.sources.size(); ++s) {
    auto sizes = cells.recipe.library_sizes(given.inputs.sources[s]);
    std::sort(sizes.begin(), sizes.end());
    EXPECT_NEAR(source.arrays[0].as<float>()[s], sizes[(sizes.size() - 1) / 2], 1e-3 * sizes.back()) << s;
    const data::DenseMatrix values = cells.recipe.log_normalised(given.inputs.sources[s]);
    const auto zeros = std::count(values.values.begin(), values.values.end(), 0.0F);
    EXPECT_NEAR(source.arrays[1].as<float>()[s], static_cast<double>(zeros) / static_cast<double>(values.values.size()), 1e-6) << s;
  }
}

TEST(SpotProportions, OfAllSlidesStandInOneTableByTheNamesOfTypes) {
  Prepared given;
  const auto shares = [&](std::size_t source, std::vector<std::string> types, float value) {
    const std::int64_t spots = given.inputs.sources[source].size(), count = static_cast<std::int64_t>(types.size());
    auto slide = std::make_shared<data::Dataset>(*given.inputs.sources[source].dataset);
    data::attach_proportions({std::move(types), {spots, count, std::vector<float>(static_cast<std::size_t>(spots * count), value)}}, *slide);
    given.inputs.sources[source].dataset = std::move(slide);
  };
  shares(0, {"B", "T"}, 0.25F);
  shares(1, {"T"}, 1);
  const Cells cells = given.cells();
  const SpotProportions all = spot_proportions(given.inputs);
  EXPECT_EQ(all.types, (std::vector<std::string>{"B", "T"}));
  ASSERT_EQ(static_cast<std::int64_t>(all.shares.size()), 2 * cells.count());
  const auto at = [&](std::size_t source, std::size_t type) { return all.shares[static_cast<std::size_t>(cells.sources[source].first) * 2 + type]; };
  EXPECT_EQ(at(0, 0), 0.25F);
  EXPECT_EQ(at(1, 1), 1);
  EXPECT_TRUE(std::isnan(at(1, 0)) && std::isnan(at(2, 0)) && std::isnan(at(2, 1)));
}

TEST(Cells, OnlyTheSurerHalfOfPredictedPlacesMakesNeighboursAndNoOwnPlaceIsReplaced) {
  Prepared given;
  data::Dataset exported;
  data::Column uncertainty;
  uncertainty.name = "uncertainty";
  data::DenseMatrix places{0, 2, {}};
  for (const data::Source& source : given.inputs.sources)
    for (std::int64_t i = 0; i < source.size(); ++i) {
      exported.obs.index.push_back(source.name + "/" + source.dataset->obs.index[static_cast<std::size_t>(source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)])]);
      uncertainty.numbers.push_back(static_cast<double>(i % 10));
      places.values.insert(places.values.end(), {static_cast<float>(i % 7), static_cast<float>(i)});
      ++places.rows;
    }
  exported.obs.columns = {uncertainty};
  exported.obsm["X_predicted"] = places;
  const auto change = [&](auto work) {
    for (data::Source& source : given.inputs.sources) {
      data::Dataset own = *source.dataset;
      work(own, source.name);
      source.dataset = std::make_shared<const data::Dataset>(std::move(own));
    }
  };
  change([](data::Dataset& own, const std::string&) { own.obsm.erase("predicted_places"); });
  EXPECT_FALSE(given.cells().predicted_xy.defined());
  change([&](data::Dataset& own, const std::string& name) { data::attach_predicted_places(exported, name, own); });
  const Cells cells = given.cells();
  ASSERT_TRUE(cells.predicted_xy.defined());
  CellKnowledge knowledge(cells);
  const at::Tensor tissue = knowledge.predicted_neighbours(5, 0.5).slide_of.to(at::kCPU);
  std::set<std::int64_t> train(cells.split.train.begin(), cells.split.train.end());
  std::int64_t taken = 0, could = 0;
  for (std::int64_t i = 0; i < cells.count(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const bool takes_part = tissue[i].item<std::int64_t>() >= 0;
    if (cells.slide_of_cell[at] >= 0 || train.count(i) == 0) {
      EXPECT_FALSE(takes_part) << "has its own place, or is held out";
      continue;
    }
    ++could;
    taken += takes_part ? 1 : 0;
    if (takes_part) EXPECT_LE(cells.predicted_uncertainty[at], 6);
  }
  ASSERT_GT(could, 20);
  EXPECT_NEAR(static_cast<double>(taken) / static_cast<double>(could), 0.5, 0.12);
}

TEST(Cells, ARuleThatMatchesNothingIsAnError) {
  const auto complaint = [](auto spoil) {
    Prepared given;
    spoil(given.options);
    try {
      given.cells();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_config);
      return error.message();
    }
    return std::string();
  };
  EXPECT_NE(complaint([](GemsOptions& o) { o.held_out_sources = {"F_ST3"}; }).find("no source is called so"), std::string::npos);
  EXPECT_NE(complaint([](GemsOptions& o) { o.held_out_coordinates = {"F_ST3"}; }).find("no source is called so"), std::string::npos);
  EXPECT_NE(complaint([](GemsOptions& o) { o.held_out_sources = {"A_ST1", "A_ST2", "A_SC"}; }).find("fewer than two sources"), std::string::npos);
}

TEST(Cells, TheLibraryGivesTheCountsBack) {
  Prepared given;
  const Cells cells = given.cells();
  const at::Tensor counts = cells.expression.expm1() * (cells.library / cells.recipe.target_sum()).unsqueeze(1);
  EXPECT_LT((counts - counts.round()).abs().max().item<float>(), 1e-2);
  EXPECT_GT(counts.max().item<float>(), 1);
}

TEST(PseudoSpots, AreMeansOfProfilesOfTheSameSource) {
  Prepared given;
  const Cells cells = given.cells();
  const auto rows = cells.by_source(cells.split.train);
  const BatchLayout layout{{0, 2}, {8, 8}};
  std::vector<std::int64_t> drawn(rows[0].begin(), rows[0].begin() + 8);
  drawn.insert(drawn.end(), rows[2].begin(), rows[2].begin() + 8);
  const at::Tensor before = cells.expression.index_select(0, at::tensor(drawn, at::kLong));
  at::Tensor batch = before.clone();
  Rng rng(4), copy(4);
  make_pseudo_spots(batch, cells, layout, rows, 0.5, 3, rng);
  EXPECT_TRUE(batch.narrow(0, 0, 8).equal(before.narrow(0, 0, 8))) << "slides stay as they are";
  EXPECT_TRUE(batch.narrow(0, 12, 4).equal(before.narrow(0, 12, 4))) << "half of the single cells stay";
  for (std::int64_t i = 8; i < 12; ++i) {
    at::Tensor sum = before[i].expm1();
    for (int j = 0; j < 2; ++j) sum = sum + cells.expression[rows[2][copy.below(rows[2].size())]].expm1();
    EXPECT_LT((batch[i] - (sum / 3).log1p()).abs().max().item<float>(), 1e-5) << i;
  }
}

}  // namespace
}  // namespace geocyte::plugins::gems
