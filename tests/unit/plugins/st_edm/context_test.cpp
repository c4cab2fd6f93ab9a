// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells of a slide tell each other before distances are predicted, and what is learned before any place is looked at.
#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/nn/generator.h"
#include "engine/nn/state.h"
#include "plugins/st_edm/context_blocks.h"
#include "plugins/st_edm/generator.h"
#include "plugins/st_edm/pair_heads.h"
#include "plugins/st_edm/pair_losses.h"
#include "tests/unit/plugins/st_edm/normal.h"

namespace geocyte::plugins::st_edm {
namespace {

PairHeadsOptions small(Context context, std::int64_t block = 0) {
  PairHeadsOptions options;
  options.members = 2;
  options.in = 5;
  options.hidden = 12;
  options.local = 8;
  options.distance = 3;
  options.widths = 1;
  options.context = context;
  options.block = block;
  return options;
}

/// Heads whose context has something to say.
PairHeads speaking(const PairHeadsOptions& options, c10::ScalarType dtype = c10::kFloat) {
  PairHeads heads(options, nn::make_generator(7), dtype);
  const at::NoGradGuard none;
  at::Tensor context = heads->named_parameters()["context"];
  context.copy_(normal(context.sizes(), 9, dtype) * 0.5);
  return heads;
}

at::Tensor weight(const PairHeads& heads, const char* name, std::int64_t member) { return heads->named_parameters()[name][member]; }

TEST(Context, SaysNothingBeforeItHasLearned) {
  const at::NoGradGuard none;
  const PairHeads alone(small(Context::none), nn::make_generator(7));
  const at::Tensor x = normal({2, 9, 5}, 1);
  for (const Context context : {Context::set, Context::neighbours}) {
    const PairHeads heads(small(context), nn::make_generator(7));
    EXPECT_LT((heads->forward(x).distance - alone->forward(x).distance).abs().max().item<double>(), 1e-6) << name_of(context);
    EXPECT_EQ(context_named(name_of(context)), context);
  }
  EXPECT_THROW(context_named("crowd"), Error);
}

TEST(Context, OfCellsInAnotherOrderGivesTheSameInThatOrder) {
  const at::NoGradGuard none;
  const at::Tensor x = normal({2, 40, 5}, 2);
  for (const Context context : {Context::set, Context::neighbours}) {
    const PairHeads heads = speaking(small(context));
    const auto there = heads->forward(x), back = heads->forward(x.flip(1));
    EXPECT_LE((there.distance - back.distance.flip(1)).abs().max().item<double>(), 1e-5) << name_of(context);
    EXPECT_LE((there.local - back.local.flip(1)).abs().max().item<double>(), 1e-5) << name_of(context);
    const auto fewer = heads->forward(x.narrow(1, 0, 20));
    EXPECT_GT((there.distance.narrow(1, 0, 20) - fewer.distance).abs().max().item<double>(), 1e-3) << "the other cells count: " << name_of(context);
  }
}

TEST(Context, PoolsTheCellsThatTheFirstLookTakesForNeighbours) {
  const at::NoGradGuard none;
  const PairHeads heads = speaking(small(Context::neighbours), c10::kDouble);
  constexpr std::int64_t kMember = 1, kCells = 700;   // more than are pooled at once
  const at::Tensor x = normal({2, kCells, 5}, 3, c10::kDouble), own = x[kMember];
  const auto look = [&](const at::Tensor& hidden) { return hidden.relu().matmul(weight(heads, "local_weight", kMember)) + weight(heads, "local_bias", kMember); };
  const at::Tensor first = own.matmul(weight(heads, "hidden_weight", kMember)) + weight(heads, "hidden_bias", kMember), h = look(first), z = h / h.norm(2, -1, true);
  at::Tensor near = z.matmul(z.t()) * 10.0;             // the first sharpness
  near.fill_diagonal_(-INFINITY);
  const at::Tensor told = look(first + near.softmax(-1).matmul(own).matmul(weight(heads, "context", kMember)));
  const auto output = heads->forward(x);
  EXPECT_LT((output.local[kMember] - told / told.norm(2, -1, true)).abs().max().item<double>(), 1e-10);
  EXPECT_LT((output.first[kMember] - z).abs().max().item<double>(), 1e-10);
}

TEST(Context, NeighboursCanBeNamedByOtherNetworks) {
  const at::NoGradGuard none;
  const PairHeads heads = speaking(small(Context::neighbours), c10::kDouble);
  constexpr std::int64_t kCells = 30;
  const at::Tensor x = normal({2, kCells, 5}, 3, c10::kDouble);
  // Named by itself a network says what it says alone, whichever way its first look is made.
  EXPECT_LT((heads->forward(x, std::nullopt, heads->looks_together(x)).distance - heads->forward(x).distance).abs().max().item<double>(), 1e-10);
  // Pairs of cells share a look, and see nobody else: p is the partner.
  at::Tensor ring = at::zeros({2, kCells, 2}, c10::kDouble);
  for (std::int64_t i = 0; i < kCells; ++i)
    for (std::int64_t m = 0; m < 2; ++m) {
      ring[m][i][0] = 1e6 * std::cos(2 * M_PI * static_cast<double>(i / 2) / kCells);
      ring[m][i][1] = 1e6 * std::sin(2 * M_PI * static_cast<double>(i / 2) / kCells);
    }
  const at::Tensor partner = x.reshape({2, kCells / 2, 2, 5}).flip(2).reshape({2, kCells, 5});
  const auto told = [&](std::int64_t m, const at::Tensor& pooled) {
    const at::Tensor hidden = (x[m].matmul(weight(heads, "hidden_weight", m)) + pooled.matmul(weight(heads, "context", m)) + weight(heads, "hidden_bias", m)).relu();
    const at::Tensor h = hidden.matmul(weight(heads, "local_weight", m)) + weight(heads, "local_bias", m);
    return h / h.norm(2, -1, true);
  };
  EXPECT_LT((heads->forward(x, std::nullopt, ring).local[0] - told(0, partner[0])).abs().max().item<double>(), 1e-8);
}

TEST(Context, NetworksThatLookTogetherPoolByTheirMean) {
  const at::NoGradGuard none;
  PairHeadsOptions four = small(Context::neighbours);
  four.members = 4;
  four.together = 2;
  const PairHeads heads = speaking(four, c10::kDouble);
  const at::Tensor x = normal({1, 20, 5}, 3, c10::kDouble).expand({4, -1, -1}), looks = heads->looks_together(x), first = heads->forward(x).first;
  for (const std::int64_t m : {0, 3}) {
    const std::int64_t group = m / 2 * 2;
    const at::Tensor mean = (first[group].matmul(first[group].t()) + first[group + 1].matmul(first[group + 1].t())) / 2 * 10.0;   // t = 10 before it has learned
    EXPECT_LT((looks[m].matmul(looks[m].t()) - mean).abs().max().item<double>(), 1e-10) << m;
  }
  four.together = 3;
  EXPECT_THROW(PairHeads(four, nn::make_generator(7)), Error);
}

TEST(Context, SomeNetworksSayWhatTheySayAmongAll) {
  const at::NoGradGuard none;
  for (const Context context : {Context::none, Context::set, Context::neighbours})
    for (const std::int64_t block : {0, 2}) {
      PairHeadsOptions six = small(context, block);
      six.members = 6;
      six.together = 2;
      const PairHeads heads = context == Context::none ? PairHeads(six, nn::make_generator(7), c10::kDouble) : speaking(six, c10::kDouble);
      const at::Tensor x = normal({6, 20, 5}, 3, c10::kDouble);
      const auto all = heads->forward(x);
      for (const MemberRange range : {MemberRange{0, 2}, MemberRange{2, 4}, MemberRange{3, 1}, MemberRange{1, 3}, MemberRange{5, 1}}) {
        const auto some = heads->forward(x.narrow(0, range.first, range.count), std::nullopt, {}, range);
        EXPECT_LT((some.distance - all.distance.narrow(0, range.first, range.count)).abs().max().item<double>(), 1e-10) << name_of(context) << ' ' << block << ' ' << range.first;
        EXPECT_LT((some.local - all.local.narrow(0, range.first, range.count)).abs().max().item<double>(), 1e-10);
      }
      const at::Tensor together = heads->looks_together(x);
      EXPECT_LT((heads->looks_together(x.narrow(0, 2, 2), std::nullopt, {2, 2}) - together.narrow(0, 2, 2)).abs().max().item<double>(), 1e-10);
    }
}

/// What products with zeros in place of the features that a member does not see say (the definition).
TEST(Context, BlocksAreWhatWholeProductsSayOfMaskedCells) {
  const at::NoGradGuard none;
  PairHeadsOptions three = small(Context::neighbours, 2);
  three.members = 3;
  const PairHeads heads = speaking(three, c10::kDouble);
  three.block = 0;
  PairHeads whole(three, nn::make_generator(7), c10::kDouble);
  nn::load_state(*whole, nn::state_of(*heads));
  const at::Tensor x = normal({3, 20, 5}, 3, c10::kDouble);
  at::Tensor masked = x.clone();
  for (const std::int64_t even : {0, 2}) masked[even].narrow(1, 2, 3).zero_();
  masked[1].narrow(1, 0, 2).zero_();
  EXPECT_LT((heads->forward(x).distance - whole->forward(masked).distance).abs().max().item<double>(), 1e-10);
  EXPECT_LT((heads->forward(x).local - whole->forward(masked).local).abs().max().item<double>(), 1e-10);
}

TEST(Context, OfPooledGenesIsNotShownToMembersThatSeeComponents) {
  const at::NoGradGuard none;
  const PairHeads heads = speaking(small(Context::neighbours, 2));
  const at::Tensor x = normal({1, 30, 5}, 4).expand({2, -1, -1}), before = heads->forward(x).distance;
  at::Tensor genes = x.clone();
  genes.narrow(2, 2, 3).normal_(0, 1, nn::make_generator(5));
  const at::Tensor after = heads->forward(genes).distance;
  EXPECT_LT((after[0] - before[0]).abs().max().item<double>(), 1e-6) << "member 0 sees the first two features";
  EXPECT_GT((after[1] - before[1]).abs().max().item<double>(), 1e-3);
}

TEST(Context, GradientsAgreeWithDifferencesWhereThePoolIsAConstant) {
  // The softmax is a constant for the gradient: along the weights of the context, on which it does not depend, the gradient is exact.
  for (const Context context : {Context::set, Context::neighbours}) {
    const PairHeads heads = speaking(small(context), c10::kDouble);
    const at::Tensor x = normal({2, 11, 5}, 6, c10::kDouble), d = smooth_distances(normal({2, 11, 2}, 7, c10::kDouble));
    const auto value = [&] {
      const auto output = heads->forward(x);
      return neighbour_loss(output.local, heads->sharpness(), d, {0.7}) + distance_loss(output.distance, d);
    };
    value().backward();
    at::Tensor along = heads->named_parameters()["context"];
    const at::Tensor gradient = along.grad().clone(), direction = normal(along.sizes(), 8, c10::kDouble);
    constexpr double kStep = 1e-6;
    const at::NoGradGuard none;
    along.add_(direction, kStep);
    const double above = value().item<double>();
    along.sub_(direction, 2 * kStep);
    EXPECT_NEAR((gradient * direction).sum().item<double>(), (above - value().item<double>()) / (2 * kStep), 1e-6) << name_of(context);
  }
}

/// A source whose expression follows the place of each cell, in the order of `rows`, keyed as a file is.
struct Ordered {
  Tissue tissue;
  std::vector<std::int64_t> rows;
};
Ordered in_order(const at::Tensor& expression, const at::Tensor& order) {
  Ordered made;
  SourceFacts facts;
  facts.size = expression.size(0);
  made.tissue.sources = {facts};
  made.tissue.source_of_cell.assign(static_cast<std::size_t>(facts.size), 0);
  made.tissue.input = expression.index_select(0, order).contiguous();
  const float* from = made.tissue.input.const_data_ptr<float>();
  made.tissue.keys = keys_of({facts.size, expression.size(1), {from, from + made.tissue.input.numel()}});
  made.rows = facts.rows();
  return made;
}

TEST(Context, OfALargeSourceIsAThinnedCopyOfItWhateverTheOrderOfTheFile) {
  constexpr std::int64_t kCells = 1000, kAtOnce = 300;
  const at::Tensor place = at::linspace(-1, 1, kCells, at::kFloat).unsqueeze(1);   // sorted by place
  const at::Tensor expression = at::cat({place, place.square(), 0.3 * normal({kCells, 3}, 1)}, 1);
  const at::Tensor sorted = at::arange(kCells), shuffled = at::randperm(kCells, nn::make_generator(2), at::TensorOptions(at::kLong));
  for (const Context context : {Context::set, Context::neighbours}) {
    const Generator generator(speaking(small(context)));
    const auto said = [&](const at::Tensor& order, std::int64_t at_once) {
      const Ordered cells = in_order(expression, order);
      return generator.heads_of(cells.tissue, cells.rows, By::shown, at_once);
    };
    const auto by_place = said(sorted, kAtOnce), mixed = said(shuffled, kAtOnce), together = said(sorted, kCells);
    EXPECT_LE((by_place.distance.index_select(1, shuffled) - mixed.distance).abs().max().item<double>(), 1e-5) << name_of(context);
    EXPECT_LE((by_place.local.index_select(1, shuffled) - mixed.local).abs().max().item<double>(), 1e-5) << name_of(context);
    // Near what all cells together are told; blocks in the order of the file are far from it.
    std::vector<at::Tensor> parts;
    for (std::int64_t begin = 0; begin < kCells; begin += kCells / 4) {
      const auto x = expression.narrow(0, begin, kCells / 4).unsqueeze(0).expand({2, -1, -1});
      parts.push_back(generator.heads()->forward(x).distance);
    }
    const auto off = [&](const at::Tensor& distance) { return (distance - together.distance).norm().item<double>() / together.distance.norm().item<double>(); };
    EXPECT_LT(off(by_place.distance), 0.5 * off(at::cat(parts, 1))) << name_of(context);
  }
}

TEST(Context, BlocksAreOfOneSizeAndCellsThatExpressTheSameShareOne) {
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < 1000; ++i) keys.push_back(i < 990 ? hash64("cell", i) : hash64("twin"));
  std::size_t all = 0, with_twins = 0;
  for (const auto& block : thinned_blocks(keys, 300)) {
    all += block.size();
    EXPECT_NEAR(static_cast<double>(block.size()), 250, 10);
    const auto twins = std::count_if(block.begin(), block.end(), [](std::int64_t cell) { return cell >= 990; });
    EXPECT_TRUE(twins == 0 || twins == 10);
    if (twins > 0) ++with_twins;
    // A random sample: as many of the first half of the file as of the second, to four standard deviations.
    EXPECT_NEAR(static_cast<double>(std::count_if(block.begin(), block.end(), [](std::int64_t cell) { return cell < 500; })) / static_cast<double>(block.size()), 0.5, 0.12);
  }
  EXPECT_EQ(all, 1000u);
  EXPECT_EQ(with_twins, 1u);
  const auto whole = thinned_blocks(keys, 1000);
  ASSERT_EQ(whole.size(), 1u);
  for (std::int64_t i = 0; i < 1000; ++i) ASSERT_EQ(whole[0][static_cast<std::size_t>(i)], i) << "where all fit the file keeps its order";
}

TEST(Context, BlocksOfASourceHoldItsRows) {
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < 200; ++i) keys.push_back(hash64("cell", i));
  std::vector<std::int64_t> cells;
  for (std::int64_t row = 40; row < 160; row += 2) cells.push_back(row);
  EXPECT_EQ(context_blocks(keys, cells, 60), (std::vector<std::vector<std::int64_t>>{cells}));
  std::vector<std::int64_t> all;
  for (const auto& block : context_blocks(keys, cells, 20)) {
    EXPECT_EQ(block.size(), 20u);
    for (std::size_t i = 1; i < block.size(); ++i) EXPECT_LT(keys[static_cast<std::size_t>(block[i - 1])], keys[static_cast<std::size_t>(block[i])]);
    all.insert(all.end(), block.begin(), block.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, cells);
}

/// One slide that is learned, and one whose places nobody knows.
Tissue one_known_slide() {
  constexpr std::int64_t kCells = 60;
  Tissue tissue;
  for (std::int64_t s = 0; s < 2; ++s) {
    SourceFacts facts;
    facts.name = s == 0 ? "known" : "unknown";
    facts.role = s == 0 ? Role::train : Role::to_place;
    facts.first = s * kCells;
    facts.size = kCells;
    tissue.sources.push_back(facts);
    for (std::int64_t i = 0; i < kCells; ++i) tissue.source_of_cell.push_back(static_cast<std::int32_t>(s));
  }
  tissue.train_rows = {tissue.sources[0].rows(), {}};
  tissue.validation_rows.resize(2);
  // Expression of two dimensions; those of the unknown slide are others.
  tissue.input = at::cat({normal({kCells, 2}, 1).matmul(normal({2, 6}, 2)), normal({kCells, 2}, 3).matmul(normal({2, 6}, 4))});
  tissue.places = normal({2 * kCells, 2}, 5);
  return tissue;
}

TEST(Pretraining, LearnsExpressionOfEverySourceAndNoPlaces) {
  const Json json = Json::object();
  StEdmOptions options;
  options.steps = 300;
  options.batch_size = 40;
  options.heads.members = 2;
  options.heads.hidden = 32;
  options.heads.noise = 0.2;
  options.heads.dropout = 0;
  options.heads.pretrain = 0.9;
  const auto trained = [&](const Tissue& tissue, std::vector<double>& errors) {
    train::Collective alone;
    train::TrainContext ctx(json, c10::kCPU, c10::kFloat, 1, 5, {}, "", alone);
    Generator generator(options, tissue, ctx);
    SetDraws draws(tissue.train_rows, options.batch_size);
    std::vector<std::int64_t> rows(static_cast<std::size_t>(options.heads.members * draws.size()));
    for (std::int64_t step = 0; step < options.pretrain_steps(); ++step) {
      draws.draw(ctx.rng().stream("batches"), rows);
      const train::StepReport report = generator.step(options, tissue, rows, step, options.steps, ctx);
      EXPECT_EQ(report.terms.size(), 1u);
      errors.push_back(report.terms.at("expression"));
    }
    return generator.heads_of(tissue, tissue.sources[1]).distance;
  };
  Tissue tissue = one_known_slide(), moved = one_known_slide(), other = one_known_slide();
  moved.places.mul_(-3);
  other.input.narrow(0, 60, 60).mul_(2);
  std::vector<double> errors, ignored;
  const at::Tensor said = trained(tissue, errors);
  EXPECT_LT(errors.back(), 0.3 * errors.front());
  EXPECT_TRUE(said.equal(trained(moved, ignored))) << "places play no part";
  EXPECT_FALSE(said.equal(trained(other, ignored)));
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
