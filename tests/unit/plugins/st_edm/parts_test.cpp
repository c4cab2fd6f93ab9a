// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of st_edm on their own: sets, pair losses, layout, scores.
#include <cmath>
#include <set>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "engine/nn/generator.h"
#include "plugins/st_edm/geometry_scores.h"
#include "plugins/st_edm/layout.h"
#include "plugins/st_edm/pair_heads.h"
#include "plugins/st_edm/pair_losses.h"
#include "plugins/st_edm/patchwise.h"
#include "plugins/st_edm/sets.h"
#include "tests/unit/plugins/st_edm/normal.h"

namespace geocyte::plugins::st_edm {
namespace {

GeometryScores scores_of(const at::Tensor& predicted, const at::Tensor& truth) {
  const at::Tensor p = predicted.contiguous(), t = truth.contiguous();
  return score_places({p.const_data_ptr<float>(), static_cast<std::size_t>(p.numel())}, p.size(1), {t.const_data_ptr<float>(), static_cast<std::size_t>(t.numel())},
                      t.size(1), 1);
}

TEST(SetDraws, ASetIsOfOneSlideWithoutRepeats) {
  SetDraws draws({{0, 1, 2, 3, 4}, {}, {10, 11, 12, 13}}, 100);
  EXPECT_EQ(draws.size(), 4);
  Rng rng(1);
  std::set<bool> slides;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::int64_t> rows(8);
    draws.draw(rng, rows);
    for (std::size_t begin : {0u, 4u}) {
      const std::set<std::int64_t> drawn(rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.begin() + static_cast<std::ptrdiff_t>(begin) + 4);
      EXPECT_EQ(drawn.size(), 4u);
      EXPECT_EQ(*drawn.begin() >= 10, *drawn.rbegin() >= 10);
      slides.insert(*drawn.begin() >= 10);
    }
  }
  EXPECT_EQ(slides.size(), 2u);
}

TEST(PairLosses, GuessingNeighboursCostsTheLogarithmOfTheOthers) {
  const at::Tensor z = at::ones({2, 7, 3}) / std::sqrt(3.0), d = smooth_distances(normal({2, 7, 2}, 1));
  EXPECT_NEAR(neighbour_loss(z, at::ones({2, 2}), d, {1.0, 2.0}).item<double>(), std::log(6.0), 1e-5);
}

TEST(PairLosses, DistancesThatAreRightCostNothing) {
  const at::Tensor places = normal({2, 9, 2}, 2);
  const at::Tensor wider = at::cat({places, at::zeros({2, 9, 3})}, 2);
  EXPECT_NEAR(distance_loss(wider, smooth_distances(places)).item<double>(), 0, 1e-6);
  EXPECT_GT(distance_loss(2 * wider, smooth_distances(places)).item<double>(), 0.5);
}

TEST(PairLosses, GradientsAgreeWithDifferencesInDoublePrecision) {
  const at::Tensor d = smooth_distances(normal({1, 6, 2}, 3).to(at::kDouble));
  at::Tensor z = normal({1, 6, 4}, 4).to(at::kDouble).set_requires_grad(true);
  const at::Tensor sharp = at::full({1, 1}, 2.0, at::kDouble);
  const auto value = [&](const at::Tensor& x) { return neighbour_loss(x, sharp, d, {0.7}) + distance_loss(x, d); };
  value(z).backward();
  const at::Tensor gradient = z.grad().clone(), direction = normal({1, 6, 4}, 5).to(at::kDouble);
  constexpr double kStep = 1e-6;
  const at::NoGradGuard none;
  const double difference = (value(z + kStep * direction) - value(z - kStep * direction)).item<double>() / (2 * kStep);
  EXPECT_NEAR((gradient * direction).sum().item<double>(), difference, 1e-6);
}

TEST(PairHeads, MembersAreIndependentAndCellsAreSeenOneByOne) {
  PairHeadsOptions options;
  options.members = 2;
  options.in = 5;
  options.hidden = 8;
  options.local = 4;
  options.distance = 3;
  const PairHeads heads(options, nn::make_generator(7));
  const at::NoGradGuard none;
  const at::Tensor x = normal({1, 6, 5}, 8).expand({2, -1, -1});
  const auto all = heads->forward(x);
  EXPECT_GT((all.distance[0] - all.distance[1]).abs().max().item<double>(), 0.01);
  EXPECT_LT((all.local.norm(2, -1) - 1).abs().max().item<double>(), 1e-5);
  const at::Tensor turned = x.flip(1);
  EXPECT_LT((heads->forward(turned).distance - all.distance.flip(1)).abs().max().item<double>(), 1e-6);
}

TEST(Layout, FindsPlacesFromTheirDistances) {
  const at::Tensor places = normal({120, 2}, 9);
  const at::Tensor u = at::cat({places, at::zeros({120, 2})}, 1).unsqueeze(0);
  const at::Tensor quick = scaled_places(u, 2);
  EXPECT_GT(mean_of(scores_of(quick, places).recall), 0.999);
  const at::Tensor z = normal({1, 120, 6}, 10);
  LayoutOptions options;
  options.local = options.order = 0;
  const at::Tensor whole = laid_out_places({u, z / z.norm(2, -1, true), places}, 2, options, 1, {});
  EXPECT_GT(mean_of(scores_of(whole, places).row_spearman), 0.999);
  EXPECT_NEAR((whole.square().sum() / places.sub(places.mean(0)).square().sum()).item<double>(), 1, 0.02);
}

TEST(Layout, NeighbourhoodsThatDistancesBlurComeBack) {
  const at::Tensor places = normal({150, 2}, 11), noise = normal({150, 2}, 12);
  const at::Tensor u = at::cat({places, 0.8 * noise}, 1).unsqueeze(0);   // right at large scale, wrong near by
  const at::Tensor sharp = at::cat({places.cos(), places.sin()}, 1);
  const PairViews views{u, (sharp / sharp.norm(2, -1, true)).unsqueeze(0), sharp - sharp.mean(0)};
  LayoutOptions options, without;
  without.local = 0;
  const double with_neighbours = mean_of(scores_of(laid_out_places(views, 2, options, 1, {}), places).recall);
  EXPECT_GT(with_neighbours, mean_of(scores_of(laid_out_places(views, 2, without, 1, {}), places).recall) + 0.05);
}

TEST(Layout, TheOrderOfDistancesOfManyDimensionsSurvivesBetterWhereItCounts) {
  const at::Tensor places = normal({150, 2}, 31), u = at::cat({places, 0.5 * normal({150, 6}, 32)}, 1);
  const PairViews views{u.unsqueeze(0), normal({1, 150, 4}, 33), places};
  LayoutOptions options;
  options.local = 0;
  const auto agreement = [&](double order) {
    options.order = order;
    return mean_of(scores_of(laid_out_places(views, 2, options, 1, {}), u).row_spearman);
  };
  const double by_sizes = agreement(0), by_order = agreement(1);
  EXPECT_GT(by_order, by_sizes + 0.005) << by_sizes;
  EXPECT_GT(agreement(100), by_order - 0.005) << "more of it never hurts what it asks for";
}

TEST(Layout, AUmapOfExpressionHasItsShare) {
  // Expression lies on a curled sheet whose unrolling is the places; the distances that were learned know nothing.
  const at::Tensor places = normal({200, 2}, 51), expression = at::cat({places, 0.3 * places.sin(), 0.05 * normal({200, 2}, 52)}, 1);
  const PairViews views{normal({1, 200, 4}, 53), normal({1, 200, 4}, 54), expression};
  LayoutOptions options;
  options.local = options.order = 0;
  const auto score = [&](double share) {
    options.umap = share;
    return mean_of(scores_of(laid_out_places(views, 2, options, 1, {}), places).row_spearman);
  };
  EXPECT_LT(score(0), 0.2);
  EXPECT_GT(score(1), 0.6);
  EXPECT_GT(score(0.7), score(0.2));
}

TEST(Layout, OfARefinerThatMovesNothingIsTheGeneratorsAndOfOneThatIsRightIsBetter) {
  const at::Tensor places = normal({100, 2}, 41), u = at::cat({places + 0.7 * normal({100, 2}, 42), 0.5 * normal({100, 4}, 43)}, 1).unsqueeze(0);
  PairViews views{u, normal({1, 100, 4}, 44), places};
  LayoutOptions options;
  options.local = 0;
  const auto score = [&] { return mean_of(scores_of(laid_out_places(views, 2, options, 1, {}), places).row_spearman); };
  const double generator = score();
  views.from = views.to = scaled_places(u, 2);
  EXPECT_NEAR(score(), generator, 1e-4);
  EXPECT_LT((views.distances() - PairViews{u, views.local, places}.distances()).abs().max().item<double>(), 1e-6);
  views.to = places;
  EXPECT_GT(score(), generator + 0.05);
}

TEST(Layout, InPatchesAgreesWithTheOneOfAll) {
  const at::Tensor places = normal({900, 2}, 21), noise = normal({900, 6}, 22);
  const at::Tensor u = at::cat({places, 0.3 * noise}, 1).unsqueeze(0), sharp = at::cat({places.cos(), places.sin()}, 1);
  const PairViews views{u, (sharp / sharp.norm(2, -1, true)).unsqueeze(0), sharp - sharp.mean(0)};
  const LayoutOptions options;
  const at::Tensor whole = laid_out_places(views, 2, options, 1, {}), pieces = laid_out_in_patches(views, 2, options, 1, {}, 300);
  EXPECT_GT(mean_of(scores_of(pieces, whole).row_spearman), 0.95);
  EXPECT_GT(mean_of(scores_of(pieces, places).row_spearman), mean_of(scores_of(whole, places).row_spearman) - 0.02);
  EXPECT_NEAR((pieces.square().sum() / whole.square().sum()).item<double>(), 1, 0.1);
}

TEST(Layout, DoesNotDependOnTheNumberOfThreads) {
  const at::Tensor u = normal({1, 60, 4}, 13), z = normal({1, 60, 4}, 14);
  const PairViews views{u, z / z.norm(2, -1, true), u[0]};
  LayoutOptions options;
  options.iterations = 20;
  options.order = 1;
  EXPECT_TRUE(laid_out_places(views, 2, options, 1, {}).equal(laid_out_places(views, 2, options, 3, {})));
}

TEST(GeometryScores, AreOneForAMirroredScaledCopyAndChanceForNoise) {
  const at::Tensor truth = normal({300, 2}, 15);
  const at::Tensor mirrored = truth.flip(1) * 3 + 5;
  const GeometryScores right = scores_of(mirrored, truth), wrong = scores_of(normal({300, 2}, 16), truth);
  EXPECT_NEAR(mean_of(right.row_spearman), 1, 1e-6);
  EXPECT_NEAR(mean_of(right.recall), 1, 1e-3);
  EXPECT_NEAR(right.precision, 1, 1e-3);
  EXPECT_NEAR(mean_of(wrong.row_spearman), 0, 0.03);
  EXPECT_NEAR(mean_of(wrong.recall), wrong.chance_recall(), 0.015);
  EXPECT_NEAR(wrong.precision, 0.1, 0.02);
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
