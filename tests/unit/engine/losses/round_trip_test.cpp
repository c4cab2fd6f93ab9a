// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/round_trip.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

// Spots 0-2 of slide 0, spots 3-4 of slide 1, a spot alone on slide 2, cells 6-9.
const Groups kSlides(std::vector<std::int64_t>{0, 0, 0, 1, 1, 2, -1, -1, -1, -1}, 3), kCells(std::vector<std::int64_t>{-1, -1, -1, -1, -1, -1, 0, 0, 0, 0}, 1);
at::Tensor some_xy() { return matrix({{0, 0}, {1, 0}, {2, 0}, {0, 0}, {0, 3}, {5, 5}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}); }

TEST(RoundTrip, OfTwoSpotsAndTwoCellsIsKnownInClosedForm) {
  // Spots and cells on two axes, tau = 1: A = B = [[p, q], [q, p]], R_ii = p^2 + q^2, and home is the identity.
  const auto z = matrix({{1, 0}, {0, 1}, {1, 0}, {0, 1}});
  const Groups slides(std::vector<std::int64_t>{0, 0, -1, -1}, 1), cells(std::vector<std::int64_t>{-1, -1, 0, 0}, 1);
  const double p = 1 / (1 + std::exp(-1.0)), q = 1 - p;
  EXPECT_NEAR(value_of(round_trip(z, {}, slides, cells, {.temperature = 1})), -std::log(p * p + q * q), 1e-11);
  EXPECT_NEAR(value_of(round_trip(z, {}, slides, cells, {.temperature = 1, .home = 2})), -std::log(p * p + q * q) - 2 * std::log(p), 1e-11);
  // One cell only: every spot goes there and comes back anywhere.
  EXPECT_NEAR(value_of(round_trip(z, {}, slides, Groups(std::vector<std::int64_t>{-1, -1, -1, 0}, 1), {.temperature = 1})), 0.5 * (-std::log(p) - std::log(q)), 1e-11);
}

TEST(RoundTrip, IsTheDefinitionWrittenOut) {
  const auto z = normal_matrix(10, 3, 1), xy = some_xy();
  const double tau = 0.7, s = 0.5;                                               // nearest spots of the first slide lie at 1, of the second at 3
  double want = 0;
  const auto of_slide = [&](std::int64_t from, std::int64_t to, double width) {
    const auto here = z.slice(0, from, to), there = z.slice(0, 6);
    const auto a = (here.mm(there.t()) / tau).softmax(1), b = (there.mm(here.t()) / tau).softmax(1);
    const auto place = xy.slice(0, from, to);
    auto k = (-(place.unsqueeze(1) - place.unsqueeze(0)).pow(2).sum(2) / (2 * width * width)).exp();
    k = k / k.sum(1, true);
    return (k * (k.log() - a.mm(b).log())).sum().item<double>();
  };
  want = (of_slide(0, 3, s) + of_slide(3, 5, s)) / 5;
  EXPECT_NEAR(value_of(round_trip(z, xy, kSlides, kCells, {.temperature = tau, .width = s, .cosine = false})), want, 1e-10);
  want = (of_slide(0, 3, 0.5) + of_slide(3, 5, 1.5)) / 5;                        // half the distance of each slide's own spots
  EXPECT_NEAR(value_of(round_trip(z, xy, kSlides, kCells, {.temperature = tau, .cosine = false})), want, 1e-10);
}

TEST(RoundTrip, IsNotNegativeAndDoesNotChangeWhenASlideMovesOrCellsArePermuted) {
  const auto z = normal_matrix(10, 3, 2);
  const double value = value_of(round_trip(z, some_xy(), kSlides, kCells));
  EXPECT_GT(value, 0);
  EXPECT_NEAR(value_of(round_trip(z, 10 * some_xy() - 4, kSlides, kCells)), value, 1e-10);
  EXPECT_NEAR(value_of(round_trip(at::cat({z.slice(0, 0, 6), z.slice(0, 6).flip(0)}), some_xy(), kSlides, kCells)), value, 1e-12);
  EXPECT_NEAR(value_of(round_trip(3 * z, some_xy(), kSlides, kCells)), value, 1e-9);
}

TEST(RoundTrip, GradientAgreesWithCentralDifferences) {
  for (const bool cosine : {true, false})
    expect_gradient([&](const at::Tensor& z) { return *round_trip(z, some_xy(), kSlides, kCells, {.temperature = 0.5, .cosine = cosine, .home = 0.5}).value; }, normal_matrix(10, 3, 3), 1e-6);
}

TEST(RoundTrip, FallsWhenCellsCoverTheSpots) {
  // Cells that are copies of the spots bring everyone home; cells that are all alike bring nobody.
  const auto spots = at::eye(5, at::kDouble);
  const Groups slides(std::vector<std::int64_t>{0, 0, 0, 0, 0, -1, -1, -1, -1, -1}, 1), cells(std::vector<std::int64_t>{-1, -1, -1, -1, -1, 0, 0, 0, 0, 0}, 1);
  EXPECT_LT(value_of(round_trip(at::cat({spots, spots}), {}, slides, cells)), 0.01);
  EXPECT_NEAR(value_of(round_trip(at::cat({spots, at::zeros({5, 5}, at::kDouble) + 1}), {}, slides, cells)), std::log(5.0), 1e-6);
}

TEST(RoundTrip, SaysWhyItIsAbsentAndIsFiniteInSinglePrecisionForHugeProducts) {
  const auto z = normal_matrix(10, 3, 4);
  const Groups nobody(std::vector<std::int64_t>(10, -1), 1);
  EXPECT_EQ(round_trip(z, some_xy(), kSlides, nobody).why_absent, "the batch has no cell to travel to");
  EXPECT_EQ(round_trip(z, some_xy(), nobody, kCells).why_absent, "no slide has two spots in the batch");
  EXPECT_THROW(round_trip(normal_matrix(9, 3, 1), some_xy(), kSlides, kCells), Error);
  expect_finite([](const at::Tensor& x) { return *round_trip(x.to(at::kFloat), some_xy(), kSlides, kCells, {.temperature = 0.01, .cosine = false}).value; }, 30 * z);
  auto empty = z.clone();
  empty.select(0, 1).zero_();
  expect_finite([](const at::Tensor& x) { return *round_trip(x, {}, kSlides, kCells).value; }, empty);
}

TEST(TranslationCycle, IsTheSquaredErrorWithGroupsAlike) {
  const Groups groups(std::vector<std::int64_t>{0, 0, 1, -1}, 2);
  const auto z = at::zeros({4, 2}, at::kDouble), back = matrix({{1, 1}, {3, 1}, {2, 0}, {9, 9}});
  EXPECT_NEAR(value_of(translation_cycle(back, z, groups)), 0.5 * (3 + 2), 1e-14);
  EXPECT_EQ(value_of(translation_cycle(back, back, groups)), 0);
  const auto other = normal_matrix(4, 2, 5);
  expect_gradient([&](const at::Tensor& x) { return *translation_cycle(x.pow(2), x, groups).value; }, normal_matrix(4, 2, 6));
  expect_gradient([&](const at::Tensor& x) { return *translation_cycle(x, other, groups, true).value; }, normal_matrix(4, 2, 6));
  EXPECT_EQ(largest(gradient_of([&](const at::Tensor& x) { return *translation_cycle(other, x, groups, true).value + 0 * x.sum(); }, other + 1)), 0);
  EXPECT_FALSE(translation_cycle(back, z, Groups(std::vector<std::int64_t>{-1, -1, -1, -1}, 2)));
}

}  // namespace
}  // namespace geocyte::losses
