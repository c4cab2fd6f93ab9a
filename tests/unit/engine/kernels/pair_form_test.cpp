// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/pair_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::kernels {
namespace {

const std::vector<std::int64_t> kSizes{70, 1, 129, 64};
constexpr std::int64_t kDims = 5, kPoints = 264;

template <class T>
std::vector<T> points(double origin = 0) {
  Rng rng(1);
  std::vector<T> made(kPoints * kDims);
  for (T& value : made) value = static_cast<T>(rng.normal() + origin);
  return made;
}

PairFormOptions options(std::vector<double> widths) {
  PairFormOptions made;
  made.widths = std::move(widths);
  for (int a = 0; a < 4; ++a)
    for (int b = 0; b < 4; ++b) made.coefficients.push_back((a == b ? 0.7 : -0.4) / static_cast<double>(1 + a + b));
  return made;
}

/// The sums, pair by pair.
std::vector<double> plain_sums(const std::vector<double>& x, const std::vector<double>& widths) {
  std::vector<std::size_t> group;
  for (std::size_t g = 0; g < kSizes.size(); ++g) group.insert(group.end(), kSizes[g], g);
  std::vector<double> sums(16, 0);
  for (std::int64_t i = 0; i < kPoints; ++i)
    for (std::int64_t j = 0; j < kPoints; ++j) {
      double squared = 0;
      for (std::int64_t d = 0; d < kDims; ++d) squared += std::pow(x[i * kDims + d] - x[j * kDims + d], 2);
      double phi = widths.empty() ? -std::sqrt(squared) : 0;
      for (const double s : widths) phi += std::exp(-squared / (2 * s * s));
      sums[group[i] * 4 + group[j]] += phi;
    }
  return sums;
}

TEST(PairForm, EqualsTheDoubleLoopOnEveryInstructionSet) {
  const auto x = points<double>();
  for (const auto& widths : {std::vector<double>{}, std::vector<double>{0.5, 2, 8}}) {
    const auto expected = plain_sums(x, widths);
    for (const Isa isa : {Isa::plain, Isa::avx2, Isa::avx512}) {
      if (static_cast<int>(isa) > static_cast<int>(best_isa())) continue;
      auto wanted = options(widths);
      wanted.isa = isa;
      const auto found = pair_form<double>(x.data(), kSizes, kDims, wanted);
      double value = 0;
      for (int c = 0; c < 16; ++c) {
        EXPECT_NEAR(found.sums[c], expected[c], 1e-9 * std::max(1.0, std::abs(expected[c]))) << name_of(isa);
        value += wanted.coefficients[c] * expected[c];
      }
      EXPECT_NEAR(found.value, value, 1e-9);
    }
  }
}

TEST(PairForm, GradientAgreesWithCentralDifferences) {
  for (const auto& widths : {std::vector<double>{}, std::vector<double>{0.5, 2, 8}}) {
    auto x = points<double>();
    auto wanted = options(widths);
    const auto gradient = pair_form<double>(x.data(), kSizes, kDims, wanted).gradient;
    wanted.gradient = false;
    for (const std::size_t at : {0ul, 7ul, 349ul, 352ul, 357ul, 999ul, 1319ul}) {
      const double kept = x[at], h = 1e-5;
      x[at] = kept + h;
      const double above = pair_form<double>(x.data(), kSizes, kDims, wanted).value;
      x[at] = kept - h;
      const double below = pair_form<double>(x.data(), kSizes, kDims, wanted).value;
      x[at] = kept;
      EXPECT_NEAR(gradient[at], (above - below) / (2 * h), 1e-6);
    }
    EXPECT_TRUE(pair_form<double>(x.data(), kSizes, kDims, wanted).gradient.empty());
  }
}

TEST(PairForm, InSinglePrecisionIsCloseToDoubleAlsoFarFromTheOrigin) {
  for (const double origin : {0.0, 100.0}) {
    const auto x = points<float>(origin);
    const std::vector<double> wide(x.begin(), x.end());
    for (const auto& widths : {std::vector<double>{}, std::vector<double>{1, 2}}) {
      const auto wanted = options(widths);
      const auto narrow = pair_form<float>(x.data(), kSizes, kDims, wanted);
      const auto exact = pair_form<double>(wide.data(), kSizes, kDims, wanted);
      for (int c = 0; c < 16; ++c) EXPECT_NEAR(narrow.sums[c], exact.sums[c], 1e-6 * std::max(1.0, std::abs(exact.sums[c])));
      double scale = 0;
      for (const double g : exact.gradient) scale = std::max(scale, std::abs(g));
      for (std::size_t i = 0; i < exact.gradient.size(); ++i) EXPECT_NEAR(narrow.gradient[i], exact.gradient[i], 1e-5 * scale);
    }
  }
}

TEST(PairForm, DoesNotDependOnTheNumberOfThreads) {
  const auto x = points<float>();
  auto wanted = options({1});
  const auto one = pair_form<float>(x.data(), kSizes, kDims, wanted);
  wanted.threads = 3;
  const auto three = pair_form<float>(x.data(), kSizes, kDims, wanted);
  EXPECT_EQ(one.sums, three.sums);
  EXPECT_EQ(one.gradient, three.gradient);
}

TEST(PairForm, RefusesEmptyGroupsAndMissingCoefficients) {
  const auto x = points<float>();
  const std::vector<std::int64_t> with_empty{264, 0};
  EXPECT_THROW(pair_form<float>(x.data(), with_empty, kDims, options({1})), Error);
  auto missing = options({1});
  missing.coefficients.pop_back();
  EXPECT_THROW(pair_form<float>(x.data(), kSizes, kDims, missing), Error);
  EXPECT_THROW(pair_form<float>(x.data(), kSizes, kDims, options({0})), Error);
}

TEST(MedianDistance, IsTheLowerMedianOverPairs) {
  const std::vector<float> line{0, 1, 3, 103};                           // distances 1 2 3 | 100 102 103
  const std::vector<std::int64_t> one{4}, two{3, 1};
  EXPECT_FLOAT_EQ(median_distance<float>(line.data(), one, 1, false), 3);
  EXPECT_FLOAT_EQ(median_distance<float>(line.data(), two, 1, true), 2);
  const std::vector<std::int64_t> lonely{1, 1, 1, 1};
  EXPECT_EQ(median_distance<float>(line.data(), lonely, 1, true), 0);
}

TEST(MedianDistance, OfASampleIsCloseToThatOfAll) {
  Rng rng(2);
  std::vector<double> x(2000 * 16);
  for (double& value : x) value = rng.normal();
  const std::vector<std::int64_t> sizes{1200, 800};
  const double sampled = median_distance<double>(x.data(), sizes, 16, false), all = median_distance<double>(x.data(), sizes, 16, false, 2000);
  EXPECT_NEAR(sampled / all, 1, 0.03);
  EXPECT_NEAR(all, std::sqrt(2.0 * 16), 0.15);                           // |x - y|^2 is twice a chi-squared of 16
}

}  // namespace
}  // namespace geocyte::kernels
