// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/combat.h"

#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "tests/unit/engine/baselines/gaussian_cells.h"

namespace geocyte::baselines {
namespace {

/// Two sources of the same cells, the second with a shift and a scale of its own in each gene.
Cells shifted(Eigen::Index n, Eigen::Index genes, std::uint64_t seed) {
  Rng rng(seed);
  Eigen::MatrixXd other = normal_matrix(n, genes, rng);
  for (Eigen::Index g = 0; g < genes; ++g)
    other.col(g) = other.col(g) * (1.5 + 0.2 * rng.normal()) + Eigen::VectorXd::Constant(n, 2 + 0.5 * rng.normal());
  return stacked({normal_matrix(n, genes, rng), other});
}

TEST(CombatTest, brings_means_and_deviations_together) {
  const Cells cells = shifted(400, 30, 1);
  const Eigen::MatrixXd y = fit_combat(cells).apply(cells);
  const Moments a = moments_of_source(y, cells, 0), b = moments_of_source(y, cells, 1);
  const Moments one = moments_of_source(cells.x, cells, 0), two = moments_of_source(cells.x, cells, 1);
  // Shrinkage leaves part of what sets a gene apart from the others: delta^2 / (n tau^2 + delta^2), here up to a tenth.
  EXPECT_LT((a.mean - b.mean).cwiseAbs().maxCoeff(), 0.1 * (one.mean - two.mean).cwiseAbs().maxCoeff());
  EXPECT_LT((a.covariance.diagonal() - b.covariance.diagonal()).cwiseAbs().maxCoeff(),
            0.2 * (one.covariance.diagonal() - two.covariance.diagonal()).cwiseAbs().maxCoeff());
}

TEST(CombatTest, agrees_with_the_equations_where_they_can_be_solved_by_hand) {
  // One gene: no other genes to learn from, so location and scale are those of the source itself.
  Rng rng(3);
  const Cells cells = stacked({exact_cells(50, Eigen::RowVectorXd::Constant(1, 1), Eigen::MatrixXd::Constant(1, 1, 4), rng),
                               exact_cells(50, Eigen::RowVectorXd::Constant(1, 5), Eigen::MatrixXd::Constant(1, 1, 9), rng)});
  const Eigen::MatrixXd y = fit_combat(cells).apply(cells);
  const double pooled = 49 * (4.0 + 9.0) / 100;
  for (const int source : {0, 1}) {
    const Moments m = moments_of_source(y, cells, source);
    EXPECT_NEAR(m.mean[0], 3, 1e-9);
    EXPECT_NEAR(m.covariance(0, 0), pooled, 1e-9);
  }
}

TEST(CombatTest, shrinks_a_gene_that_stands_alone_towards_the_others) {
  // Nine genes shift by exactly 1, one by 3 with few cells: its estimate moves towards the others, theirs hardly.
  Rng rng(5);
  Eigen::RowVectorXd shift = Eigen::RowVectorXd::Ones(10);
  shift[9] = 3;
  const Cells cells = stacked({exact_cells(6, Eigen::RowVectorXd::Zero(10), Eigen::MatrixXd::Identity(10, 10), rng).eval(), normal_matrix(6, 10, rng).rowwise() + shift});
  Cells few = cells;
  const Eigen::MatrixXd y = fit_combat(few).apply(few);
  const double left = (moments_of_source(y, few, 1).mean - moments_of_source(y, few, 0).mean)[9];
  EXPECT_GT(left, 0.05) << "not all of a lone shift is believed";
}

TEST(CombatTest, leaves_constant_genes_and_refuses_single_cells) {
  Cells cells = shifted(20, 3, 7);
  cells.x.col(1).setConstant(2);
  const Eigen::MatrixXd y = fit_combat(cells).apply(cells);
  EXPECT_EQ(y.col(1), cells.x.col(1));
  EXPECT_TRUE(y.allFinite());
  Rng rng(1);
  EXPECT_THROW(fit_combat(stacked({normal_matrix(5, 3, rng), normal_matrix(1, 3, rng)})), Error);
}

}  // namespace
}  // namespace geocyte::baselines
