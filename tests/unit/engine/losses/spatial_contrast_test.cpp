// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/spatial_contrast.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/losses/info_nce.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

at::Tensor yes_no(std::initializer_list<std::initializer_list<double>> rows) { return matrix(rows) > 0; }

TEST(InfoNce, OfOnePositiveIsTheSoftmaxCrossEntropy) {
  const auto l = matrix({{1, 0, -1}});
  const double want = -std::log(std::exp(1.0) / (std::exp(1.0) + 1 + std::exp(-1.0)));
  EXPECT_NEAR(value_of(info_nce(l, yes_no({{1, 0, 0}}), yes_no({{0, 1, 1}}), "")), want, 1e-14);
}

TEST(InfoNce, SetsEachPositiveAgainstTheNegativesOnly) {
  // Two positives of weights 3 and 1: neither stands in the denominator of the other. The second row has no negative, the third no positive.
  const auto l = matrix({{2, 1, 0}, {1, 1, 1}, {5, 5, 5}});
  const double want = 0.75 * std::log1p(std::exp(-2.0)) + 0.25 * std::log1p(std::exp(-1.0));
  const auto positive = matrix({{3, 1, 0}, {1, 0, 0}, {0, 0, 0}});
  EXPECT_NEAR(value_of(info_nce(l, positive, yes_no({{0, 0, 1}, {0, 0, 0}, {1, 1, 1}}), "")), want, 1e-14);
}

TEST(InfoNce, OfEqualLogitsIsItsChanceLevel) {
  const auto positive = yes_no({{1, 1, 0, 0}, {1, 0, 0, 0}}), negative = yes_no({{0, 0, 1, 1}, {0, 1, 1, 1}});
  const double chance = info_nce_chance(positive, negative);
  EXPECT_NEAR(chance, 0.5 * (std::log(3.0) + std::log(4.0)), 1e-15);
  EXPECT_NEAR(value_of(info_nce(at::full({2, 4}, 0.3, at::kDouble), positive, negative, "")), chance, 1e-14);
  EXPECT_EQ(info_nce_chance(positive, yes_no({{0, 0, 0, 0}, {0, 0, 0, 0}})), 0);
}

TEST(InfoNce, GradientAgreesWithCentralDifferencesAndHugeLogitsAreFinite) {
  const auto positive = matrix({{1, 2, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}}), negative = yes_no({{0, 0, 1, 1}, {0, 1, 1, 1}, {0, 0, 0, 0}});
  const Loss loss = [&](const at::Tensor& l) { return *info_nce(l, positive, negative, "").value; };
  expect_gradient(loss, normal_matrix(3, 4, 1));
  expect_finite(loss, 1e4 * normal_matrix(3, 4, 2));
  expect_finite([&](const at::Tensor& l) { return loss(l.to(at::kFloat)); }, 1e4 * normal_matrix(3, 4, 2));
  EXPECT_EQ(info_nce(normal_matrix(3, 4, 1), at::zeros({3, 4}, at::kDouble), negative, "none").why_absent, "none");
  EXPECT_THROW(info_nce(normal_matrix(3, 4, 1), positive, yes_no({{1, 0}}), ""), Error);
}

/// A slide of side x side spots on a square grid of unit distance, `slides` times, then `others` cells of no slide.
struct Grid {
  at::Tensor xy;
  std::vector<std::int64_t> labels;

  Grid(std::int64_t side, std::int64_t slides, std::int64_t others) {
    const auto axis = at::arange(side, at::kDouble);
    const auto one = at::stack({axis.repeat_interleave(side), axis.repeat({side})}, 1);
    std::vector<at::Tensor> all(slides, one);
    all.push_back(at::zeros({others, 2}, at::kDouble));
    xy = at::cat(all);
    for (std::int64_t i = 0; i < xy.size(0); ++i) labels.push_back(i < slides * side * side ? i / (side * side) : -1);
  }
  Groups slides() const { return {labels, *std::max_element(labels.begin(), labels.end()) + 1}; }
};

/// (N, 7): which of seven kinds a spot is of.
at::Tensor membership_of_column(const at::Tensor& xy) {
  return (xy.select(1, 0).remainder(7).unsqueeze(1) == at::arange(7, at::kDouble)).to(at::kDouble);
}

TEST(SpatialNeighbours, OfAGridAreTheNextSpotsOfTheSameSlide) {
  const Grid grid(5, 2, 3);
  const auto found = SpatialNeighbours::of(grid.xy, grid.slides(), 4);
  EXPECT_EQ(found.radius[12].item<double>(), 1);                                 // the middle of the first slide
  EXPECT_NEAR(found.radius[0].item<double>(), 2, 1e-12);                         // a corner: 1, 1, sqrt 2, 2
  auto near = std::get<0>(found.index[25 + 12].sort());                          // the middle of the second
  EXPECT_EQ(near[0].item<std::int64_t>(), 25 + 7);
  EXPECT_EQ(near[3].item<std::int64_t>(), 25 + 17);
  EXPECT_EQ(found.radius[50].item<double>(), 0);                                 // of no slide
  EXPECT_EQ(found.index[51][2].item<std::int64_t>(), 51);
}

TEST(SpatialNeighbours, OfALargeSlideAreThoseOfAPlainSearch) {
  const auto xy = normal_matrix(1500, 2, 3);                                     // more than a block
  const auto found = SpatialNeighbours::of(xy, Groups(std::vector<std::int64_t>(1500, 0), 1), 3);
  for (const std::int64_t spot : {0, 700, 1100, 1499}) {
    auto distance = (xy - xy[spot]).pow(2).sum(1).sqrt();
    distance[spot] = 1e9;
    const auto [near, order] = distance.sort();
    EXPECT_TRUE(found.index[spot].equal(order.slice(0, 0, 3))) << spot;
    EXPECT_NEAR(found.radius[spot].item<double>(), near[2].item<double>(), 1e-12);
  }
}

TEST(SpatialNeighbours, OfASlideWithFewSpotsRepeatTheSpotItself) {
  const auto found = SpatialNeighbours::of(matrix({{0, 0}, {0, 1}, {5, 5}}), Groups(std::vector<std::int64_t>{0, 0, 1}, 2), 3);
  EXPECT_EQ(found.index[0][0].item<std::int64_t>(), 1);
  EXPECT_EQ(found.index[0][2].item<std::int64_t>(), 0);
  EXPECT_EQ(found.radius[2].item<double>(), 0);                                  // alone on its slide
}

TEST(SpatialDraw, TakesAnchorsWithNeighboursAndFarSpotsThatAreAlike) {
  const Grid grid(20, 2, 10);
  const auto slides = grid.slides();
  const auto neighbours = SpatialNeighbours::of(grid.xy, slides, 8);
  // Alike in expression: column of the grid modulo 7. A random far spot shares it once in seven times.
  const auto scores = membership_of_column(grid.xy);
  const SpatialDrawOptions options{.anchors = 40, .hard_negatives = 1, .candidates = 32, .far = 3};
  const auto rows = draw_spatial_rows(neighbours, grid.xy, scores, options, at::make_generator<at::CPUGeneratorImpl>(1));
  EXPECT_TRUE(rows.equal(draw_spatial_rows(neighbours, grid.xy, scores, options, at::make_generator<at::CPUGeneratorImpl>(1))));
  EXPECT_GT(rows.size(0), 80);
  EXPECT_LE(rows.size(0), 120);
  EXPECT_TRUE((rows.slice(0, 1) > rows.slice(0, 0, -1)).all().item<bool>());     // rising, no repeats
  EXPECT_LT(rows.max().item<std::int64_t>(), 800);                               // no cell of no slide
  const auto some = draw_spatial_rows(neighbours, grid.xy, {}, {.anchors = 16}, at::make_generator<at::CPUGeneratorImpl>(2), at::arange(400, at::kLong));
  EXPECT_LT(some.max().item<std::int64_t>(), 400);                               // anchors of the first slide, and neighbours are of it
  const Grid none(1, 0, 4);
  EXPECT_EQ(draw_spatial_rows(SpatialNeighbours::of(none.xy, Groups(std::vector<std::int64_t>(4, -1), 1), 2), none.xy, {}, {}, at::make_generator<at::CPUGeneratorImpl>(2)).size(0), 0);
}

TEST(SpatialContrast, OfThreeSpotsIsKnownInClosedForm) {
  // Spots at 0, 1 and 10 with radius 1: the first two are neighbours, the third is far from both and has no neighbour in the batch.
  const auto xy = matrix({{0, 0}, {1, 0}, {10, 0}}), radius = at::ones({3}, at::kDouble);
  const auto z = matrix({{1, 0}, {1, 0}, {0, 1}});
  const Groups slide(std::vector<std::int64_t>{0, 0, 0}, 1);
  EXPECT_NEAR(value_of(spatial_contrast(z, xy, radius, slide, {.temperature = 1})), std::log1p(std::exp(-1.0)), 1e-11);
  EXPECT_NEAR(spatial_contrast_chance(xy, radius, slide), std::log(2.0), 1e-15);
  // Neither at five radii when far is six.
  EXPECT_FALSE(spatial_contrast(z, matrix({{0, 0}, {1, 0}, {5.5, 0}}), radius, slide, {.temperature = 1, .far = 6}));
}

TEST(SpatialContrast, DoesNotSeeOtherSlidesNorCellsOfNone) {
  const Grid grid(6, 2, 5);
  const auto slides = grid.slides();
  const auto radius = SpatialNeighbours::of(grid.xy, slides, 4).radius;
  const auto z = normal_matrix(grid.xy.size(0), 3, 1);
  const SpatialContrastOptions options{.far = 1.5};
  // Each slide counts by its anchors alone: the mean over both is the mean of the two.
  const auto of = [&](std::int64_t from, std::int64_t to) {
    return value_of(spatial_contrast(z.slice(0, from, to), grid.xy.slice(0, from, to), radius.slice(0, from, to), Groups(std::vector<std::int64_t>(to - from, 0), 1), options));
  };
  EXPECT_NEAR(value_of(spatial_contrast(z, grid.xy, radius, slides, options)), 0.5 * (of(0, 36) + of(36, 72)), 1e-12);
  const auto gradient = gradient_of([&](const at::Tensor& x) { return *spatial_contrast(x, grid.xy, radius, slides, options).value; }, z);
  EXPECT_EQ(largest(gradient.slice(0, 72)), 0);
}

TEST(SpatialContrast, DoesNotChangeWhenASlideIsTurnedMovedAndScaledAndIsLowWhereTheEmbeddingIsTheMap) {
  const Grid grid(6, 1, 0);
  const auto slides = grid.slides();
  const auto radius = SpatialNeighbours::of(grid.xy, slides, 4).radius;
  const auto z = normal_matrix(36, 3, 1);
  const double value = value_of(spatial_contrast(z, grid.xy, radius, slides));
  const auto turned = 7 * grid.xy.mm(matrix({{0.6, -0.8}, {0.8, 0.6}})) + 100;
  EXPECT_NEAR(value_of(spatial_contrast(z, turned, 7 * radius, slides)), value, 1e-9);
  const auto map = at::cat({(grid.xy * 0.5).cos(), (grid.xy * 0.5).sin()}, 1);
  EXPECT_LT(value_of(spatial_contrast(map, grid.xy, radius, slides)), 0.4 * spatial_contrast_chance(grid.xy, radius, slides));
  EXPECT_GT(value, spatial_contrast_chance(grid.xy, radius, slides));            // random embeddings are worse than none
}

TEST(SpatialContrast, GradientAgreesWithCentralDifferencesAndEmptyRowsAreFinite) {
  const Grid grid(4, 2, 2);
  const auto slides = grid.slides();
  const auto radius = SpatialNeighbours::of(grid.xy, slides, 3).radius;
  const Loss loss = [&](const at::Tensor& z) { return *spatial_contrast(z, grid.xy, radius, slides, {.temperature = 0.5, .far = 1.2}).value; };
  expect_gradient(loss, normal_matrix(34, 3, 5));
  auto z = normal_matrix(34, 3, 6);
  z.select(0, 3).zero_();
  expect_finite(loss, z);
}

TEST(SpatialContrast, BringsLocalityThatARandomEmbeddingHasNot) {
  // Free embeddings of a 8 x 8 slide: after descent the nearest neighbours in the embedding are those in the tissue.
  const Grid grid(8, 1, 0);
  const auto slides = grid.slides();
  const auto neighbours = SpatialNeighbours::of(grid.xy, slides, 4);
  auto z = normal_matrix(64, 6, 7);
  const auto overlap = [&] {
    const auto unit = z / z.norm(2, at::IntArrayRef{1}, true);
    const auto near = std::get<1>(unit.mm(unit.t()).fill_diagonal_(-2).topk(4, 1));
    return (near.unsqueeze(2) == neighbours.index.unsqueeze(1)).any(2).to(at::kDouble).mean().item<double>();
  };
  EXPECT_LT(overlap(), 0.15);                                                    // chance 4 / 63
  for (int step = 0; step < 300; ++step)
    z = z - 5 * gradient_of([&](const at::Tensor& x) { return *spatial_contrast(x, grid.xy, neighbours.radius, slides, {.far = 1.5}).value; }, z);
  EXPECT_GT(overlap(), 0.6);
}

TEST(SpatialContrast, SaysWhyItIsAbsentAndRefusesOtherShapes) {
  const auto xy = matrix({{0, 0}, {9, 9}});
  const Groups none(std::vector<std::int64_t>{-1, -1}, 1);
  EXPECT_EQ(spatial_contrast(normal_matrix(2, 3, 1), xy, at::ones({2}, at::kDouble), none).why_absent,
            "no spot of the batch has a neighbour and a far spot on its slide in it");
  EXPECT_THROW(spatial_contrast(normal_matrix(3, 3, 1), xy, at::ones({2}, at::kDouble), none), Error);
  EXPECT_THROW(spatial_contrast(normal_matrix(2, 3, 1), xy, at::ones({3}, at::kDouble), none), Error);
}

}  // namespace
}  // namespace geocyte::losses
