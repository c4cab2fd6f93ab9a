// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/anchored_layout.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/embed/classical_mds.h"
#include "engine/embed/procrustes.h"

namespace geocyte::embed {
namespace {

Eigen::MatrixXd normal_points(Eigen::Index n, Eigen::Index dims, std::uint64_t seed) {
  Rng rng(seed);
  return Eigen::MatrixXd::NullaryExpr(n, dims, [&] { return rng.normal(); });
}

/// Mean share of the k nearest that two layouts have in common.
double shared_neighbours(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, int k) {
  const Eigen::MatrixXd a = row_ranks(distance_matrix(x)), b = row_ranks(distance_matrix(y));
  const double limit = (k + 0.5) / static_cast<double>(x.rows());
  return ((a.array() <= limit) && (b.array() <= limit)).cast<double>().sum() / static_cast<double>(x.rows()) / k - 1.0 / k;   // itself is left out
}

TEST(FuzzyGraph, OfALineIsKnown) {
  // k = 2 of 0, 1, 3: log2 k = 1, which the nearest alone has; sigma goes to 0, so only nearest neighbours are joined.
  Eigen::MatrixXd x(3, 1);
  x << 0, 1, 3;
  const auto graph = fuzzy_graph(distance_matrix(x), 2);
  EXPECT_EQ(graph.begin, (std::vector<std::int64_t>{0, 2, 4, 6}));
  EXPECT_EQ(graph.column, (std::vector<std::int32_t>{1, 2, 0, 2, 0, 1}));
  const double want[] = {1, 0, 1, 1, 0, 1};
  for (int e = 0; e < 6; ++e) EXPECT_NEAR(graph.weight[e], want[e], 1e-4);
}

TEST(FuzzyGraph, IsSymmetricAndSumsToLog2OfItsNeighbours) {
  const auto d = distance_matrix(normal_points(60, 3, 1));
  const auto graph = fuzzy_graph(d, 8, 2);
  Eigen::MatrixXd p = Eigen::MatrixXd::Zero(60, 60);
  for (int i = 0; i < 60; ++i)
    for (auto e = graph.begin[i]; e < graph.begin[i + 1]; ++e) p(i, graph.column[e]) = graph.weight[e];
  EXPECT_LT((p - p.transpose()).cwiseAbs().maxCoeff(), 1e-7);
  EXPECT_EQ(p.diagonal().maxCoeff(), 0);
  // Of a probabilistic union the total lies between that of one direction and that of both.
  EXPECT_GT(p.sum(), 60 * 3);
  EXPECT_LT(p.sum(), 2 * 60 * 3 + 1e-3);
  Eigen::MatrixXd broken = d;
  broken(3, 4) = NAN;
  EXPECT_THROW(fuzzy_graph(broken, 8), Error);
}

TEST(RowRanks, AreOfEachRowWithItselfFirst) {
  Eigen::MatrixXd d(3, 3);
  d << 9, 5, 2, 1, 0, 7, 3, 3, 0;
  Eigen::MatrixXd want(3, 3);
  want << 0, 2, 1, 1, 0, 2, 1, 2, 0;
  EXPECT_LT((row_ranks(d) - want / 3).cwiseAbs().maxCoeff(), 1e-15);
}

TEST(AnchoredObjective, IsTheDefinitionAndItsGradientAgreesWithDifferences) {
  const auto y = normal_points(9, 2, 2);
  const Eigen::MatrixXd d = distance_matrix(normal_points(9, 3, 3));
  const auto graph = fuzzy_graph(d, 3);
  for (const double power : {0.0, 1.0, 2.0}) {
    const AnchoredOptions options{.lambda = 0.3, .scale = 0.5, .power = power};
    const auto value = [&](const Eigen::MatrixXd& at) {
      double stress = 0, weight = 0, z = 0, cross = 0, sum = 0;
      for (int i = 0; i < 9; ++i) {
        for (int j = 0; j < 9; ++j) {
          if (i == j) continue;
          const double t = (at.row(i) - at.row(j)).norm(), w = std::pow(d(i, j) + 0.1, -power);
          stress += w * (t - d(i, j)) * (t - d(i, j));
          weight += w;
          z += 1 / (1 + t * t / 0.25);
        }
        for (auto e = graph.begin[i]; e < graph.begin[i + 1]; ++e) {
          cross += graph.weight[e] * std::log1p((at.row(i) - at.row(graph.column[e])).squaredNorm() / 0.25);
          sum += graph.weight[e];
        }
      }
      return stress / weight + 0.3 * (cross / sum + std::log(z));
    };
    const auto got = anchored_objective(d, graph, y, options);
    EXPECT_NEAR(got.value, value(y), 1e-5);
    for (int i = 0; i < 9; ++i)
      for (int c = 0; c < 2; ++c) {
        Eigen::MatrixXd above = y, below = y;
        above(i, c) += 1e-5;
        below(i, c) -= 1e-5;
        EXPECT_NEAR(got.gradient(i, c), (value(above) - value(below)) / 2e-5, 1e-5);
      }
  }
}

TEST(AnchoredLayout, KeepsTheShapeThatTheDistancesHoldAndPullsNeighboursTogether) {
  // Distances that are right on the whole and blind to neighbours; a graph that knows the neighbours.
  const auto truth = normal_points(400, 2, 4);
  const Eigen::MatrixXd blurred = distance_matrix(truth + 0.4 * normal_points(400, 2, 5));
  const auto graph = fuzzy_graph(distance_matrix(truth), 15);
  const auto start = *classical_mds(blurred, 2);
  const auto stress_only = anchored_layout(blurred, graph, start, {.lambda = 0}), anchored = anchored_layout(blurred, graph, start);
  const auto fit = [&](const AnchoredLayout& layout) { return fit_procrustes(layout.points, truth, {.scale = true}).rms; };
  EXPECT_LT(fit(anchored), fit(stress_only));
  EXPECT_GT(shared_neighbours(anchored.points, truth, 10), shared_neighbours(stress_only.points, truth, 10) + 0.1);
  EXPECT_LT(anchored.objective, anchored_objective(blurred, graph, start).value);
}

TEST(AnchoredLayout, IsTheSameOnAnyNumberOfThreadsAndStops) {
  const auto d = distance_matrix(normal_points(100, 3, 6));
  const auto graph = fuzzy_graph(d, 10);
  const auto start = *classical_mds(d, 2);
  const auto one = anchored_layout(d, graph, start, {.iterations = 10}), three = anchored_layout(d, graph, start, {.iterations = 10, .threads = 3});
  EXPECT_TRUE((one.points.array() == three.points.array()).all());
  EXPECT_TRUE((anchored_layout(100 * d, graph, 7 * start, {.iterations = 10}).points - one.points).cwiseAbs().maxCoeff() < 1e-3);
  StopSource stop;
  stop.request_stop();
  EXPECT_FALSE(anchored_layout(d, graph, start, {.stop = stop.get_token()}).complete);
  EXPECT_THROW(anchored_layout(d, graph, start.topRows(50)), Error);
}

TEST(AnchoredLayout, FromSampledPairsIsNearTheOneFromAll) {
  const auto truth = normal_points(500, 2, 7);
  const auto graph = fuzzy_graph(distance_matrix(truth), 15);
  const Eigen::MatrixXd guess = truth + 0.4 * normal_points(500, 2, 8);
  const DistanceRow distances = [&guess](std::int64_t i, std::span<const std::int32_t> columns, std::span<float> out) {
    for (std::size_t j = 0; j < columns.size(); ++j) out[j] = static_cast<float>((guess.row(i) - guess.row(columns[j])).norm());
  };
  const auto all = anchored_layout(distances, graph, guess), sampled = anchored_layout(distances, graph, guess, {.dense_limit = 100, .partners = 128});
  EXPECT_TRUE(sampled.points.isApprox(anchored_layout(distances, graph, guess, {.dense_limit = 100, .partners = 128, .threads = 2}).points, 0));
  EXPECT_LT(fit_procrustes(sampled.points, all.points).rms, 0.1);
  EXPECT_GT(shared_neighbours(sampled.points, truth, 10), shared_neighbours(all.points, truth, 10) - 0.05);
}

}  // namespace
}  // namespace geocyte::embed
