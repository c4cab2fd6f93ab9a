// SPDX-License-Identifier: GPL-3.0-or-later
// Networks that miss a slide: what they say of it owes nothing to it, and those that are shown do not know of them.
#include <optional>
#include <string>
#include <utility>
#include <cmath>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "engine/nn/generator.h"
#include "plugins/st_edm/calibration.h"
#include "plugins/st_edm/generator.h"
#include "plugins/st_edm/geometry_scores.h"
#include "tests/unit/plugins/st_edm/normal.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kCells = 30, kSteps = 4;

Tissue slides(std::int64_t count) {
  Tissue tissue;
  tissue.dims = 2;
  for (std::int64_t s = 0; s < count; ++s) {
    SourceFacts facts;
    facts.name = "slide " + std::to_string(s);
    facts.role = Role::train;
    facts.first = s * kCells;
    facts.size = kCells;
    tissue.sources.push_back(facts);
    tissue.train_rows.emplace_back();
    for (std::int64_t i = 0; i < kCells; ++i) {
      tissue.source_of_cell.push_back(static_cast<std::int32_t>(s));
      tissue.train_rows.back().push_back(facts.first + i);
    }
  }
  tissue.validation_rows.resize(static_cast<std::size_t>(count));
  tissue.input = tissue.components = normal({count * kCells, 5}, 1);
  tissue.places = normal({count * kCells, 2}, 2);
  return tissue;
}

Tissue two_slides() { return slides(2); }

/// With `crossed` networks that miss a slide, which the refiner learns from.
StEdmOptions small_crossed(std::int64_t crossed) {
  StEdmOptions options;
  options.steps = 8;
  options.batch_size = 20;
  options.heads = {2, 8, 4, 3, 0.3, 1.0};
  options.refine.share = 0.5;
  options.refine.crossed = crossed;
  return options;
}

struct Trained {
  Tissue tissue;
  train::Collective alone;
  Json json = Json::object();
  std::optional<Generator> generator;

  Trained(Tissue of, std::int64_t crossed) : Trained(std::move(of), small_crossed(crossed)) {}
  Trained(Tissue of, const StEdmOptions& options) : tissue(std::move(of)) {
    train::TrainContext ctx(json, c10::kCPU, c10::kFloat, 1, 5, {}, "", alone);
    generator.emplace(options, tissue, ctx);
    SetDraws draws(tissue.train_rows, options.batch_size);
    std::vector<std::int64_t> rows(static_cast<std::size_t>(options.heads.members * draws.size()));
    for (std::int64_t step = 0; step < kSteps; ++step) {
      draws.draw(ctx.rng().stream("batches"), rows);
      generator->step(options, tissue, rows, step, kSteps, ctx);
    }
  }

  at::Tensor said_of(std::size_t source, By by) const { return generator->heads_of(tissue, tissue.train_rows[source], by).distance; }
};

TEST(Crossed, NetworksThatMissASlideOweNothingToIt) {
  Tissue moved = two_slides();
  moved.places.narrow(0, 0, kCells).mul_(-1.5).add_(normal({kCells, 2}, 3));
  const Trained usual(two_slides(), 1), other(std::move(moved), 1);
  EXPECT_EQ(usual.said_of(0, By::unseen).size(0), 1);
  EXPECT_TRUE(usual.said_of(0, By::unseen).equal(other.said_of(0, By::unseen)));
  EXPECT_FALSE(usual.said_of(1, By::unseen).equal(other.said_of(1, By::unseen))) << "they learn from the other slide";
  EXPECT_FALSE(usual.said_of(0, By::shown).equal(other.said_of(0, By::shown)));
}

TEST(Crossed, TheNetworksThatAreShownDoNotKnowOfThem) {
  const Trained with(two_slides(), 2), without(two_slides(), 0);
  for (const std::size_t source : {0, 1}) {
    EXPECT_TRUE(with.said_of(source, By::shown).equal(without.said_of(source, By::shown)));
    EXPECT_EQ(with.said_of(source, By::unseen).size(0), 2);
    EXPECT_TRUE(without.said_of(source, By::unseen).equal(without.said_of(source, By::shown))) << "without them the shown ones answer";
  }
}

/// Networks that miss a slide for circles alone: no refiner.
StEdmOptions for_circles(std::int64_t missed) {
  StEdmOptions options = small_crossed(0);
  options.refine.share = 0;
  options.heads.missed = missed;
  return options;
}

TEST(Crossed, FourSlidesAreMissedInThreeGroups) {
  Tissue moved = slides(4);
  moved.places.narrow(0, 0, kCells).mul_(-1.5).add_(normal({kCells, 2}, 3));
  const Trained usual(slides(4), for_circles(1)), other(std::move(moved), for_circles(1));
  for (const std::size_t source : {0, 3}) EXPECT_TRUE(usual.said_of(source, By::unseen).equal(other.said_of(source, By::unseen))) << source << " shares the networks of slide 0";
  for (const std::size_t source : {1, 2}) EXPECT_FALSE(usual.said_of(source, By::unseen).equal(other.said_of(source, By::unseen))) << source;
  EXPECT_FALSE(usual.said_of(1, By::unseen).equal(usual.said_of(2, By::unseen)));
}

TEST(Crossed, CirclesAreOfTheSlidesThatNetworksMissed) {
  const StEdmOptions options = for_circles(2), without = for_circles(0);
  Tissue of = two_slides();
  of.validation_rows = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41}};
  const Trained trained(of, options), blind(of, without);
  const Calibration made = calibrate({options, trained.tissue, *trained.generator}, 1, 1, {}), plain = calibrate({without, blind.tissue, *blind.generator}, 1, 1, {});
  EXPECT_TRUE(made.missed);
  EXPECT_EQ(made.cells, 2 * kCells) << "every cell of a slide that was missed";
  EXPECT_FALSE(plain.missed);
  EXPECT_EQ(plain.cells, 24) << "validation cells";
  EXPECT_TRUE(Calibration::from_json(made.to_json()).missed);
  Json old = made.to_json();
  old.erase("missed");
  EXPECT_FALSE(Calibration::from_json(old).missed) << "of a run before there were such networks";
}

/// The two slides of networks that pool neighbours.
StEdmOptions pooling(std::int64_t missed) {
  StEdmOptions options = for_circles(missed);
  options.heads.context = "neighbours";
  return options;
}

TEST(Crossed, NeighboursOfATrainingCellAreThoseOfNetworksThatMissedItsSlide) {
  // The two reach other weights, and can only through the looks: the others change nothing else that is shown (below).
  const Trained by_others(two_slides(), pooling(2)), by_themselves(two_slides(), pooling(0));
  const auto first_of = [](const Trained& trained) { return trained.generator->heads()->named_parameters()["context"]; };
  EXPECT_GT((first_of(by_others) - first_of(by_themselves)).abs().max().item<double>(), 1e-5);
  // Without pooling nothing depends on them.
  const Trained with(two_slides(), for_circles(2)), without(two_slides(), for_circles(0));
  EXPECT_TRUE(with.said_of(0, By::shown).equal(without.said_of(0, By::shown)));
}

TEST(Crossed, ValidationIsByNetworksThatMissedTheSlide) {
  Tissue of = two_slides();
  of.places = of.input.narrow(1, 0, 2).clone();   // which expression says
  of.validation_rows = {{0, 1, 2, 3, 4, 5}, {30, 31, 32, 33, 34, 35}};
  const StEdmOptions options = for_circles(1);
  const Trained trained(of, options);
  const auto said = trained.generator->validate(options, trained.tissue);
  // By hand: row-Spearman and recall of all cells of each slide, as the network that missed it sees them.
  double order = 0, found = 0, both = 0;
  for (const std::size_t s : {0, 1}) {
    const at::Tensor truth = trained.tissue.places.narrow(0, static_cast<std::int64_t>(s) * kCells, kCells);
    const auto floats = [](const at::Tensor& t) { return std::vector<float>(t.contiguous().const_data_ptr<float>(), t.contiguous().const_data_ptr<float>() + t.numel()); };
    const auto rows = trained.tissue.sources[s].rows();
    const PairHeadsImpl::Output heads = trained.generator->heads_of(trained.tissue, rows, By::unseen);
    const auto scores = [&](const at::Tensor& u) { return score_places(floats(u), u.size(1), floats(truth), 2, 1); };
    const double row_spearman = mean_of(scores(heads.distance[0]).row_spearman), recall = mean_of(scores(heads.local[0]).recall);
    ASSERT_GT(row_spearman, 0);
    order += row_spearman / 2;
    found += recall / 2;
    both += std::sqrt(row_spearman * recall) / 2;
  }
  EXPECT_NEAR(said.at("row_spearman"), order, 1e-6);
  EXPECT_NEAR(said.at("recall_at_10"), found, 1e-6);
  EXPECT_NEAR(said.at("choice"), 2 - both, 1e-6);
}

TEST(Crossed, OneSlideAloneIsSaidToBeTooFew) {
  Tissue one = two_slides();
  one.sources[1].role = Role::held_out;
  one.train_rows[1].clear();
  Trained trained(std::move(one), 2);
  EXPECT_TRUE(trained.said_of(0, By::unseen).equal(trained.said_of(0, By::shown)));
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
