// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/sinkhorn.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <vector>

#include "engine/core/error.h"
#include "engine/losses/sinkhorn_memory.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::losses {
namespace {

Groups in_order(std::vector<std::int64_t> sizes) {
  std::vector<std::int64_t> labels;
  for (std::size_t group = 0; group < sizes.size(); ++group) labels.insert(labels.end(), sizes[group], static_cast<std::int64_t>(group));
  return Groups(labels, static_cast<std::int64_t>(sizes.size()));
}

SinkhornOptions blurred(double blur, double scaling = 0.8, int p = 2, double reach = 0) {
  SinkhornOptions options;
  options.blur = blur;
  options.scaling = scaling;
  options.p = p;
  options.reach = reach;
  return options;
}

double value_of(const at::Tensor& z, const Groups& groups, const SinkhornOptions& options) { return sinkhorn(z, groups, options).value->item<double>(); }

/// The divergence in float64 by plain tensor operations: the loop without a graph, the last half step with one. Independent of
/// the kernel: whole matrices, logsumexp, and torch's own differentiation.
at::Tensor oracle(const at::Tensor& x, const at::Tensor& y, const SinkhornOptions& options) {
  const auto cost = [&](const at::Tensor& a, const at::Tensor& b) {
    const auto squared = (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(-1);
    return options.p == 2 ? squared / 2 : (squared + 1e-300).sqrt();
  };
  const auto softmin = [](double eps, const at::Tensor& c, const at::Tensor& h) {
    return -eps * (at::logsumexp((h - c) / eps, {1}) - std::log(static_cast<double>(c.size(1))));
  };
  const double rho = std::pow(options.reach, options.p);
  const auto damp = [&](double eps) { return options.reach > 0 ? 1 / (1 + eps / rho) : 1; };
  at::Tensor fab, gab, faa, fbb;
  double diameter, eps = 0;
  {
    const at::NoGradGuard no_grad;
    const auto all = at::cat({x, y});
    diameter = (std::get<0>(all.max(0)) - std::get<0>(all.min(0))).norm().item<double>();
    const auto cxy = cost(x, y), cyx = cost(y, x), cxx = cost(x, x), cyy = cost(y, y);
    std::vector<double> temperatures{std::pow(diameter, options.p)};
    for (double log = std::log(diameter); log > std::log(options.blur); log += std::log(options.scaling)) temperatures.push_back(std::exp(options.p * log));
    temperatures.push_back(std::pow(options.blur, options.p));
    eps = temperatures.front();
    const auto zero = at::zeros({}, at::kDouble);
    fab = damp(eps) * softmin(eps, cxy, zero), gab = damp(eps) * softmin(eps, cyx, zero);
    faa = damp(eps) * softmin(eps, cxx, zero), fbb = damp(eps) * softmin(eps, cyy, zero);
    for (const double t : temperatures) {
      eps = t;
      const auto f = damp(eps) * softmin(eps, cxy, gab), g = damp(eps) * softmin(eps, cyx, fab);
      faa = (faa + damp(eps) * softmin(eps, cxx, faa)) / 2;
      fbb = (fbb + damp(eps) * softmin(eps, cyy, fbb)) / 2;
      fab = (fab + f) / 2;
      gab = (gab + g) / 2;
    }
  }
  const auto f = damp(eps) * softmin(eps, cost(x, y.detach()), gab), g = damp(eps) * softmin(eps, cost(y, x.detach()), fab);
  const auto a = damp(eps) * softmin(eps, cost(x, x.detach()), faa), b = damp(eps) * softmin(eps, cost(y, y.detach()), fbb);
  if (options.reach == 0) return (f - a).mean() + (g - b).mean();
  const auto unbalanced = ((-a / rho).exp() - (-f / rho).exp()).mean() + ((-b / rho).exp() - (-g / rho).exp()).mean();
  // Forward rho + eps/2, backward rho + eps.
  return (rho + eps) * unbalanced - (eps / 2 * unbalanced).detach();
}

TEST(Sinkhorn, BetweenTwoPointsIsHalfTheSquaredDistance) {
  auto options = blurred(0.1);
  options.min_cells = 1;
  EXPECT_NEAR(value_of(matrix({{0, 0}, {3, 4}}), in_order({1, 1}), options), 12.5, 1e-12);
  options.p = 1;
  EXPECT_NEAR(value_of(matrix({{0, 0}, {3, 4}}), in_order({1, 1}), options), 5, 1e-12);
}

TEST(Sinkhorn, OfAShiftIsHalfItsSquareWhateverTheBlur) {
  // Debiased: for a translated copy the potentials differ by a linear function, so that S = |t|^2 / 2 exactly at convergence.
  const auto x = normal_matrix(40, 3, 1);
  for (const double blur : {0.5, 3.0}) EXPECT_NEAR(value_of(at::cat({x, x + 0.7}), in_order({40, 40}), blurred(blur, 0.97)), 3 * 0.49 / 2, 2e-3);
}

TEST(Sinkhorn, ValueAndGradientEqualAnIndependentOracleInDouble) {
  const auto x = normal_matrix(30, 6, 2), y = normal_matrix(45, 6, 3) * 1.3 + 0.4;
  const auto z = at::cat({x, y});
  const auto groups = in_order({30, 45});
  for (const auto& options : {blurred(0.05, 0.5), blurred(1), blurred(3, 0.9), blurred(0.5, 0.7, 1), blurred(1, 0.8, 2, 2), blurred(0.5, 0.8, 1, 3)}) {
    const auto ours = [&](const at::Tensor& t) { return *sinkhorn(t, groups, options).value; };
    const auto theirs = [&](const at::Tensor& t) { return oracle(t.slice(0, 0, 30), t.slice(0, 30), options); };
    EXPECT_NEAR(ours(z).item<double>(), theirs(z).item<double>(), 1e-10) << options.blur << " " << options.p << " " << options.reach;
    EXPECT_LT(largest(gradient_of(ours, z) - gradient_of(theirs, z)), 1e-10);
  }
}

TEST(Sinkhorn, InSinglePrecisionIsWithinTenToTheMinusFiveOfTheOracle) {
  const auto z = at::cat({normal_matrix(256, 64, 4), normal_matrix(300, 64, 5) + 0.3}).to(at::kFloat);
  const auto groups = in_order({256, 300});
  const auto options = blurred(automatic_blur(z, groups));
  EXPECT_NEAR(options.blur, 8, 0.4);                                     // sqrt(tr C) = sqrt(64)
  const auto theirs = [&](const at::Tensor& t) { return oracle(t.slice(0, 0, 256), t.slice(0, 256), options); };
  const auto ours = [&](const at::Tensor& t) { return *sinkhorn(t, groups, options).value; };
  EXPECT_NEAR(ours(z).item<double>() / theirs(z.to(at::kDouble)).item<double>(), 1, 1e-5);
  const auto exact = gradient_of(theirs, z.to(at::kDouble));
  EXPECT_LT(largest(gradient_of(ours, z) - exact), 1e-5 * largest(exact));
}

TEST(Sinkhorn, EqualsGeomLoss) {
  // geomloss 0.3.1, SamplesLoss("sinkhorn", backend="tensorized") in float64; the gradient of the first cell.
  const auto z = at::cat({wave_matrix(7, 3, 0.2), wave_matrix(9, 3, 1.1) * 1.5});
  const auto groups = in_order({7, 9});
  struct Case {
    SinkhornOptions options;
    double value;
    std::vector<double> gradient;
  };
  const Case cases[] = {
      {blurred(0.5), 0.5182150195559384, {0.03495271028949224, -0.019176006686132757, -0.056805708138399795}},
      {blurred(0.05, 0.5), 0.46487270139211834, {0.02477835433162398, -0.02887899832988744, -0.04821821938990958}},
  };
  for (const auto& [options, value, gradient] : cases) {
    const auto loss = [&](const at::Tensor& t) { return *sinkhorn(t, groups, options).value; };
    EXPECT_NEAR(loss(z).item<double>(), value, 1e-12);
    EXPECT_LT(largest(gradient_of(loss, z).select(0, 0) - at::tensor(gradient, at::kDouble)), 1e-12);
  }
  EXPECT_NEAR(value_of(z, groups, blurred(0.3, 0.7, 1)), 0.7505085621624007, 1e-4);   // GeomLoss guards its root with 1e-4
  // Unbalanced: the same value. Its gradient carries rho + eps/2 = 1.125 there, because Module.backward is not called by autograd;
  // Sejourne et al. prove rho + eps = 1.25.
  const auto unbalanced = [&](const at::Tensor& t) { return *sinkhorn(t, groups, blurred(0.5, 0.8, 2, 1)).value; };
  EXPECT_NEAR(unbalanced(z).item<double>(), 0.2372380042465589, 1e-12);
  const auto row = at::tensor(std::vector<double>{0.023162686527748003, -0.012331142609858153, -0.037448575376955895}, at::kDouble);
  EXPECT_LT(largest(gradient_of(unbalanced, z).select(0, 0) - row * (1.25 / 1.125)), 1e-12);
}

TEST(Sinkhorn, IsZeroOfAGroupWithItselfSymmetricAndNotNegative) {
  const auto x = normal_matrix(20, 4, 6), y = normal_matrix(25, 4, 7);
  const auto same = at::cat({x, x.flip(0)});
  for (const double blur : {0.05, 0.5, 4.0}) {
    EXPECT_NEAR(value_of(same, in_order({20, 20}), blurred(blur)), 0, 1e-10);
    EXPECT_LT(largest(gradient_of([&](const at::Tensor& t) { return *sinkhorn(t, in_order({20, 20}), blurred(blur)).value; }, same)), 1e-10);
    EXPECT_NEAR(value_of(at::cat({x, y}), in_order({20, 25}), blurred(blur)), value_of(at::cat({y, x}), in_order({25, 20}), blurred(blur)), 1e-10);
  }
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    for (const double blur : {0.05, 0.3, 1.0, 4.0})
      EXPECT_GE(value_of(normal_matrix(24, 3, 50 + seed), in_order({12, 12}), blurred(blur, 0.9)), 0) << seed << " " << blur;
}

TEST(Sinkhorn, OverAllPairsIsTheMeanOfThePairs) {
  const auto z = normal_matrix(36, 4, 8);
  const auto groups = in_order({10, 12, 8, 6});
  // One schedule serves all pairs: give each pair the corners of the whole box through two far cells that every group holds.
  const auto corners = at::cat({at::zeros({1, 4}, at::kDouble) - 6, at::zeros({1, 4}, at::kDouble) + 6});
  std::vector<at::Tensor> parts, padded;
  for (const auto& [first, size] : {std::pair{0, 10}, {10, 12}, {22, 8}, {30, 6}}) {
    parts.push_back(at::cat({z.slice(0, first, first + size), corners}));
    padded.push_back(parts.back());
  }
  for (const double reach : {0.0, 3.0}) {
    double sum = 0;
    for (std::size_t a = 0; a < 4; ++a)
      for (std::size_t b = a + 1; b < 4; ++b) sum += value_of(at::cat({parts[a], parts[b]}), in_order({parts[a].size(0), parts[b].size(0)}), blurred(1, 0.8, 2, reach));
    EXPECT_NEAR(value_of(at::cat(padded), in_order({12, 14, 10, 8}), blurred(1, 0.8, 2, reach)), sum / 6, 1e-11);
  }
}

TEST(Sinkhorn, GradientAgreesWithCentralDifferencesWhereItHasConverged) {
  const auto groups = in_order({6, 8, 5});
  expect_gradient([&](const at::Tensor& z) { return *sinkhorn(z, groups, blurred(2.5, 0.9995)).value; }, normal_matrix(19, 2, 9), 1e-5);
}

TEST(Sinkhorn, UnbalancedDoesNotPullCellsFurtherThanItsReach) {
  auto far = at::cat({normal_matrix(10, 2, 10), normal_matrix(10, 2, 11)});
  far.select(0, 19).fill_(50);                                           // one cell that has no counterpart
  const auto pull = [&](double reach) {
    return largest(gradient_of([&](const at::Tensor& t) { return *sinkhorn(t, in_order({10, 10}), blurred(0.5, 0.8, 2, reach)).value; }, far).select(0, 19));
  };
  EXPECT_GT(pull(0), 1);
  EXPECT_LT(pull(3), 1e-6);
}

TEST(Sinkhorn, AtTheAutomaticBlurSeesAShiftThatASmallBlurDrownsInNoise) {
  // Two batches of 128 of N(0, I_128), one moved by 2.6 in all (reference table: signal / floor-sd 5 at .05, 36 at 11.3).
  const auto groups = in_order({128, 128});
  const auto measure = [&](double blur) {
    constexpr int kDraws = 24;
    double floor = 0, squares = 0, shifted = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      const auto x = normal_matrix(128, 128, 200 + draw), y = normal_matrix(128, 128, 300 + draw);
      const double none = value_of(at::cat({x, y}).to(at::kFloat), groups, blurred(blur));
      floor += none / kDraws;
      squares += none * none / kDraws;
      shifted += value_of(at::cat({x, y + 2.6 / std::sqrt(128.0)}).to(at::kFloat), groups, blurred(blur)) / kDraws;
    }
    return std::pair{(shifted - floor) / std::sqrt((squares - floor * floor) * kDraws / (kDraws - 1)), floor};
  };
  const auto [signal, floor] = measure(0);
  EXPECT_GE(signal, 20);
  EXPECT_NEAR(floor, 1.8, 0.5);
  const auto [small_signal, small_floor] = measure(0.05);
  EXPECT_LT(small_signal, 10);
  EXPECT_NEAR(small_floor, 100, 10);
  RecordProperty("signal_over_sd", std::to_string(signal));
}

TEST(Sinkhorn, IsFiniteAndZeroWhereAllCellsAreEqualAndNaNWhereOneIs) {
  const auto groups = in_order({6, 6});
  const auto equal = at::zeros({12, 3}, at::kDouble) + 2;
  for (const double blur : {0.0, 0.05}) {
    EXPECT_NEAR(value_of(equal, groups, blurred(blur)), 0, 1e-12);
    expect_finite([&](const at::Tensor& t) { return *sinkhorn(t, groups, blurred(blur)).value; }, equal);
  }
  auto split = equal.clone();
  split.slice(0, 0, 6).add_(1);
  EXPECT_NEAR(value_of(split, groups, blurred(0)), 1.5, 1e-10);
  auto broken = normal_matrix(12, 3, 12);
  broken.select(0, 3).fill_(std::nan(""));
  EXPECT_TRUE(std::isnan(value_of(broken, groups, blurred(0))));
  EXPECT_FALSE(gradient_of([&](const at::Tensor& t) { return *sinkhorn(t, groups).value; }, broken).isfinite().any().item<bool>());
}

TEST(Sinkhorn, LeavesTheGradModeAsItWas) {
  const auto groups = in_order({6, 6});
  auto z = normal_matrix(12, 3, 13).requires_grad_(true);
  {
    const at::NoGradGuard evaluating;
    EXPECT_FALSE(sinkhorn(z, groups).value->requires_grad());
    EXPECT_FALSE(at::GradMode::is_enabled());
  }
  EXPECT_TRUE(sinkhorn(z, groups).value->requires_grad());
  EXPECT_TRUE(at::GradMode::is_enabled());
}

TEST(Sinkhorn, SaysWhyItIsAbsentAndRefusesBadOptions) {
  const auto term = sinkhorn(normal_matrix(8, 2, 14), in_order({6, 2}));
  EXPECT_FALSE(term);
  EXPECT_EQ(term.why_absent, "the batch has 1 source of at least 5 cells, and a pair needs two");
  EXPECT_THROW(sinkhorn(normal_matrix(13, 2, 14), in_order({6, 6})), Error);
  EXPECT_THROW(sinkhorn(normal_matrix(12, 2, 14), in_order({6, 6}), blurred(-1)), Error);
  EXPECT_THROW(sinkhorn(normal_matrix(12, 2, 14), in_order({6, 6}), blurred(1, 1)), Error);
  EXPECT_THROW(sinkhorn(normal_matrix(12, 2, 14), in_order({6, 6}), blurred(1, 0.5, 3)), Error);
}

TEST(SinkhornMemory, RemembersTheLastCellsOfEachGroupAndAveragesTheMedian) {
  SinkhornMemory memory(2, 1, 3, 0.5);
  memory.observe(matrix({{0}, {10}, {2}, {12}}), Groups(std::vector<std::int64_t>{0, 1, 0, 1}, 2));
  EXPECT_EQ(memory.median_distance(), 2);
  EXPECT_TRUE(memory.remembered(0).equal(matrix({{0}, {2}}).to(at::kFloat)));
  memory.observe(matrix({{4}, {8}, {30}}), Groups(std::vector<std::int64_t>{0, 0, -1}, 2));
  EXPECT_EQ(memory.median_distance(), 3);
  EXPECT_TRUE(memory.remembered(0).equal(matrix({{8}, {2}, {4}}).to(at::kFloat)));   // the oldest is replaced
  EXPECT_TRUE(memory.remembered(1).equal(matrix({{10}, {12}}).to(at::kFloat)));
  memory.observe(matrix({{std::nan("")}, {1}}), Groups(std::vector<std::int64_t>{0, 1}, 2));
  EXPECT_EQ(memory.median_distance(), 3);
  EXPECT_EQ(memory.named_buffers().size(), 3u);
}

TEST(SinkhornMemory, MakesTheSampleLargerAndGetsNoGradient) {
  const auto batch = normal_matrix(24, 3, 15), earlier = normal_matrix(40, 3, 16);
  const auto groups = in_order({12, 12});
  SinkhornMemory memory(2, 3, 20);
  memory.observe(earlier, in_order({20, 20}));
  const double blur = memory.median_distance() / std::sqrt(2.0);
  const auto remembered = [&](std::int64_t group) { return memory.remembered(group).to(at::kDouble); };
  const auto joint = [&](const at::Tensor& t) {
    const auto all = at::cat({t.slice(0, 0, 12), remembered(0), t.slice(0, 12), remembered(1)});
    return *sinkhorn(all, in_order({32, 32}), blurred(blur)).value;
  };
  const auto ours = [&](const at::Tensor& t) { return *sinkhorn(t, groups, {}, &memory).value; };
  EXPECT_NEAR(ours(batch).item<double>(), joint(batch).item<double>(), 1e-12);
  EXPECT_LT(largest(gradient_of(ours, batch) - gradient_of(joint, batch)), 1e-12);
}

}  // namespace
}  // namespace geocyte::losses
