// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/sliced_wasserstein.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

Groups in_order(std::vector<std::int64_t> sizes) {
  std::vector<std::int64_t> labels;
  for (std::size_t group = 0; group < sizes.size(); ++group) labels.insert(labels.end(), sizes[group], static_cast<std::int64_t>(group));
  return Groups(labels, static_cast<std::int64_t>(sizes.size()));
}

SlicedWassersteinOptions of(SlicedReference reference, std::int64_t min_cells = 1) {
  SlicedWassersteinOptions options;
  options.reference = reference;
  options.min_cells = min_cells;
  return options;
}

at::Tensor directions(std::int64_t dims, std::int64_t count, std::uint64_t seed = 1) {
  return random_directions(dims, count, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kDouble));
}

double value_of(const at::Tensor& z, const Groups& groups, const at::Tensor& theta, SlicedReference reference = SlicedReference::pairs) {
  return sliced_wasserstein(z, groups, theta, of(reference)).value->item<double>();
}

TEST(SlicedWasserstein, OnTheLineIsTheMeanSquaredDifferenceOfSortedValues) {
  const auto along = at::ones({1, 1}, at::kDouble);
  EXPECT_NEAR(value_of(matrix({{3}, {1}, {7}, {2}}), in_order({2, 2}), along), ((1 - 2) * (1 - 2) + (3 - 7) * (3 - 7)) / 2.0, 1e-14);
}

TEST(SlicedWasserstein, OfUnequalNumbersInterpolatesTheQuantiles) {
  // {0, 1} read at the midpoints 1/8, 3/8, 5/8, 7/8 with values at 1/4 and 3/4: 0, 1/4, 3/4, 1.
  const auto z = matrix({{0}, {1}, {0}, {0.25}, {0.75}, {1}});
  EXPECT_NEAR(value_of(z, in_order({2, 4}), at::ones({1, 1}, at::kDouble)), 0, 1e-15);
}

TEST(SlicedWasserstein, OfAShiftIsItsSquareOverTheDimensionsAndOfEqualGroupsZero) {
  const auto x = normal_matrix(30, 6, 1);
  const auto theta = directions(6, 4000);
  EXPECT_NEAR(value_of(at::cat({x, x + 0.5}), in_order({30, 30}), theta), 0.25, 0.01);   // |s|^2 / D = 6 * .25 / 6
  EXPECT_NEAR(value_of(at::cat({x, x.flip(0)}), in_order({30, 30}), theta), 0, 1e-28);
}

TEST(SlicedWasserstein, OverPairsIsTheMeanOfThePairsAndPooledTheMeanToThePool) {
  const auto theta = directions(3, 10);
  const auto a = normal_matrix(8, 3, 2), b = normal_matrix(8, 3, 3) + 1, c = normal_matrix(8, 3, 4) * 2;
  const auto pair = [&](const at::Tensor& x, const at::Tensor& y) { return value_of(at::cat({x, y}), in_order({x.size(0), y.size(0)}), theta); };
  const auto all = at::cat({a, b, c});
  EXPECT_NEAR(value_of(all, in_order({8, 8, 8}), theta), (pair(a, b) + pair(a, c) + pair(b, c)) / 3, 1e-13);
  EXPECT_NEAR(value_of(all, in_order({8, 8, 8}), theta, SlicedReference::pooled), (pair(a, all) + pair(b, all) + pair(c, all)) / 3, 1e-13);
}

TEST(SlicedWasserstein, EqualsTheFormulaWrittenOutInNumpy) {
  const auto z = at::cat({wave_matrix(7, 3, 0.2), wave_matrix(9, 3, 1.1) * 1.5});
  EXPECT_NEAR(value_of(z, in_order({7, 9}), at::eye(3, at::kDouble)), 0.3067163757228474, 1e-13);
}

TEST(SlicedWasserstein, GradientAgreesWithCentralDifferences) {
  const auto theta = directions(3, 5);
  for (const auto reference : {SlicedReference::pairs, SlicedReference::pooled})
    expect_gradient([&](const at::Tensor& z) { return *sliced_wasserstein(z, in_order({6, 9, 5}), theta, of(reference)).value; }, normal_matrix(20, 3, 5));
}

TEST(SlicedWasserstein, DirectionsAreUnitFreshAndRepeatable) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(9);
  const auto first = random_directions(5, 3000, generator, at::TensorOptions(at::kDouble)), second = random_directions(5, 3000, generator, at::TensorOptions(at::kDouble));
  EXPECT_LT(largest(first.norm(2, {0}) - 1), 1e-14);
  EXPECT_FALSE(first.equal(second));
  EXPECT_TRUE(first.equal(random_directions(5, 3000, at::make_generator<at::CPUGeneratorImpl>(9), at::TensorOptions(at::kDouble))));
  EXPECT_LT(largest(first.mm(first.t()) / 3000 - at::eye(5, at::kDouble) / 5), 0.02);
}

TEST(SlicedWasserstein, IsFiniteWhereAllCellsAreEqualSaysWhyItIsAbsentAndRefusesOtherShapes) {
  const auto equal = at::zeros({8, 3}, at::kDouble);
  expect_finite([&](const at::Tensor& z) { return *sliced_wasserstein(z, in_order({4, 4}), directions(3, 4), of(SlicedReference::pairs)).value; }, equal);
  EXPECT_EQ(sliced_wasserstein(equal, in_order({6, 2}), directions(3, 4)).why_absent, "the batch has 1 source of at least 5 cells, and a pair needs two");
  EXPECT_THROW(sliced_wasserstein(equal, in_order({4, 4}), directions(2, 4), of(SlicedReference::pairs)), Error);
  EXPECT_THROW(sliced_wasserstein(equal, in_order({4, 5}), directions(3, 4), of(SlicedReference::pairs)), Error);
}

}  // namespace
}  // namespace geocyte::losses
