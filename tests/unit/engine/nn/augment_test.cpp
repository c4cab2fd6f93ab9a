// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/augment.h"

#include <ATen/ops/zeros_like.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

const AugmentOptions kNothing{.gene_dropout = 0, .library_jitter = 0, .noise = 0, .limit = 1e9};

at::Tensor expression(std::uint64_t seed) { return losses::normal_matrix(300, 40, seed).abs() + 0.1; }

AugmentOptions only(double AugmentOptions::* member, double value) {
  auto options = kNothing;
  options.*member = value;
  return options;
}

TEST(Augment, WithEverythingOffIsTheInputAndNeverChangesIt) {
  const auto x = expression(1), kept = x.clone();
  EXPECT_TRUE(augment(x, kNothing, make_generator(1)).equal(x));
  augment(x, {}, make_generator(1));
  EXPECT_TRUE(x.equal(kept));
}

TEST(Augment, OfOneSeedIsOneViewAndOfAnotherAnother) {
  const auto x = expression(2);
  EXPECT_TRUE(augment(x, {}, make_generator(5)).equal(augment(x, {}, make_generator(5))));
  EXPECT_FALSE(augment(x, {}, make_generator(5)).equal(augment(x, {}, make_generator(6))));
}

TEST(Augment, GeneDropoutZeroesItsShareAndLeavesTheRest) {
  const auto x = expression(3), view = augment(x, only(&AugmentOptions::gene_dropout, 0.2), make_generator(1));
  const auto dropped = view.eq(0);
  EXPECT_NEAR(dropped.to(at::kDouble).mean().item<double>(), 0.2, 0.02);   // standard error 0.0037
  EXPECT_TRUE(view.masked_select(dropped.logical_not()).equal(x.masked_select(dropped.logical_not())));
}

TEST(Augment, LibraryJitterMultipliesTheCountsOfACellByOneFactorInItsRange) {
  const auto x = expression(4), view = augment(x, only(&AugmentOptions::library_jitter, 0.1), make_generator(1));
  const auto factor = view.expm1() / x.expm1();                                  // (B, G)
  EXPECT_LT(losses::largest(factor - factor.slice(1, 0, 1)), 1e-10);
  EXPECT_GE(factor.min().item<double>(), 0.9);
  EXPECT_LE(factor.max().item<double>(), 1.1);
  EXPECT_GT(factor.max().item<double>() - factor.min().item<double>(), 0.15);
}

TEST(Augment, LibraryJitterKeepsZerosZero) {
  const auto zeros = at::zeros_like(expression(5));
  EXPECT_TRUE(augment(zeros, only(&AugmentOptions::library_jitter, 0.5), make_generator(1)).equal(zeros));
}

TEST(Augment, NoiseHasItsStandardDeviationAndMeanZero) {
  const auto x = expression(6), noise = augment(x, only(&AugmentOptions::noise, 0.3), make_generator(1)) - x;
  EXPECT_NEAR(noise.std().item<double>(), 0.3, 0.01);    // 12,000 draws
  EXPECT_NEAR(noise.mean().item<double>(), 0, 0.015);
}

TEST(Augment, StaysWithinItsLimit) {
  EXPECT_LE(losses::largest(augment(100 * expression(7), {}, make_generator(1))), 10);
}

TEST(Augment, IsFiniteForCentredAndHugeInputInSinglePrecision) {
  for (const double scale : {-30.0, 1.0, 80.0, 1e4}) {
    const auto view = augment((scale * expression(8)).to(at::kFloat), {}, make_generator(1));
    EXPECT_TRUE(view.isfinite().all().item<bool>()) << scale;
    EXPECT_EQ(view.scalar_type(), at::kFloat);
  }
}

TEST(Augment, HasNoGradient) { EXPECT_FALSE(augment(expression(9).requires_grad_(true), {}, make_generator(1)).requires_grad()); }

TEST(Augment, RefusesValuesOutOfRange) {
  const auto refused = [](const AugmentOptions& options) { EXPECT_THROW(augment(expression(1), options, make_generator(1)), Error); };
  refused({.gene_dropout = 1});
  refused({.library_jitter = -0.1});
  refused({.noise = std::nan("")});
  refused({.limit = 0});
}

}  // namespace
}  // namespace geocyte::nn
