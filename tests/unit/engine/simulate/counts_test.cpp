// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/simulate/counts.h"

#include <gtest/gtest.h>

#include <cmath>

namespace geocyte::simulate {
namespace {

/// Mean and variance of the counts of gene 0 over many equal rows.
struct Moments {
  double mean = 0, variance = 0;
};

Moments moments(const data::CsrMatrix& x) {
  double sum = 0, squares = 0;
  for (std::size_t k = 0; k < x.values.size(); ++k)
    if (x.indices[k] == 0) {
      sum += x.values[k];
      squares += static_cast<double>(x.values[k]) * x.values[k];
    }
  const double n = static_cast<double>(x.rows), mean = sum / n;
  return {mean, squares / n - mean * mean};
}

/// One gene, so that the library is its mean; type 0 has size 1.2, but only shares matter.
Moments draw_one_gene(int cells_per_row, double library, CountModel model) {
  GeneProgrammes genes;
  genes.names = {"g"};
  for (auto& row : genes.rate) row = {2.0f};
  model.factor = {3.0f};
  RowTruth row;
  row.cells[0] = cells_per_row;
  row.library = library;
  Rng rng(5);
  const std::vector<RowTruth> rows(40000, row);
  return moments(draw_counts(rows, genes, model, rng));
}

TEST(CountsTest, the_mean_is_the_library_and_poisson_has_equal_variance) {
  const auto m = draw_one_gene(1, 6, {});
  EXPECT_NEAR(m.mean, 6, 0.06);
  EXPECT_NEAR(m.variance, 6, 0.2);
}

TEST(CountsTest, one_cell_has_the_variance_of_a_negative_binomial) {
  CountModel model;
  model.dispersion = 0.5;
  const auto m = draw_one_gene(1, 6, model);
  EXPECT_NEAR(m.mean, 6, 0.1);
  EXPECT_NEAR(m.variance, 6 + 0.5 * 36, 1.2);
}

TEST(CountsTest, a_spot_of_n_cells_has_the_variance_of_their_sum) {
  CountModel model;
  model.dispersion = 0.5;
  const auto m = draw_one_gene(4, 8, model);   // four cells of mean 2: 4 * (2 + 0.5 * 4)
  EXPECT_NEAR(m.mean, 8, 0.1);
  EXPECT_NEAR(m.variance, 16, 0.6);
}

TEST(CountsTest, dropout_takes_the_share_it_says) {
  CountModel model;
  model.dropout = 0.5;
  const double lost = 0.5 * std::exp(-1.0);
  EXPECT_NEAR(draw_one_gene(1, 1, model).mean, 1 - lost, 0.02);
}

TEST(CountsTest, ambient_counts_follow_the_mean_of_the_slide) {
  GeneProgrammes genes;
  genes.names = {"a", "b"};
  for (auto& row : genes.rate) row = {1, 0};
  genes.rate[1] = {0, 1};
  CountModel model;
  model.factor = {1, 1};
  model.ambient = 0.2;
  RowTruth first, second;
  first.cells[3] = 1;
  second.cells[1] = 1;
  first.library = second.library = 1000;
  Rng rng(1);
  const auto x = draw_counts(std::vector<RowTruth>{first, second}, genes, model, rng);
  const auto dense = data::to_dense(x);
  EXPECT_NEAR(dense.row(0)[1] + dense.row(1)[0], 200, 60) << "what the row's own cell does not express is ambient";
  EXPECT_GT(dense.row(0)[0], 800);
}

TEST(CountsTest, gradients_multiply_graded_genes) {
  GeneProgrammes genes;
  genes.names = {"graded", "plain"};
  for (auto& row : genes.rate) row = {1, 1};
  genes.graded = {0};
  genes.loading = {{std::log(3.0f), 0, 0}};
  CountModel model;
  model.factor = {1, 1};
  RowTruth row;
  row.cells[0] = 1;
  row.gradients = {1, 0, 0};
  row.library = 40000;
  Rng rng(1);
  const auto dense = data::to_dense(draw_counts(std::vector<RowTruth>{row}, genes, model, rng));
  EXPECT_NEAR(dense.row(0)[0] / dense.row(0)[1], 3, 0.1);
}

}  // namespace
}  // namespace geocyte::simulate
