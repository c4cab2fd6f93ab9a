// SPDX-License-Identifier: GPL-3.0-or-later
// CORAL and the Gaussian Monge map: closed forms and laws.
#include "engine/baselines/source_maps.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <limits>

#include "engine/baselines/coral.h"
#include "engine/baselines/monge.h"
#include "engine/core/error.h"
#include "tests/unit/engine/baselines/gaussian_cells.h"

namespace geocyte::baselines {
namespace {

const std::vector<std::uint8_t> kFirstIsReference = {1, 0};

double largest_difference(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) { return (a - b).cwiseAbs().maxCoeff(); }

TEST(SymmetricPowerTest, is_the_power_of_a_diagonal_and_turns_with_it) {
  const Eigen::Matrix2d diagonal = Eigen::Vector2d(4, 9).asDiagonal();
  EXPECT_LT(largest_difference(symmetric_power(diagonal, 0.5), Eigen::Vector2d(2, 3).asDiagonal().toDenseMatrix()),
            1e-14);
  Eigen::Matrix2d turn;
  turn << 0.6, -0.8, 0.8, 0.6;
  EXPECT_LT(largest_difference(symmetric_power(turn * diagonal * turn.transpose(), -0.5),
                               turn * Eigen::Vector2d(0.5, 1 / 3.0).asDiagonal() * turn.transpose()),
            1e-14);
}

TEST(SymmetricPowerTest, a_negative_power_of_a_singular_matrix_is_the_pseudo_inverse) {
  const Eigen::Vector3d v = Eigen::Vector3d(1, 2, 2) / 3;
  EXPECT_LT(largest_difference(symmetric_power(4 * v * v.transpose(), -1), v * v.transpose() / 4), 1e-14);
}

TEST(CoralTest, one_dimension_is_the_ratio_of_deviations) {
  EXPECT_NEAR(coral_map(Eigen::MatrixXd::Constant(1, 1, 4), Eigen::MatrixXd::Constant(1, 1, 9))(0, 0), 1.5, 1e-14);
}

TEST(CoralTest, covariance_and_mean_become_those_of_the_reference) {
  Rng rng(1);
  const Eigen::MatrixXd wanted = random_covariance(6, rng), own = random_covariance(6, rng);
  const Eigen::RowVectorXd to = Eigen::RowVectorXd::LinSpaced(6, -2, 3), from = Eigen::RowVectorXd::Constant(6, 5);
  const Cells cells = stacked({exact_cells(50, to, wanted, rng), exact_cells(80, from, own, rng)});
  const Eigen::MatrixXd y = fit_coral(cells, kFirstIsReference, 0).apply(cells);
  const Moments moved = moments_of_source(y, cells, 1);
  EXPECT_LT(largest_difference(moved.mean, to), 1e-10);
  EXPECT_LT(largest_difference(moved.covariance, wanted), 1e-9);
  EXPECT_LT(largest_difference(y.topRows(50), cells.x.topRows(50)), 1e-10) << "one reference source stays";
}

TEST(CoralTest, with_shrinkage_the_shrunk_covariances_become_equal) {
  Rng rng(2);
  const Eigen::MatrixXd c = random_covariance(5, rng), d = random_covariance(5, rng);
  const Eigen::MatrixXd a = coral_map(shrunk(c, 0.1), shrunk(d, 0.1));
  EXPECT_LT(largest_difference(a.transpose() * shrunk(c, 0.1) * a, shrunk(d, 0.1)), 1e-11);
}

TEST(MongeTest, commuting_covariances_are_scaled_axis_by_axis) {
  const Eigen::MatrixXd from = Eigen::Vector3d(1, 4, 9).asDiagonal(), to = Eigen::Vector3d(16, 1, 9).asDiagonal();
  EXPECT_LT(largest_difference(monge_map(from, to), Eigen::Vector3d(4, 0.5, 1).asDiagonal().toDenseMatrix()), 1e-13);
}

TEST(MongeTest, maps_one_gaussian_to_the_other_exactly) {
  Rng rng(3);
  const Eigen::MatrixXd wanted = random_covariance(6, rng), own = random_covariance(6, rng);
  const Eigen::RowVectorXd to = Eigen::RowVectorXd::LinSpaced(6, 1, 4), from = Eigen::RowVectorXd::Constant(6, -3);
  const Cells cells = stacked({exact_cells(70, to, wanted, rng), exact_cells(90, from, own, rng)});
  const Moments moved = moments_of_source(fit_monge(cells, kFirstIsReference, 0).apply(cells), cells, 1);
  EXPECT_LT(largest_difference(moved.mean, to), 1e-10);
  EXPECT_LT(largest_difference(moved.covariance, wanted), 1e-9);
}

TEST(MongeTest, the_map_is_symmetric_positive_and_its_own_inverse_backwards) {
  Rng rng(4);
  const Eigen::MatrixXd c = random_covariance(7, rng), d = random_covariance(7, rng);
  const Eigen::MatrixXd there = monge_map(c, d), back = monge_map(d, c);
  EXPECT_EQ(there, Eigen::MatrixXd(there.transpose()));
  EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(there).eigenvalues().minCoeff(), 0);
  EXPECT_LT(largest_difference(there * back, Eigen::MatrixXd::Identity(7, 7)), 1e-9);
  EXPECT_LT(largest_difference(monge_map(c, c), Eigen::MatrixXd::Identity(7, 7)), 1e-10);
}

TEST(MongeTest, costs_the_bures_distance_and_no_more_than_coral) {
  Rng rng(5);
  const Eigen::MatrixXd c = random_covariance(5, rng), d = random_covariance(5, rng);
  const auto cost = [&](const Eigen::MatrixXd& a) {  // E ||x - A'x||^2 for x ~ N(0, C)
    const Eigen::MatrixXd move = Eigen::MatrixXd::Identity(5, 5) - a;
    return (move.transpose() * c * move).trace();
  };
  EXPECT_NEAR(cost(monge_map(c, d)), bures_squared(c, d), 1e-10);
  EXPECT_GT(cost(coral_map(c, d)), bures_squared(c, d) + 1e-3);
  EXPECT_NEAR(bures_squared(Eigen::MatrixXd::Constant(1, 1, 4), Eigen::MatrixXd::Constant(1, 1, 9)), 1, 1e-13);
  EXPECT_NEAR(bures_squared(c, c), 0, 1e-10);
}

TEST(MongeTest, a_flat_direction_of_both_stays_flat) {
  const Eigen::MatrixXd from = Eigen::Vector2d(1, 0).asDiagonal(), to = Eigen::Vector2d(4, 0).asDiagonal();
  EXPECT_LT(largest_difference(monge_map(from, to), Eigen::Vector2d(2, 0).asDiagonal().toDenseMatrix()), 1e-14);
}

TEST(SourceMapsTest, only_training_cells_decide) {
  Rng rng(6);
  const Cells training = stacked({normal_matrix(60, 4, rng), (normal_matrix(60, 4, rng) * 3).array() + 2});
  const SourceMaps maps = fit_monge(training, kFirstIsReference);
  Cells later = stacked({normal_matrix(3, 4, rng), normal_matrix(3, 4, rng)});
  const Eigen::MatrixXd one = maps.apply(later);
  later.x.row(5) *= 1e3;
  EXPECT_EQ(maps.apply(later).topRows(5), one.topRows(5));
}

TEST(SourceMapsTest, several_reference_sources_are_pooled_and_brought_together) {
  Rng rng(7);
  const Cells cells =
      stacked({normal_matrix(40, 3, rng), normal_matrix(20, 3, rng).array() + 6, normal_matrix(50, 3, rng)});
  const Eigen::MatrixXd y = fit_coral(cells, std::vector<std::uint8_t>{1, 1, 0}, 0).apply(cells);
  std::vector<Eigen::Index> pooled(60);
  for (Eigen::Index i = 0; i < 60; ++i) pooled[static_cast<std::size_t>(i)] = i;
  const Moments wanted = moments_of(cells.x, pooled);
  for (int source = 0; source < 3; ++source) {
    const Moments moved = moments_of_source(y, cells, source);
    EXPECT_LT(largest_difference(moved.mean, wanted.mean), 1e-11);
    EXPECT_LT(largest_difference(moved.covariance, wanted.covariance), 1e-10);
  }
}

TEST(SourceMapsTest, bad_input_is_refused_with_what_to_do) {
  Rng rng(8);
  Cells cells = stacked({normal_matrix(20, 3, rng), normal_matrix(20, 3, rng)});
  const auto code_of = [](const auto& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::interrupted;
  };
  EXPECT_EQ(code_of([&] { fit_coral(cells, std::vector<std::uint8_t>{0, 0}); }), ErrorCode::bad_config);
  EXPECT_EQ(code_of([&] { fit_coral(cells, std::vector<std::uint8_t>{1}); }), ErrorCode::internal);
  EXPECT_EQ(code_of([&] { fit_coral(cells, kFirstIsReference, 1.5); }), ErrorCode::internal);
  Cells flat = cells;
  flat.x.bottomRows(20).setConstant(3);
  EXPECT_EQ(code_of([&] { fit_monge(flat, kFirstIsReference); }), ErrorCode::bad_data);
  Cells lonely = cells;
  lonely.sources = 3;
  lonely.source[39] = 2;
  EXPECT_EQ(code_of([&] { fit_monge(lonely, std::vector<std::uint8_t>{1, 0, 0}); }), ErrorCode::bad_data);
  const SourceMaps maps = fit_coral({cells.x, cells.source, 3}, std::vector<std::uint8_t>{1, 0, 0});
  EXPECT_EQ(code_of([&] { maps.apply(lonely); }), ErrorCode::bad_data) << "source 3 was not seen";
  cells.x(3, 1) = std::numeric_limits<double>::infinity();
  EXPECT_EQ(code_of([&] { fit_coral(cells, kFirstIsReference); }), ErrorCode::bad_data);
}

}  // namespace
}  // namespace geocyte::baselines
