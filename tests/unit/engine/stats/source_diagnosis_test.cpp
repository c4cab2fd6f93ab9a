// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/source_diagnosis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/core/error.h"

namespace geocyte::stats {
namespace {

enum Source { P2_ST1, P2_ST2, P2_ST3, P2_SC, P10_ST3, P10_SC };

/// The matrix printed in seed 001.
Eigen::MatrixXd seed_matrix() {
  Eigen::MatrixXd d(6, 6);
  d << 0.000, 0.421, 0.685, 2.492, 0.863, 0.576,  //
      0.421, 0.000, 0.201, 2.505, 0.790, 0.440,   //
      0.685, 0.201, 0.000, 2.623, 0.745, 0.597,   //
      2.492, 2.505, 2.623, 0.000, 3.183, 2.102,   //
      0.863, 0.790, 0.745, 3.183, 0.000, 1.119,   //
      0.576, 0.440, 0.597, 2.102, 1.119, 0.000;
  return d;
}

TEST(SourceDiagnosis, Seed001NamesP2ScAsTheOnlyOutlier) {
  const auto found = diagnose_sources(seed_matrix());
  EXPECT_EQ(found.outliers, std::vector<int>{P2_SC});
  EXPECT_NEAR(found.nearest[P2_SC], 2.102, 1e-12);
  EXPECT_NEAR(found.farthest[P2_SC], 3.183, 1e-12);
  EXPECT_NEAR(found.score[P2_SC], 2.505 / 0.641, 1e-9);
  for (const int source : {P2_ST1, P2_ST2, P2_ST3, P10_ST3, P10_SC}) EXPECT_LT(found.score[source], 2);
}

TEST(SourceDiagnosis, Seed001ReadsAsItIsPrinted) {
  const auto d = seed_matrix();
  const auto gate = count_below(d, 1.0);
  EXPECT_EQ(gate.below, 9);
  EXPECT_EQ(gate.pairs, 15);
  for (const int slide : {P2_ST1, P2_ST2, P2_ST3}) {
    EXPECT_GE(d(P10_SC, slide), 0.44);
    EXPECT_LE(d(P10_SC, slide), 0.60);
  }
  EXPECT_EQ(d(P10_ST3, P10_SC), 1.119);
  EXPECT_EQ(d(P10_ST3, P2_SC), 3.183);
}

TEST(SourceDiagnosis, Seed001IsNoGapOfSingleCells) {
  const std::vector<std::int32_t> modality{0, 0, 0, 1, 0, 1};
  EXPECT_LT(group_gap(seed_matrix(), modality, std::vector<int>{P2_SC}), 1.5);
}

TEST(SourceDiagnosis, ScaleAndOrderChangeNothing) {
  const Eigen::MatrixXd d = seed_matrix();
  EXPECT_EQ(diagnose_sources(0.1 * d).outliers, std::vector<int>{P2_SC});
  Eigen::PermutationMatrix<6> order;
  order.indices() << 3, 0, 5, 1, 2, 4;  // P2_SC (3) becomes row 1
  const Eigen::MatrixXd moved = order * d * order.transpose();
  EXPECT_EQ(diagnose_sources(moved).outliers, std::vector<int>{1});
}

TEST(SourceDiagnosis, TwoGroupsAreAGapAndNoOutlier) {
  Eigen::MatrixXd d = Eigen::MatrixXd::Constant(6, 6, 3.0);
  d.topLeftCorner(3, 3).setConstant(0.5);
  d.bottomRightCorner(3, 3).setConstant(0.5);
  d.diagonal().setZero();
  EXPECT_TRUE(diagnose_sources(d).outliers.empty());
  EXPECT_NEAR(group_gap(d, std::vector<std::int32_t>{0, 0, 0, 1, 1, 1}), 6, 1e-12);
}

TEST(SourceDiagnosis, EqualDistancesHaveNoOutlier) {
  Eigen::MatrixXd d = Eigen::MatrixXd::Ones(5, 5);
  d.diagonal().setZero();
  EXPECT_TRUE(diagnose_sources(d).outliers.empty());
  EXPECT_TRUE(diagnose_sources(Eigen::MatrixXd::Zero(5, 5)).outliers.empty());
}

TEST(SourceDiagnosis, TwoSourcesCannotHaveAnOddOne) {
  Eigen::MatrixXd d(2, 2);
  d << 0, 9, 9, 0;
  const auto found = diagnose_sources(d);
  EXPECT_TRUE(found.outliers.empty());
  EXPECT_TRUE(std::isnan(found.score[0]));
  EXPECT_TRUE(diagnose_sources(Eigen::MatrixXd(0, 0)).outliers.empty());
}

TEST(SourceDiagnosis, AnEmptySourceIsPassedOver) {
  Eigen::MatrixXd d(7, 7);
  d.setConstant(std::nan(""));
  d.topLeftCorner(6, 6) = seed_matrix();
  EXPECT_EQ(diagnose_sources(d).outliers, std::vector<int>{P2_SC});
  EXPECT_EQ(count_below(d, 1.0).pairs, 15);
}

TEST(SourceDiagnosis, RefusesWhatIsNoDistance) {
  EXPECT_THROW(diagnose_sources(Eigen::MatrixXd::Zero(2, 3)), Error);
  Eigen::MatrixXd d = seed_matrix();
  d(0, 1) = 5;
  EXPECT_THROW(diagnose_sources(d), Error);
  EXPECT_THROW(group_gap(seed_matrix(), std::vector<std::int32_t>{0, 1}), Error);
}

}  // namespace
}  // namespace geocyte::stats
