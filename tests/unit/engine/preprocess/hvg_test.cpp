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

TEST(Residual, GivesTheNumbersOfALeastSquaresParabola) {
  // numpy 2.4.6: z = log1p(x / sum * 1e4), polyfit(log mean, log variance, 2), log variance minus it; all genes are seen often.
  const std::vector<double> expected{
      -0.05473822754895041, -0.14904043871897488, 0.15793869883231926, -0.2531054063431879, 0.2729449108025761,
      -0.3361631380035196, -0.14538847515459186, -0.3074792654114148, -0.07576932476827691, 0.07992724215433533,
      -0.403124388882975, -0.254658249684944, -0.08818483030173452, 0.32945377042541857, -0.21717619983429415,
      -0.23177193883260383, -0.35770081574222, 0.1048438084173593, -0.019450563613763405, -0.24688109259859242,
      0.5202988173227345, 0.2582359714827662, 0.6336494578005227, 0.20207434211884412, 0.12331787864598709,
      -0.1639296846505101, 0.378574198312972, -0.10869284604030172, -0.520250000456337, 0.20113614016269443,
      -0.05871763321630313, 0.4567917515694293, -0.000940593336063944, 0.0020166316083031766, 0.3413155210098766,
      -0.2856079045025744, -0.2170585535327079, 0.09558295627726154, 0.0020315456659230624, 0.3356959285654272};
  const auto moments = gene_moments(formula_counts(), first(60), first(40), 1e4, Variability::residual);
  const auto scores = variability_scores(moments, Variability::residual);
  ASSERT_EQ(scores.size(), expected.size());
  for (std::size_t g = 0; g < scores.size(); ++g) EXPECT_NEAR(scores[g], expected[g], 1e-9) << g;
}

TEST(Residual, IsWhatLiesAboveAParabola) {
  // ln v = .3 - 2 x + .5 x^2 + r for x = 0 … 4 and the cubic that is orthogonal to every parabola there.
  const std::vector<double> r{-1, 2, 0, -2, 1};
  GeneMoments moments;
  for (std::size_t g = 0; g < r.size(); ++g) {
    const auto x = static_cast<double>(g);
    moments.mean.push_back(std::exp(x));
    moments.variance.push_back(std::exp(0.3 - 2 * x + 0.5 * x * x + r[g]));
    moments.seen.push_back(1);
  }
  const auto scores = variability_scores(moments, Variability::residual);
  for (std::size_t g = 0; g < r.size(); ++g) EXPECT_NEAR(scores[g], r[g], 1e-9) << g;
}

TEST(Residual, GenesSeldomSeenOrConstantComeLast) {
  const GeneMoments moments{{1, 2, 3, 4, 0.01}, {1, 4, 2, 0, 9}, {0.5, kSeldom, 1, 1, 0.9 * kSeldom}};
  const auto scores = variability_scores(moments, Variability::residual);
  EXPECT_EQ(scores[3], kNoResidual) << "constant";
  EXPECT_EQ(scores[4], kNoResidual) << "seldom seen";
  for (const int g : {0, 1, 2}) EXPECT_GT(scores[g], -10) << g;
}

TEST(Residual, IsFiniteWhereMeansOrVariancesAreAllTheSame) {
  const auto flat = variability_scores({{3, 3, 3}, {1, 2, 4}, {1, 1, 1}}, Variability::residual);
  for (int g = 0; g < 3; ++g) EXPECT_NEAR(flat[g], std::log(2.0) * (g - 1), 1e-12) << "one mean: only the level is taken out";
  for (const double score : variability_scores({{1, 1, 0}, {0, 0, 0}, {1, 1, 0}}, Variability::residual)) EXPECT_EQ(score, kNoResidual);
}

TEST(GeneMoments, SayInHowManyCellsAGeneIsSeen) {
  const auto moments = gene_moments(source_of({4, 2, {1, 3, 0, 5, 0, 2, 0, 1}}), first(4), first(2), 8, Variability::residual);
  EXPECT_EQ(moments.seen, (std::vector<double>{0.25, 1}));
}

TEST(TopGenes, OfTheResidualVaryInTheSourceWhereTheyVaryLeast) {
  const std::vector<std::vector<double>> scores{{9, 1, 2, kNoResidual}, {0, 1, 1.5, 50}};
  EXPECT_EQ(top_genes(scores, {"A", "B", "C", "D"}, 4, Variability::residual), (std::vector<std::int64_t>{2, 1, 0, 3}));
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
  EXPECT_EQ(variability_named(name_of(Variability::residual)), Variability::residual);
  test::expect_error(ErrorCode::bad_config, {"no gene selection varance", "dispersion, variance or residual"},
                     [] { variability_named("varance"); });
}

}  // namespace
}  // namespace geocyte::preprocess
