// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/centring.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/core/error.h"
#include "tests/unit/engine/baselines/gaussian_cells.h"

namespace geocyte::baselines {
namespace {

Cells two_sources(std::uint64_t seed) {
  Rng rng(seed);
  return stacked({(normal_matrix(40, 5, rng) * 2).array() + 3, (normal_matrix(60, 5, rng) * 0.5).array() - 7});
}

TEST(CentringTest, means_of_the_training_cells_vanish) {
  const Cells cells = two_sources(1);
  const Eigen::MatrixXd y = fit_centring(cells).apply(cells);
  for (int s = 0; s < 2; ++s) EXPECT_LT(moments_of_source(y, cells, s).mean.cwiseAbs().maxCoeff(), 1e-13);
}

TEST(CentringTest, differences_between_cells_of_a_source_stay) {
  const Cells cells = two_sources(2);
  const Eigen::MatrixXd y = fit_centring(cells).apply(cells);
  for (Eigen::Index i = 1; i < 40; ++i)
    EXPECT_LT(((y.row(i) - y.row(0)) - (cells.x.row(i) - cells.x.row(0))).norm(), 1e-12);
}

TEST(CentringTest, later_cells_are_moved_by_the_training_mean_not_by_their_own) {
  const Cells cells = two_sources(3);
  Cells later = take(cells, std::vector<std::int64_t>{0, 99});
  const SourceScaling centring = fit_centring(cells);
  const Eigen::MatrixXd y = centring.apply(later), all = centring.apply(cells);
  EXPECT_EQ(y.row(0), all.row(0));
  EXPECT_EQ(y.row(1), all.row(99));
}

TEST(CentringTest, a_shift_of_a_source_changes_nothing) {
  Cells cells = two_sources(4);
  const Eigen::MatrixXd before = fit_centring(cells).apply(cells);
  cells.x.topRows(40).array() += 11;
  EXPECT_LT((fit_centring(cells).apply(cells) - before).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(ZScoreTest, every_source_has_mean_0_and_deviation_1) {
  const Cells cells = two_sources(5);
  const Eigen::MatrixXd y = fit_z_score(cells).apply(cells);
  for (int s = 0; s < 2; ++s) {
    const Moments moments = moments_of_source(y, cells, s);
    EXPECT_LT(moments.mean.cwiseAbs().maxCoeff(), 1e-13);
    EXPECT_LT((moments.covariance.diagonal().array() - 1).abs().maxCoeff(), 1e-12);
  }
}

TEST(ZScoreTest, shift_and_scale_of_a_source_change_nothing) {
  Cells cells = two_sources(6);
  const Eigen::MatrixXd before = fit_z_score(cells).apply(cells);
  cells.x.bottomRows(60) = (cells.x.bottomRows(60) * 5.5).array() - 2;
  EXPECT_LT((fit_z_score(cells).apply(cells) - before).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(ZScoreTest, a_dimension_constant_in_training_is_only_centred) {
  Cells cells = two_sources(7);
  cells.x.col(2).head(40).setConstant(0.1);
  const SourceScaling z = fit_z_score(cells);
  Cells later = take(cells, std::vector<std::int64_t>{0});
  later.x(0, 2) = 4;
  EXPECT_NEAR(z.apply(later)(0, 2), 3.9, 1e-12);
}

TEST(CentringTest, a_source_without_training_cells_is_refused_when_it_comes) {
  Cells cells = two_sources(8);
  cells.sources = 3;
  const SourceScaling centring = fit_centring(cells);
  EXPECT_NO_THROW(centring.apply(cells));
  cells.source[5] = 2;
  try {
    centring.apply(cells);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_NE(error.message().find("source 3"), std::string::npos);
  }
}

TEST(CentringTest, bad_input_is_refused) {
  Cells cells = two_sources(9);
  EXPECT_THROW(fit_centring({Eigen::MatrixXd(0, 3), {}, 1}), Error);
  EXPECT_THROW(fit_centring({Eigen::MatrixXd(2, 0), {0, 0}, 1}), Error);
  const SourceScaling centring = fit_centring(cells);
  EXPECT_THROW(centring.apply({Eigen::MatrixXd::Zero(1, 4), {0}, 2}), Error);
  cells.x(17, 1) = std::numeric_limits<double>::quiet_NaN();
  try {
    fit_z_score(cells);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_NE(error.message().find("row 18"), std::string::npos);
  }
  cells.source[0] = 2;
  EXPECT_THROW(fit_centring(cells), Error);
}

}  // namespace
}  // namespace geocyte::baselines
