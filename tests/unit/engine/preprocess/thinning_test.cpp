// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/preprocess/thinning.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "engine/core/error.h"

namespace geocyte::preprocess {
namespace {

data::Source source_of(std::vector<float> values, std::int64_t genes) {
  auto dataset = std::make_shared<data::Dataset>();
  const auto cells = static_cast<std::int64_t>(values.size()) / genes;
  dataset->x = data::DenseMatrix{cells, genes, std::move(values)};
  for (std::int64_t i = 0; i < cells; ++i) dataset->obs.index.push_back("cell" + std::to_string(i));
  for (std::int64_t g = 0; g < genes; ++g) dataset->var.index.push_back("g" + std::to_string(g));
  data::Source source;
  source.name = "s";
  source.dataset = dataset;
  return source;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(Binomial, HasTheMeanAndVarianceOfABinomial) {
  for (const double p : {0.02, 0.3, 0.5, 0.9}) {
    Rng rng(5);
    constexpr int kDraws = 20000;
    constexpr std::int64_t kTrials = 40;
    double mean = 0, square = 0;
    for (int i = 0; i < kDraws; ++i) {
      const auto x = binomial(rng, kTrials, p);
      ASSERT_GE(x, 0);
      ASSERT_LE(x, kTrials);
      mean += static_cast<double>(x) / kDraws;
      square += static_cast<double>(x * x) / kDraws;
    }
    const double variance = kTrials * p * (1 - p);
    EXPECT_NEAR(mean, kTrials * p, 5 * std::sqrt(variance / kDraws)) << p;
    EXPECT_NEAR(square - mean * mean, variance, 0.06 * variance) << p;
  }
}

TEST(Binomial, IsCertainAtTheEnds) {
  Rng rng(1);
  EXPECT_EQ(binomial(rng, 9, 0), 0);
  EXPECT_EQ(binomial(rng, 9, 1), 9);
  EXPECT_EQ(binomial(rng, 0, 0.4), 0);
}

TEST(Thin, BringsDeepCellsToTheDepthAndLeavesShallowOnes) {
  std::vector<float> values(200 * 50, 20);            // 200 cells of 1,000 counts
  std::fill(values.begin(), values.begin() + 50, 2);  // one of 100
  const data::Source thinned = thin(source_of(values, 50), 250, 7);
  const auto depths = data::row_sums(thinned.dataset->x);
  EXPECT_EQ(depths[0], 100);
  // 199 cells, each binomial with mean 250 and variance 187.5.
  EXPECT_NEAR((sum(depths) - 100) / 199, 250, 5 * std::sqrt(187.5 / 199));
}

TEST(Thin, ACellComesOutTheSameInWhateverCompany) {
  const data::Source whole = source_of(std::vector<float>(20 * 10, 30), 10);
  data::Source part = whole;
  part.rows = {7, 3};
  const auto all = data::to_dense(thin(whole, 100, 7).dataset->x), some = data::to_dense(thin(part, 100, 7).dataset->x);
  for (std::int64_t g = 0; g < 10; ++g) {
    EXPECT_EQ(some.row(0)[g], all.row(7)[g]);
    EXPECT_EQ(some.row(1)[g], all.row(3)[g]);
  }
  EXPECT_NE(data::to_dense(thin(whole, 100, 8).dataset->x).values, all.values);
}

TEST(Thin, RefusesValuesThatAreNotWholeCounts) {
  for (const float bad : {0.5F, -1.0F, NAN}) {
    try {
      thin(source_of({bad, 3}, 2), 1, 7);
      FAIL() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_data);
      EXPECT_NE(error.message().find("whole counts"), std::string::npos);
    }
  }
}

TEST(MedianDepth, IsTheMedianOfTheCellsAskedFor) {
  const data::Source source = source_of({1, 1, 2, 2, 9, 9, 5, 5}, 2);
  EXPECT_EQ(median_depth(source, std::vector<std::int64_t>{0, 1, 3}), 4);
  EXPECT_EQ(median_depth(source, {}), 0);
}

}  // namespace
}  // namespace geocyte::preprocess
