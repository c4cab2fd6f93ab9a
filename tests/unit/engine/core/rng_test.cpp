// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "engine/core/error.h"

namespace geocyte {
namespace {

struct Moments {
  double mean = 0, variance = 0;
};

template <class Draw>
Moments moments_of(int n, Draw&& draw) {
  std::vector<double> values(static_cast<std::size_t>(n));
  Moments result;
  for (double& value : values) result.mean += (value = draw()) / n;
  for (const double value : values) result.variance += (value - result.mean) * (value - result.mean) / (n - 1);
  return result;
}

// With 200,000 draws the standard error of a mean is sd / 447; five of them are allowed.
constexpr int kDraws = 200000;
double allowed(double deviation) { return 5 * deviation / std::sqrt(kDraws); }

TEST(Rng, FollowsTheReferenceSequenceOfXoshiro256StarStar) {
  // Known values of the published C code for the state {1, 2, 3, 4}.
  Rng rng;
  rng.set_state({1, 2, 3, 4});
  const std::uint64_t expected[] = {11520ULL, 0ULL, 1509978240ULL, 1215971899390074240ULL, 1216172134540287360ULL};
  for (const auto value : expected) EXPECT_EQ(rng(), value);
}

TEST(Rng, IsSeededBySplitmix64) {
  // First outputs of the published splitmix64 for the seed 1234567.
  const Rng rng(1234567);
  EXPECT_EQ(rng.state()[0], 6457827717110365317ULL);
  EXPECT_EQ(rng.state()[1], 3203168211198807973ULL);
}

TEST(Rng, ContinuesExactlyFromASavedState) {
  Rng a(5);
  for (int i = 0; i < 10; ++i) a.normal();
  Rng b;
  b.set_state(a.state());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.normal(), b.normal());
}

TEST(Rng, UniformStaysBelowOneAndHasItsMoments) {
  Rng rng(1);
  const auto m = moments_of(kDraws, [&] {
    const double u = rng.uniform();
    EXPECT_TRUE(u >= 0 && u < 1);
    return u;
  });
  EXPECT_NEAR(m.mean, 0.5, allowed(std::sqrt(1.0 / 12)));
  EXPECT_NEAR(m.variance, 1.0 / 12, 0.001);
}

TEST(Rng, BelowReachesEveryValueEvenly) {
  Rng rng(2);
  std::vector<int> counts(7);
  for (int i = 0; i < kDraws; ++i) ++counts[rng.below(7)];
  double chi_squared = 0;
  for (const int count : counts) chi_squared += std::pow(count - kDraws / 7.0, 2) / (kDraws / 7.0);
  EXPECT_LT(chi_squared, 27.9);  // 6 degrees of freedom, p = 1e-4
  EXPECT_EQ(rng.below(1), 0u);
  EXPECT_THROW(rng.below(0), Error);
}

TEST(Rng, BelowIsUnbiasedForBoundsNearTheWordSize) {
  // A plain remainder would put two thirds of the draws into the lower half of this range.
  Rng rng(3);
  const std::uint64_t bound = 3ULL << 62;
  int lower = 0;
  for (int i = 0; i < kDraws; ++i) lower += rng.below(bound) < bound / 2;
  EXPECT_NEAR(lower / double(kDraws), 0.5, allowed(0.5));
}

TEST(Rng, NormalHasMeanZeroVarianceOneAndTheRightTail) {
  Rng rng(4);
  int beyond_two = 0;
  const auto m = moments_of(kDraws, [&] {
    const double z = rng.normal();
    beyond_two += std::abs(z) > 2;
    return z;
  });
  EXPECT_NEAR(m.mean, 0, allowed(1));
  EXPECT_NEAR(m.variance, 1, allowed(std::sqrt(2)));
  EXPECT_NEAR(beyond_two / double(kDraws), 0.0455, allowed(0.21));
}

TEST(Rng, GammaHasMeanAndVarianceEqualToItsShape) {
  for (const double shape : {0.2, 1.0, 7.5}) {
    Rng rng(5);
    const auto m = moments_of(kDraws, [&] { return rng.gamma(shape); });
    EXPECT_NEAR(m.mean, shape, allowed(std::sqrt(shape))) << shape;
    EXPECT_NEAR(m.variance, shape, allowed(std::sqrt(2 * shape * shape + 6 * shape))) << shape;
  }
  Rng rng;
  EXPECT_THROW(rng.gamma(0), Error);
}

TEST(Rng, PoissonHasMeanAndVarianceEqualOnBothSidesOfTheSwitch) {
  for (const double mean : {0.3, 9.5, 10.5, 400.0, 1e6}) {
    Rng rng(6);
    const auto m = moments_of(kDraws, [&] { return static_cast<double>(rng.poisson(mean)); });
    EXPECT_NEAR(m.mean, mean, allowed(std::sqrt(mean))) << mean;
    EXPECT_NEAR(m.variance, mean, allowed(std::sqrt(2 * mean * mean + mean))) << mean;
  }
}

TEST(Rng, PoissonMatchesItsProbabilities) {
  Rng rng(7);
  const double mean = 12;
  std::vector<int> counts(200);
  for (int i = 0; i < kDraws; ++i) ++counts[static_cast<std::size_t>(rng.poisson(mean))];
  for (int k = 4; k <= 22; ++k) {
    const double p = std::exp(k * std::log(mean) - mean - std::lgamma(k + 1));
    EXPECT_NEAR(counts[k] / double(kDraws), p, allowed(std::sqrt(p))) << k;
  }
}

TEST(Rng, PoissonOfZeroIsZeroAndANegativeMeanIsRefused) {
  Rng rng;
  EXPECT_EQ(rng.poisson(0), 0);
  EXPECT_THROW(rng.poisson(-1), Error);
  EXPECT_THROW(rng.poisson(std::nan("")), Error);
}

TEST(RngStreams, OneConsumerNeverChangesTheNumbersOfAnother) {
  RngStreams alone(7), together(7);
  const auto expected = alone.stream("batches")();
  together.stream("augment")();
  EXPECT_EQ(together.stream("batches")(), expected);
  EXPECT_NE(RngStreams(8).stream("batches")(), expected);
}

TEST(RngStreams, KeepOneGeneratorANameAndCanBeRestored) {
  RngStreams streams(7);
  streams.stream("a")();
  auto saved = streams.all();
  const auto next = streams.stream("a")();
  RngStreams other(0);
  other.restore(7, saved);
  EXPECT_EQ(other.stream("a")(), next);
  EXPECT_EQ(other.seed(), 7u);
}

TEST(Hash, IsStableAndSpreadsNearNames) {
  EXPECT_EQ(hash64("batches", 7), hash64("batches", 7));
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i)
    for (int seed = 0; seed < 10; ++seed) seen.insert(hash64("stream" + std::to_string(i), seed));
  EXPECT_EQ(seen.size(), 10000u);
}

}  // namespace
}  // namespace geocyte
