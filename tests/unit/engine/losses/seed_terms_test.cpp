// SPDX-License-Identifier: GPL-3.0-or-later
// What the seed 004 adds to the losses of sets: sizes that are corrected before they are compared, what a denoiser adds itself, edges in two
// contexts, and the weights of noise levels.
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "engine/core/error.h"
#include "engine/geometry/distances.h"
#include "engine/geometry/sets.h"
#include "engine/losses/clamped_size.h"
#include "engine/losses/context_edges.h"
#include "engine/losses/denoising.h"
#include "engine/losses/gram_match.h"
#include "engine/losses/learned_branch.h"
#include "engine/losses/neighbour_lengths.h"
#include "engine/losses/score_weight.h"
#include "tests/unit/engine/losses/gradient_check.h"
#include "tests/unit/engine/losses/shared.h"

namespace geocyte::losses {
namespace {

using geometry::pair_distances;

at::Tensor moved(const at::Tensor& x) { return x.mm(matrix({{std::cos(0.8), std::sin(0.8)}, {std::sin(0.8), -std::cos(0.8)}})) + 5; }   // mirrored as well
at::Tensor vector(std::initializer_list<double> values) { return at::tensor(std::vector<double>(values), at::kDouble); }

TEST(ClampedSize, IsTheRightSizeWithinTheBoundAndNearerToItBeyond) {
  const auto y = normal_matrix(12, 2, 1);
  const auto target = set_target(y, {}, 3);
  const double right = value_of(geometry::rms_radius(y));
  EXPECT_NEAR(value_of(geometry::rms_radius(clamped_size(0.7 * moved(y), target, 0.5))), right, 1e-12);
  EXPECT_NEAR(value_of(geometry::rms_radius(clamped_size(0.2 * y, target, 0.5))), 0.2 * std::exp(0.5) * right, 1e-12);
  EXPECT_NEAR(value_of(geometry::rms_radius(clamped_size(4 * y, target, 0.5))), 4 * std::exp(-0.5) * right, 1e-12);
  EXPECT_LT(largest(clamped_size(3 * y + 1, target, 0) - geometry::centred(3 * y)), 1e-12);
  // The seed's point: a size that is wrong by less than e^.5 costs nothing afterwards.
  EXPECT_NEAR(value_of(gram_scale(clamped_size(0.65 * y, target, 0.5), target)), 0, 1e-20);
  EXPECT_THROW(clamped_size(y, target, -1), Error);
}

TEST(ClampedSize, HasTheGradientOfAFixedFactorAndSeesNoPadding) {
  const auto y = normal_matrix(7, 2, 2), x = 0.8 * normal_matrix(7, 2, 3);
  const auto target = set_target(padded(y), first_of(7, 10), 3);
  EXPECT_LT(largest(clamped_size(padded(x), target, 0.5).narrow(0, 0, 7) - clamped_size(x, set_target(y, {}, 3), 0.5)), 1e-12);
  const double factor = value_of(geometry::rms_radius(y) / geometry::rms_radius(x));
  const auto w = normal_matrix(7, 2, 4);
  const auto gradient = gradient_of([&](const at::Tensor& p) { return (clamped_size(p, set_target(y, {}, 3), 5) * w).sum(); }, x);
  EXPECT_LT(largest(gradient - factor * geometry::centred(w)), 1e-12);
  expect_finite([&](const at::Tensor& p) { return clamped_size(p, target, 0.5).pow(2).sum(); }, at::zeros({10, 2}, at::kDouble));
}

TEST(LearnedBranch, OfTheRightAnswerIsRightAndOfNothingIsKnown) {
  const auto y = normal_matrix(9, 2, 5).unsqueeze(0), x = y + 2 * normal_matrix(9, 2, 6).unsqueeze(0), skip = vector({0.03});
  const auto target = set_target(y, {}, 3);
  const auto right = learned_branch(y, target, x, skip);
  EXPECT_NEAR(value_of(out_scale(right)), 0, 1e-20);
  EXPECT_NEAR(value_of(gram_learn(right)), 0, 1e-20);
  const auto nothing = learned_branch(0.03 * x, target, x, skip);                    // F = 0
  EXPECT_NEAR(value_of(gram_learn(nothing)), 1.5, 1e-12);
  EXPECT_GT(value_of(out_scale(nothing)), 25);                                       // (ln of the guard)^2
  // A branch that is three times as large: ln 3 squared, whatever is passed on.
  const auto large = learned_branch(0.03 * x + 3 * (y - 0.03 * x), target, x, skip);
  EXPECT_NEAR(value_of(out_scale(large)), std::pow(std::log(3.0), 2), 1e-10);
  EXPECT_THROW(learned_branch(y, target, x, vector({0.1, 0.2})), Error);
}

TEST(LearnedBranch, GradientsAgreeWithCentralDifferences) {
  const auto y = padded(normal_matrix(6, 2, 7)).unsqueeze(0), x = padded(normal_matrix(6, 2, 8)).unsqueeze(0), skip = vector({0.2});
  const auto target = set_target(y, first_of(6, 9).unsqueeze(0), 3);
  const auto start = padded(normal_matrix(6, 2, 9)).unsqueeze(0);
  expect_gradient([&](const at::Tensor& d) { return out_scale(learned_branch(d, target, x, skip)).sum(); }, start, 1e-6);
  expect_gradient([&](const at::Tensor& d) { return gram_learn(learned_branch(d, target, x, skip)).sum(); }, start, 1e-6);
  expect_finite([&](const at::Tensor& d) { return out_scale(learned_branch(d, target, x, skip)).sum(); }, at::zeros({1, 9, 2}, at::kDouble));
}

TEST(ContextEdges, AreRelativeSymmetricAndZeroWhereContextsAgree) {
  const auto t = normal_matrix(20, 2, 10), a = normal_matrix(20, 2, 11), b = normal_matrix(20, 2, 12);
  const auto target = set_target(t, {}, 4);
  EXPECT_NEAR(value_of(context_edges(pair_distances(a), pair_distances(moved(a)), target)), 0, 1e-20);
  EXPECT_NEAR(value_of(context_edges(pair_distances(a), pair_distances(3 * a), target)), std::pow(std::log(3.0), 2), 1e-12);
  EXPECT_NEAR(value_of(context_edges(pair_distances(a), pair_distances(b), target)), value_of(context_edges(pair_distances(b), pair_distances(a), target)), 1e-15);
  // Against the target itself it is the edge loss.
  EXPECT_NEAR(value_of(context_edges(pair_distances(a), pair_distances(t), target)), value_of(edge_lengths(pair_distances(a), target)), 1e-12);
}

TEST(ContextEdges, GradientsGoIntoBothAndDoNotSeePadding) {
  const auto t = normal_matrix(7, 2, 13), a = normal_matrix(7, 2, 14), b = normal_matrix(7, 2, 15);
  const auto target = set_target(padded(t), first_of(7, 10), 3);
  EXPECT_NEAR(value_of(context_edges(pair_distances(padded(a)), pair_distances(padded(b)), target)),
              value_of(context_edges(pair_distances(a), pair_distances(b), set_target(t, {}, 3))), 1e-12);
  expect_gradient([&](const at::Tensor& x) { return context_edges(pair_distances(x), pair_distances(padded(b)), target); }, padded(a), 1e-6);
  expect_gradient([&](const at::Tensor& x) { return context_edges(pair_distances(padded(a)), pair_distances(x), target); }, padded(b), 1e-6);
  expect_finite([&](const at::Tensor& x) { return context_edges(pair_distances(x), pair_distances(padded(b)), target); }, at::zeros({10, 2}, at::kDouble));
}

TEST(ScoreWeight, IsTheWeightOfEdmBelowThePivotAndMoreAbove) {
  const double S = 0.157;
  const auto lambda = [&](double s) { return (s * s + S * S) / std::pow(s * S, 2); };
  const auto w = score_weight(vector({0.1, 0.5, 1, 2}), S);
  EXPECT_NEAR(value_of(w[0]), lambda(0.1), 1e-10);
  EXPECT_NEAR(value_of(w[1]), lambda(0.5), 1e-10);
  EXPECT_NEAR(value_of(w[2]), lambda(1) * 4 * 3, 1e-10);
  EXPECT_NEAR(value_of(w[3]), lambda(2) * 16 * 3, 1e-10);
  EXPECT_NEAR(value_of(score_weight(vector({1e-3}), S, {.cap = 50})), 50, 1e-9);
  EXPECT_THROW(score_weight(vector({1}), 0), Error);
}

TEST(ScoreWeight, DividedByItsSumLetsDoingNothingCostAlmostNothing) {
  // Reference alignment-and-spatial.md, 2.4: F = 0 costs .0073 to .0089 at sigma_data .157 under the seed's law of levels and soft cap, and 1 under EDM.
  // Levels as the seed draws them in its fourth phase, cap 7 sigma_data: two thirds of the draws log-uniform over the upper third of the range.
  const double S = 0.157, highest = 7 * S;
  const std::int64_t n = 20000;
  const auto normal = normal_matrix(n, 1, 16).view({-1});
  const auto law = (1.2 * normal - 1.2).exp().clamp(0.002, highest);
  const auto band = (at::arange(n, at::kDouble) / static_cast<double>(n) * std::log(1 / 0.7) + std::log(0.7)).exp() * highest;
  const auto edm = law.pow(-2) + 1 / (S * S);
  const double cap = std::get<0>(edm.sort())[static_cast<std::int64_t>(0.95 * static_cast<double>(n))].item<double>();
  const auto error_of_nothing = [&](const at::Tensor& s) { return s * s * S * S / (s * s + S * S); };   // E (c_skip x - y)^2 of an axis
  EXPECT_NEAR(value_of(denoising_edm(error_of_nothing(law), edm)), 1, 1e-12);
  for (const auto& levels : {law, at::cat({law.narrow(0, 0, 6000), band.narrow(0, 0, 14000)})}) {
    const double cost = value_of(denoising_normalised(error_of_nothing(levels), score_weight(levels, S, {.cap = cap})));
    EXPECT_GT(cost, 0.004);
    EXPECT_LT(cost, 0.025);                                                          // at most S^2
  }
}

}  // namespace
}  // namespace geocyte::losses
