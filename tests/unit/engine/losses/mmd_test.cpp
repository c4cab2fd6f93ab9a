// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/mmd.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine/core/error.h"
#include "engine/losses/energy_distance.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

/// 22 cells of three groups of sizes 9, 7 and 5 in mixed order, and one of none.
const std::vector<std::int64_t> kLabels = {0, 1, 0, 2, 0, 1, 2, 0, 1, 0, -1, 2, 0, 1, 0, 1, 2, 0, 1, 0, 1, 2};

Groups two_groups(std::int64_t first, std::int64_t second) {
  std::vector<std::int64_t> labels(first, 0);
  labels.insert(labels.end(), second, 1);
  return Groups(labels, 2);
}

at::Tensor rows_of(const at::Tensor& z, const Groups& groups, std::int64_t group) { return z.index_select(0, at::tensor(groups.members(group))); }

/// M_aa + M_bb - 2 M_ab with whole matrices of phi(distance), pair by pair.
template <class Phi>
double literal(const at::Tensor& z, const Groups& groups, Statistic statistic, Phi phi) {
  double sum = 0;
  int pairs = 0;
  const auto inside = [&](const at::Tensor& x) {
    const auto k = phi(at::cdist(x, x));
    const auto n = static_cast<double>(x.size(0));
    return statistic == Statistic::biased ? k.mean().template item<double>() : ((k.sum() - k.diag().sum()) / (n * (n - 1))).template item<double>();
  };
  for (std::int64_t a = 0; a < groups.count(); ++a)
    for (std::int64_t b = a + 1; b < groups.count(); ++b, ++pairs) {
      const auto x = rows_of(z, groups, a), y = rows_of(z, groups, b);
      sum += inside(x) + inside(y) - 2 * phi(at::cdist(x, y)).mean().template item<double>();
    }
  return sum / pairs;
}

MmdOptions fixed(double scale, Statistic statistic = Statistic::unbiased) {
  MmdOptions options;
  options.scale = scale;
  options.statistic = statistic;
  return options;
}

constexpr Statistic kStatistics[] = {Statistic::biased, Statistic::unbiased};

TEST(Mmd, OfTwoCellsIsKnownInClosedForm) {
  auto options = fixed(2, Statistic::biased);
  options.multiples = {1};
  options.min_cells = 1;
  const auto z = matrix({{0, 0}, {3, 4}});
  EXPECT_NEAR(mmd(z, two_groups(1, 1), options).value->item<double>(), 2 - 2 * std::exp(-25.0 / 8), 1e-14);
}

TEST(Mmd, EqualsTheFormulaWrittenOutInNumpy) {
  const auto z = at::cat({wave_matrix(7, 3, 0.2), wave_matrix(9, 3, 1.1) * 1.5});
  const auto groups = two_groups(7, 9);
  MmdOptions options;
  EXPECT_NEAR(mmd_scale(z, groups), 1.9513220887670204, 1e-13);
  EXPECT_NEAR(mmd(z, groups, options).value->item<double>(), -0.014680887268893494, 1e-14);
  options.statistic = Statistic::biased;
  EXPECT_NEAR(mmd(z, groups, options).value->item<double>(), 0.06995880871651106, 1e-14);
  options.widths = MmdWidths::mean_square;
  EXPECT_NEAR(mmd(z, groups, options).value->item<double>(), 0.5343181490413249, 1e-13);
}

TEST(Mmd, OverAllPairsEqualsTheLiteralLoop) {
  const auto z = normal_matrix(22, 4, 1) + 0.2;
  const Groups groups(kLabels, 3);
  for (const auto statistic : kStatistics) {
    const auto kernels = [](const at::Tensor& d) {
      at::Tensor sum = at::zeros({}, at::kDouble);
      for (const double s : {0.5, 1.0, 2.0, 4.0}) sum = sum + (-d.pow(2) / (2 * std::pow(1.7 * s, 2))).exp() / 4;
      return sum;
    };
    EXPECT_NEAR(mmd(z, groups, fixed(1.7, statistic)).value->item<double>(), literal(z, groups, statistic, kernels), 1e-13);
    EnergyDistanceOptions energy;
    energy.statistic = statistic;
    EXPECT_NEAR(energy_distance(z, groups, energy).value->item<double>(), literal(z, groups, statistic, [](const at::Tensor& d) { return -d; }), 1e-13);
  }
}

TEST(Mmd, BiasedIsZeroForEqualGroupsAndUnbiasedIsZeroOnAverageForEqualDistributions) {
  const auto half = normal_matrix(8, 3, 2);
  EXPECT_NEAR(mmd(at::cat({half, half.flip(0)}), two_groups(8, 8), fixed(1, Statistic::biased)).value->item<double>(), 0, 1e-15);
  double sum = 0, squares = 0;
  constexpr int kDraws = 300;
  for (int draw = 0; draw < kDraws; ++draw) {
    const double value = mmd(normal_matrix(30, 5, 100 + draw), two_groups(18, 12), fixed(3)).value->item<double>();
    EXPECT_GE(mmd(normal_matrix(30, 5, 100 + draw), two_groups(18, 12), fixed(3, Statistic::biased)).value->item<double>(), 0);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kDraws, error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
  EXPECT_LT(std::abs(mean), 4 * error);
}

TEST(Mmd, DoesNotChangeWhenCellsAreMovedOrPermutedOrScaledWithTheMedian) {
  const auto z = normal_matrix(22, 4, 3);
  const Groups groups(kLabels, 3);
  auto reversed = kLabels;
  std::reverse(reversed.begin(), reversed.end());
  const double value = mmd(z, groups).value->item<double>();
  EXPECT_NEAR(mmd(z + 100, groups).value->item<double>(), value, 1e-10);
  EXPECT_NEAR(mmd(z * 7, groups).value->item<double>(), value, 1e-12);
  EXPECT_NEAR(mmd(z.flip(0), Groups(reversed, 3)).value->item<double>(), value, 1e-13);
}

TEST(Mmd, GradientAgreesWithCentralDifferences) {
  const Groups groups(kLabels, 3);
  for (const auto statistic : kStatistics)
    expect_gradient([&](const at::Tensor& z) { return *mmd(z, groups, fixed(1.5, statistic)).value; }, normal_matrix(22, 3, 4));
}

TEST(Mmd, DescendsToTheSamplingFloor) {
  const auto groups = two_groups(100, 100);
  auto z = at::cat({normal_matrix(100, 8, 5), normal_matrix(100, 8, 6) + 1});
  for (int step = 0; step < 150; ++step) z = z - 60 * gradient_of([&](const at::Tensor& x) { return *mmd(x, groups).value; }, z);
  const double gap = (z.slice(0, 0, 100).mean(0) - z.slice(0, 100).mean(0)).norm().item<double>();
  EXPECT_LT(gap, 0.4);                                                   // from 2.8; floor sqrt(8 (1/100 + 1/100)) = .4
}

TEST(Mmd, InSinglePrecisionIsWithinTenToTheMinusFiveOfDouble) {
  const auto z = normal_matrix(22, 64, 7) + 3;
  const Groups groups(kLabels, 3);
  const auto loss = [&](const at::Tensor& x) { return *mmd(x, groups, fixed(10)).value; };
  EXPECT_NEAR(loss(z.to(at::kFloat)).item<double>(), loss(z).item<double>(), 1e-6);
  const auto exact = gradient_of(loss, z);
  EXPECT_LT(largest(gradient_of(loss, z.to(at::kFloat)) - exact), 1e-5 * largest(exact));
}

TEST(Mmd, IsFiniteWhereAllCellsAreEqualAndWhereTheyAreFarApart) {
  const auto groups = two_groups(6, 6);
  const auto equal = at::zeros({12, 3}, at::kDouble);
  EXPECT_NEAR(mmd(equal, groups).value->item<double>(), 0, 1e-15);
  expect_finite([&](const at::Tensor& z) { return *mmd(z, groups).value; }, equal);
  expect_finite([&](const at::Tensor& z) { return *energy_distance(z, groups).value; }, equal);
  expect_finite([&](const at::Tensor& z) { return *mmd(z, groups, fixed(1)).value; }, normal_matrix(12, 3, 8) * 1e6);
}

TEST(Mmd, SaysWhyItIsAbsentAndRefusesWrongShapes) {
  const auto term = mmd(normal_matrix(7, 2, 9), two_groups(6, 1));
  EXPECT_FALSE(term);
  EXPECT_EQ(term.why_absent, "the batch has 1 source of at least 5 cells, and a pair needs two");
  EXPECT_FALSE(energy_distance(normal_matrix(7, 2, 9), two_groups(6, 1)));
  EXPECT_THROW(mmd(normal_matrix(21, 2, 9), Groups(kLabels, 3)), Error);
  auto single = fixed(1);
  single.min_cells = 1;
  EXPECT_THROW(mmd(normal_matrix(7, 2, 9), two_groups(6, 1), single), Error);   // unbiased with one cell
}

TEST(Mmd, HasFirstDerivativesOnlyAndNoneWhileEvaluating) {
  const Groups groups(kLabels, 3);
  auto z = normal_matrix(22, 3, 10).requires_grad_(true);
  EXPECT_THROW(torch::autograd::grad({*mmd(z, groups).value}, {z}, {}, true, true), Error);
  const at::NoGradGuard evaluating;
  EXPECT_FALSE(mmd(z, groups).value->requires_grad());
  EXPECT_FALSE(at::GradMode::is_enabled());
}

TEST(EnergyDistance, OnTheLineIsTwiceTheSquaredAreaBetweenTheDistributions) {
  // E = 2 integral (F - G)^2; {0, 1} against {2}: 2 (1/4 + 1) = 2.5.
  EnergyDistanceOptions options;
  options.statistic = Statistic::biased;
  options.min_cells = 1;
  EXPECT_NEAR(energy_distance(matrix({{0}, {1}, {2}}), two_groups(2, 1), options).value->item<double>(), 2.5, 1e-14);
}

TEST(EnergyDistance, EqualsNumpyAndTwiceGeomLoss) {
  EnergyDistanceOptions options;
  options.statistic = Statistic::biased;
  const double value = energy_distance(at::cat({wave_matrix(7, 3, 0.2), wave_matrix(9, 3, 1.1) * 1.5}), two_groups(7, 9), options).value->item<double>();
  EXPECT_NEAR(value, 0.39669712197361795, 1e-13);
  EXPECT_NEAR(value, 0.3966717251482206, 1e-4);                          // GeomLoss 0.3.1, which guards its root with 1e-4
}

TEST(EnergyDistance, GradientAgreesWithCentralDifferences) {
  for (const auto statistic : kStatistics) {
    EnergyDistanceOptions options;
    options.statistic = statistic;
    expect_gradient([&](const at::Tensor& z) { return *energy_distance(z, Groups(kLabels, 3), options).value; }, normal_matrix(22, 3, 11));
  }
}

TEST(EnergyDistance, StillPullsWhereGaussianKernelsNoLongerSee) {
  const auto far = at::cat({normal_matrix(10, 3, 12), normal_matrix(10, 3, 13) + 1000});
  const auto groups = two_groups(10, 10);
  EXPECT_LT(largest(gradient_of([&](const at::Tensor& z) { return *mmd(z, groups, fixed(1)).value; }, far).mean(0)), 1e-12);
  EXPECT_GT(largest(gradient_of([&](const at::Tensor& z) { return *energy_distance(z, groups).value; }, far)), 0.05);
}

}  // namespace
}  // namespace geocyte::losses
