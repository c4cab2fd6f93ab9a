// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/source_verdict.h"

#include <gtest/gtest.h>

#include <cmath>

namespace geocyte::analysis {
namespace {

/// The six sources of seed 001 with the matrix as standardised distances and a floor of .4 everywhere.
SourceVerdictInput seed_input(const Eigen::MatrixXd& distance) {
  SourceVerdictInput input;
  input.names = {"P2_ST1", "P2_ST2", "P2_ST3", "P2_SC", "P10_ST3", "P10_SC"};
  input.group = {0, 0, 0, 1, 0, 1};
  input.group_names = {"st", "sc"};
  input.cells = "held-out cells";
  auto& d = input.distances;
  d.count = {340, 300, 240, 540, 92, 190};
  d.dims = 128;
  d.within_trace = 128;
  d.raw = d.standardised = distance;
  d.floor = d.floor_standardised = Eigen::MatrixXd::Constant(6, 6, 0.4);
  d.ratio = d.ratio_standardised = distance / 0.4;
  input.collapse.participation_ratio = 60;
  return input;
}

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

TEST(SourceVerdict, Seed001IsOneSourceAndNotSingleCellsInGeneral) {
  const auto verdict = source_verdict(seed_input(seed_matrix()));
  EXPECT_EQ(verdict.id, "align/sources");
  EXPECT_EQ(verdict.state, "warn");
  EXPECT_EQ(verdict.headline, "P2_SC is the outlier source.");
  EXPECT_EQ(verdict.evidence,
            "It lies 2.10–3.18 within-source standard deviations from every other source (5.25–7.96 times its sampling "
            "floor), the "
            "other 10 pairs are 0.20–1.12 apart; n = 1 702 held-out cells. P10_SC is not, so this is one source and "
            "not sc in general.");
}

TEST(SourceVerdict, PairsWithinTheFloorAreNoGap) {
  const auto verdict = source_verdict(seed_input(0.15 * seed_matrix()));
  EXPECT_EQ(verdict.headline, "No measurable gap between source means.");
  EXPECT_NE(verdict.evidence.find("All 15 pairs"), std::string::npos);
  EXPECT_NE(verdict.evidence.find("1.19: P2_SC and P10_ST3"), std::string::npos) << verdict.evidence;
}

TEST(SourceVerdict, GroupsApartAreNamed) {
  Eigen::MatrixXd d = Eigen::MatrixXd::Constant(6, 6, 0.5);
  for (int a = 0; a < 6; ++a)
    for (int b = 0; b < 6; ++b)
      if ((a == 3 || a == 5) != (b == 3 || b == 5)) d(a, b) = 3;
  d.diagonal().setZero();
  const auto verdict = source_verdict(seed_input(d));
  EXPECT_EQ(verdict.headline, "st and sc are apart.");
  EXPECT_NE(verdict.evidence.find("6.00 times"), std::string::npos) << verdict.evidence;
}

TEST(SourceVerdict, OtherwiseTheFarthestPairIsNamed) {
  Eigen::MatrixXd d = Eigen::MatrixXd::Constant(6, 6, 0.9);
  d.diagonal().setZero();
  d(1, 4) = d(4, 1) = 1.2;
  const auto verdict = source_verdict(seed_input(d));
  EXPECT_EQ(verdict.headline, "15 of 15 pairs of sources differ measurably.");
  EXPECT_NE(verdict.evidence.find("P2_ST2 and P10_ST3"), std::string::npos);
}

TEST(SourceVerdict, ACollapseComesFirst) {
  auto input = seed_input(seed_matrix());
  input.collapse.participation_ratio = 1.1;
  EXPECT_EQ(source_verdict(input).state, "bad");
}

TEST(SourceVerdict, OneSourceIsNothingToAlign) {
  SourceVerdictInput input;
  input.names = {"only"};
  input.distances.count = {50};
  input.distances.ratio = input.distances.ratio_standardised = Eigen::MatrixXd::Zero(1, 1);
  EXPECT_EQ(source_verdict(input).state, "neutral");
}

}  // namespace
}  // namespace geocyte::analysis
