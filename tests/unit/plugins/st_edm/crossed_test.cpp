// SPDX-License-Identifier: GPL-3.0-or-later
// Networks that miss a slide: what they say of it owes nothing to it, and those that are shown do not know of them.
#include <optional>
#include <utility>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "engine/nn/generator.h"
#include "plugins/st_edm/generator.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kCells = 30, kSteps = 4;

at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed) { return at::empty(shape, at::kFloat).normal_(0, 1, nn::make_generator(seed)); }

Tissue two_slides() {
  Tissue tissue;
  for (std::int64_t s = 0; s < 2; ++s) {
    SourceFacts facts;
    facts.name = s == 0 ? "one" : "two";
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
  tissue.validation_rows.resize(2);
  tissue.input = normal({2 * kCells, 5}, 1);
  tissue.places = normal({2 * kCells, 2}, 2);
  return tissue;
}

StEdmOptions small(std::int64_t crossed) {
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

  Trained(Tissue of, std::int64_t crossed) : tissue(std::move(of)) {
    const StEdmOptions options = small(crossed);
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

TEST(Crossed, OneSlideAloneIsSaidToBeTooFew) {
  Tissue one = two_slides();
  one.sources[1].role = Role::held_out;
  one.train_rows[1].clear();
  Trained trained(std::move(one), 2);
  EXPECT_TRUE(trained.said_of(0, By::unseen).equal(trained.said_of(0, By::shown)));
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
