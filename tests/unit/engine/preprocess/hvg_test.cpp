// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/preprocess/hvg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/preprocess/normalise.h"
#include "tests/support/temp_folder.h"

namespace geocyte::preprocess {
namespace {

using data::DenseMatrix;

data::Source source_of(DenseMatrix x) {
  auto dataset = std::make_shared<data::Dataset>();
  dataset->x = std::move(x);
  data::Source source;
  source.name = std::string("a");
  source.dataset = std::move(dataset);
  return source;
}

std::vector<std::int64_t> first(std::int64_t n) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(n));
  std::iota(result.begin(), result.end(), 0);
  return result;
}

/// 60 cells x 40 genes of small integers by a formula that any language repeats.
data::Source formula_counts() {
  DenseMatrix x{60, 40, {}};
  for (int i = 0; i < 60; ++i)
    for (int g = 0; g < 40; ++g)
      x.values.push_back(static_cast<float>((i * i * (g + 3) + 7 * i * g + g * g * g) % (5 + g) + (i % 4 == 0 ? g : 0)));
  return source_of(std::move(x));
}

TEST(GeneMoments, AreMeanAndUnbiasedVarianceOfNormalisedCounts) {
  // Libraries 4 and 2, T = 8: y = {2, 6} and {8, 0}.
  const auto source = source_of({2, 2, {1, 3, 2, 0}});
  const GeneMoments moments = gene_moments(source, first(2), first(2), 8, Variability::dispersion);
  EXPECT_EQ(moments.mean, (std::vector<double>{5, 3}));
  EXPECT_EQ(moments.variance, (std::vector<double>{18, 18}));
  const GeneMoments logs = gene_moments(source, first(2), first(2), 8, Variability::variance);
  EXPECT_NEAR(logs.mean[0], (std::log(3) + std::log(9)) / 2, 1e-12);
  EXPECT_NEAR(logs.variance[0], std::pow(std::log(3), 2) / 2, 1e-12);
}

TEST(GeneMoments, SparseZerosCountAsValues) {
  const DenseMatrix x{4, 3, {1, 0, 9, 0, 5, 5, 2, 0, 8, 0, 0, 10}};
  const auto dense = source_of(x);
  auto sparse = source_of({});
  auto dataset = std::make_shared<data::Dataset>();
  dataset->x = data::to_csr(x);
  sparse.dataset = dataset;
  const auto a = gene_moments(dense, first(4), first(3), 10, Variability::variance);
  const auto b = gene_moments(sparse, first(4), first(3), 10, Variability::variance);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.variance, b.variance);
}

TEST(GeneMoments, OneRowHasNoVariance) {
  const auto moments = gene_moments(source_of({1, 2, {1, 3}}), first(1), first(2), 8, Variability::dispersion);
  EXPECT_EQ(moments.variance, (std::vector<double>{0, 0}));
}

TEST(Dispersion, GivesTheNumbersOfScanpy) {
  // scanpy 1.11.5: normalize_total(1e4), log1p, highly_variable_genes(flavor="seurat", n_bins=20), dispersions_norm.
  const std::vector<double> expected{
      1.0, 1.0, -0.7071067811865476, 1.0, 0.7071067811865476, 1.0, 1.0, -0.7071067811865475, 0.7071067811865475, 1.0,
      -0.9334524574455024, -0.5734855808435902, -0.5812063534935398, 1.1546919343371331, -0.12191617738363471, 1.0,
      1.0553686348291371, -1.1992920933755635, -0.44945630420882143, -0.7071067811865475, 0.8085333322555293,
      0.7071067811865475, 0.8402150653288556, 1.0, -0.5198500822104918, -1.1154681181169779, -0.2014784598657534,
      -0.6330010023156574, -1.0414026355123467, 0.17900425911552056, -1.4409046971939883, 1.1528510845261493,
      -1.043377671843159, 0.7551555728700371, -0.1746339401794136, 0.8326284049576793, 0.35969136975486043,
      1.4241893815095172, 0.060037903532011855, 1.4065586309720093};
  const auto moments = gene_moments(formula_counts(), first(60), first(40), 1e4, Variability::dispersion);
  const auto scores = variability_scores(moments, Variability::dispersion);
  ASSERT_EQ(scores.size(), expected.size());
  for (std::size_t g = 0; g < scores.size(); ++g) EXPECT_NEAR(scores[g], expected[g], 1e-9) << g;
}

TEST(Dispersion, GenesWithoutMeanOrVarianceScoreBelowAllOthers) {
  const GeneMoments moments{{1, 1, 0, 7, 1}, {1, 4, 0, 0, 9}};
  const auto scores = variability_scores(moments, Variability::dispersion);
  const double lowest = *std::min_element(scores.begin(), scores.end());
  EXPECT_EQ(scores[2], lowest);
  EXPECT_EQ(scores[3], lowest);
  for (const int g : {0, 1, 4}) EXPECT_GT(scores[g], lowest);
  for (const double score : scores) EXPECT_TRUE(std::isfinite(score));
}

TEST(Dispersion, IsFiniteWhenNothingVaries) {
  for (const auto kind : {Variability::dispersion, Variability::variance})
    for (const double score : variability_scores({{1, 1, 0}, {0, 0, 0}}, kind)) EXPECT_TRUE(std::isfinite(score));
  EXPECT_TRUE(variability_scores({}, Variability::dispersion).empty());
}

TEST(VarianceScore, EverySourceHasTheSameWeight) {
  const auto scores = variability_scores({{1, 1, 1}, {1, 2, 6}}, Variability::variance);
  EXPECT_EQ(scores, (std::vector<double>{1.0 / 3, 2.0 / 3, 2}));
  EXPECT_EQ(variability_scores({{1, 1, 1}, {10, 20, 60}}, Variability::variance), scores) << "the scale of a source is no matter";
}

TEST(TopGenes, AreRankedByTheMeanOverSources) {
  const std::vector<std::vector<double>> scores{{1, 0, 3, 0}, {1, 5, 0, 0}};
  EXPECT_EQ(top_genes(scores, {"A", "B", "C", "D"}, 3), (std::vector<std::int64_t>{1, 2, 0}));
}

TEST(TopGenes, TiesAreBrokenByName) {
  EXPECT_EQ(top_genes({{1, 1, 1}}, {"C", "A", "B"}, 2), (std::vector<std::int64_t>{1, 2}));
}

TEST(TopGenes, AskingForMoreGivesAll) {
  EXPECT_EQ(top_genes({{1, 2}}, {"A", "B"}, 100).size(), 2u);
  EXPECT_TRUE(top_genes({}, {}, 5).empty());
}

TEST(Variability, IsChosenByName) {
  EXPECT_EQ(variability_named("variance"), Variability::variance);
  test::expect_error(ErrorCode::bad_config, {"no gene selection varance", "dispersion or variance"},
                     [] { variability_named("varance"); });
}

}  // namespace
}  // namespace geocyte::preprocess
