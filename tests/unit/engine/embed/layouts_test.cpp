// SPDX-License-Identifier: GPL-3.0-or-later
// Layouts from distances: classical scaling, stress, landmarks.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/embed/classical_mds.h"
#include "engine/embed/landmark_isomap.h"
#include "engine/embed/procrustes.h"
#include "engine/embed/stress.h"

namespace geocyte::embed {
namespace {

Eigen::MatrixXd normal_rows(Eigen::Index n, Eigen::Index dims, std::uint64_t seed) {
  Rng rng(seed);
  return Eigen::MatrixXd::NullaryExpr(n, dims, [&] { return rng.normal(); });
}

Eigen::MatrixXd grid(int side) {
  Eigen::MatrixXd x(side * side, 2);
  for (int i = 0; i < side * side; ++i) x.row(i) << i / side, i % side;
  return x;
}

double misfit(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y) { return fit_procrustes(x, y).rms; }

/// Edges between grid points up to `reach` apart.
std::vector<StressEdge> edges_within(const Eigen::MatrixXd& x, double reach) {
  std::vector<StressEdge> edges;
  for (std::int32_t i = 0; i < x.rows(); ++i)
    for (std::int32_t j = 0; j < i; ++j)
      if (const double d = (x.row(i) - x.row(j)).norm(); d <= reach) edges.push_back({i, j, static_cast<float>(d), 1});
  return edges;
}

TEST(ClassicalMds, FindsPointsFromTheirDistancesUpToARigidMove) {
  for (const auto& x : {normal_rows(30, 2, 1), normal_rows(700, 2, 2), normal_rows(400, 3, 3), grid(20)}) {   // a grid has two equal eigenvalues
    const auto y = *classical_mds(distance_matrix(x), static_cast<int>(x.cols()));
    EXPECT_LT(misfit(y, x), 1e-8);
    EXPECT_LT(y.colwise().mean().cwiseAbs().maxCoeff(), 1e-9);
  }
}

TEST(ClassicalMds, OfAnEquilateralTriangleIsKnown) {
  Eigen::MatrixXd d = Eigen::MatrixXd::Ones(3, 3) - Eigen::MatrixXd::Identity(3, 3);
  const auto x = *classical_mds(d, 2);
  EXPECT_LT((distance_matrix(x) - d).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_NEAR(x.rowwise().norm().maxCoeff(), 1 / std::sqrt(3.0), 1e-12);
}

TEST(ClassicalMds, OfBadInputIsOneSentence) {
  Eigen::MatrixXd d = distance_matrix(normal_rows(5, 2, 4));
  d(1, 2) = NAN;
  EXPECT_THROW(classical_mds(d, 2), Error);
  d(1, 2) = -1;
  EXPECT_THROW(classical_mds(d, 2), Error);
  StopSource stop;
  stop.request_stop();
  EXPECT_FALSE(classical_mds(distance_matrix(normal_rows(600, 2, 4)), 2, stop.get_token()));
}

TEST(DenseStress, FallsWithEverySweepAndEndsAtZeroForTrueDistances) {
  const auto x = normal_rows(120, 2, 5);
  const auto d = distance_matrix(x);
  double last = 1e300;
  for (const int sweeps : {0, 1, 2, 5, 10, 50}) {
    const auto layout = dense_stress(d, x + 0.5 * normal_rows(120, 2, 6), {.sweeps = sweeps, .tolerance = 0});
    EXPECT_LT(layout.stress, last);
    last = layout.stress;
  }
  EXPECT_LT(misfit(dense_stress(d, x + 0.5 * normal_rows(120, 2, 6), {.sweeps = 3000, .tolerance = 0}).points, x), 1e-3);
}

TEST(DenseStress, IsTheDefinitionAndTheSameOnAnyNumberOfThreads) {
  const auto d = distance_matrix(normal_rows(150, 5, 7));
  const auto start = *classical_mds(d, 2);
  const auto one = dense_stress(d, start, {.sweeps = 20}), three = dense_stress(d, start, {.sweeps = 20, .threads = 3});
  EXPECT_TRUE((one.points.array() == three.points.array()).all());
  EXPECT_NEAR(one.stress, (distance_matrix(one.points) - d).norm() / d.norm(), 1e-12);
  EXPECT_LT(one.stress, (distance_matrix(start) - d).norm() / d.norm());
  StopSource stop;
  stop.request_stop();
  EXPECT_FALSE(dense_stress(d, start, {.stop = stop.get_token()}).complete);
}

TEST(SparseStress, FallsWithEverySweepAndFindsAGridFromItsNearPairs) {
  const auto x = grid(12);
  const auto edges = edges_within(x, 3);
  const Eigen::MatrixXd start = x + 0.6 * normal_rows(144, 2, 8);
  double last = 1e300;
  for (const int sweeps : {0, 1, 3, 10, 40}) {
    const auto layout = sparse_stress(edges, start, {.sweeps = sweeps, .tolerance = 0});
    EXPECT_LT(layout.stress, last);
    last = layout.stress;
  }
  EXPECT_LT(misfit(sparse_stress(edges, start, {.sweeps = 2000, .tolerance = 0}).points, x), 0.01);
}

TEST(SparseStress, OfAllPairsIsTheDenseOne) {
  const auto target = normal_rows(40, 4, 9);
  const auto d = distance_matrix(target);
  std::vector<StressEdge> edges;
  for (std::int32_t i = 0; i < 40; ++i)
    for (std::int32_t j = 0; j < i; ++j) edges.push_back({i, j, static_cast<float>(d(i, j)), 2.5f});
  const auto start = *classical_mds(d, 2);
  const auto sparse = sparse_stress(edges, start, {.sweeps = 3000, .tolerance = 0}), dense = dense_stress(d, start, {.sweeps = 3000, .tolerance = 0});
  EXPECT_NEAR(sparse.stress, dense.stress, 1e-5);
  EXPECT_LT(misfit(sparse.points, dense.points), 0.01);
}

TEST(SparseStress, WithHuberBearsEdgesThatAreWrong) {
  const auto x = grid(12);
  auto edges = edges_within(x, 3);
  for (std::size_t e = 0; e < edges.size(); e += 12) edges[e].distance *= 5;        // one in twelve
  const auto plain = sparse_stress(edges, x, {.sweeps = 500}), robust = sparse_stress(edges, x, {.sweeps = 500, .huber = 0.1});
  EXPECT_LT(misfit(robust.points, x), 0.3 * misfit(plain.points, x));
  edges[0].distance = NAN;
  EXPECT_THROW(sparse_stress(edges, x), Error);
}

TEST(LandmarkIsomap, OfStraightPathsIsExactAndSetsComponentsBeside) {
  // A complete graph: paths are Euclidean distances.
  const auto x = normal_rows(80, 2, 10);
  EXPECT_LT(misfit(landmark_isomap(edges_within(x, 1e9), 80, {.landmarks = 10})->points, x), 1e-5);
  // A line of 300 points with steps of different length has one dimension.
  std::vector<StressEdge> line;
  for (std::int32_t i = 0; i + 1 < 300; ++i) line.push_back({i, i + 1, 1.0f + 0.5f * static_cast<float>(i % 3), 1});
  const auto on_line = landmark_isomap(line, 300, {.landmarks = 20})->points;
  double place = 0;
  for (int i = 0; i + 1 < 300; ++i) {
    EXPECT_NEAR(std::abs(on_line(i + 1, 0) - on_line(i, 0)), line[i].distance, 1e-3);
    place += line[i].distance;
  }
  EXPECT_NEAR(std::abs(on_line(299, 0) - on_line(0, 0)), place, 0.01);
  EXPECT_LT(on_line.col(1).cwiseAbs().maxCoeff(), 0.05);
  line.erase(line.begin() + 99);                                                     // 0 .. 99 and 100 .. 299
  const auto two = landmark_isomap(line, 300, {.landmarks = 20});
  EXPECT_EQ(two->components, 2);
  EXPECT_GT(two->points.col(0).tail(200).minCoeff(), two->points.col(0).head(100).maxCoeff());
}

TEST(LandmarkIsomap, OfAGridIsTheGridWithinItsDetours) {
  const auto x = grid(25);
  const auto layout = landmark_isomap(edges_within(x, 3), 625, {.landmarks = 64})->points;
  EXPECT_LT(fit_procrustes(layout, x, {.scale = true}).rms, 0.3);                    // of a rms radius of 10.2
}

}  // namespace
}  // namespace geocyte::embed
