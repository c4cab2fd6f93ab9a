// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/mutual_neighbours.h"

#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "tests/unit/engine/baselines/gaussian_cells.h"

namespace geocyte::baselines {
namespace {

constexpr Eigen::Index kDims = 6;

/// `counts[t]` cells of type t at its own place, all moved by `shift`.
Eigen::MatrixXd types(const std::vector<Eigen::Index>& counts, const Eigen::RowVectorXd& shift, Rng& rng) {
  Eigen::MatrixXd all(0, kDims);
  for (std::size_t t = 0; t < counts.size(); ++t) {
    Eigen::MatrixXd block = 0.5 * normal_matrix(counts[t], kDims, rng);
    block.col(static_cast<Eigen::Index>(t)).array() += 8;
    block.rowwise() += shift;
    Eigen::MatrixXd joined(all.rows() + block.rows(), kDims);
    joined << all, block;
    all = joined;
  }
  return all;
}

Eigen::RowVectorXd along(Eigen::Index axis, double length) {
  Eigen::RowVectorXd shift = Eigen::RowVectorXd::Zero(kDims);
  shift[axis] = length;
  return shift;
}

TEST(MutualNeighboursTest, types_meet_though_their_shares_differ) {
  // 300 + 60 cells against 60 + 300, an effect at right angles to the types: means must not meet, types must.
  for (const MergeOrder order : {MergeOrder::reference, MergeOrder::overlap}) {
    Rng rng(1);
    const Cells cells = stacked({types({300, 60}, along(5, 0), rng), types({60, 300}, along(5, 3), rng)});
    MutualNeighbourOptions options;
    options.order = order;
    const Eigen::MatrixXd y = correct_by_mutual_neighbours(cells, std::vector<std::uint8_t>{1, 0}, options);
    const auto mean = [&](Eigen::Index first, Eigen::Index rows) { return Eigen::RowVectorXd(y.middleRows(first, rows).colwise().mean()); };
    EXPECT_LT((mean(0, 300) - mean(360, 60)).norm(), 1.5) << "of 3, first type; pairs form where the clouds face each other, so some is left";
    EXPECT_LT((mean(300, 60) - mean(420, 300)).norm(), 1.5) << "of 3, second type";
    EXPECT_GT((mean(0, 360) - mean(360, 360)).norm(), 4) << "composition stays";
  }
}

TEST(MutualNeighboursTest, the_reference_stays_where_it_is) {
  Rng rng(2);
  const Cells cells = stacked({types({80}, along(5, 0), rng), types({80}, along(5, 4), rng), types({90}, along(4, 4), rng)});
  const Eigen::MatrixXd y = correct_by_mutual_neighbours(cells, std::vector<std::uint8_t>{0, 1, 0});
  EXPECT_EQ(y.middleRows(80, 80), cells.x.middleRows(80, 80));
  for (const auto& [first, rows] : {std::pair<Eigen::Index, Eigen::Index>{0, 80}, {160, 90}})
    EXPECT_LT((y.middleRows(first, rows).colwise().mean() - y.middleRows(80, 80).colwise().mean()).norm(), 2) << "of 4";
}

TEST(MutualNeighboursTest, one_shift_of_all_cells_is_taken_off_and_a_copy_stays) {
  Rng rng(3);
  const Eigen::MatrixXd x = types({50, 50}, along(5, 0), rng);
  const Cells copy = stacked({x, x});
  MutualNeighbourOptions one;
  one.neighbours = 1;
  EXPECT_LT((correct_by_mutual_neighbours(copy, std::vector<std::uint8_t>{1, 0}, one) - copy.x).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(MutualNeighboursTest, needs_a_reference) {
  Rng rng(4);
  const Cells cells = stacked({types({20}, along(5, 0), rng), types({20}, along(5, 1), rng)});
  EXPECT_THROW(correct_by_mutual_neighbours(cells, std::vector<std::uint8_t>{0, 0}), Error);
}

}  // namespace
}  // namespace geocyte::baselines
