// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/matrix.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::data {
namespace {

DenseMatrix small() { return {3, 4, {1, 0, 0, 2, 0, 0, 0, 0, 0, 3, 4, 5}}; }

DenseMatrix random_counts(std::int64_t rows, std::int64_t cols) {
  Rng rng(3);
  DenseMatrix m{rows, cols, {}};
  for (std::int64_t i = 0; i < rows * cols; ++i) m.values.push_back(static_cast<float>(rng.poisson(0.4)));
  return m;
}

TEST(Matrix, SparseFormHoldsOnlyWhatIsNotZero) {
  const CsrMatrix sparse = to_csr(small());
  EXPECT_EQ(sparse.values, (std::vector<float>{1, 2, 3, 4, 5}));
  EXPECT_EQ(sparse.indices, (std::vector<std::int32_t>{0, 3, 1, 2, 3}));
  EXPECT_EQ(sparse.indptr, (std::vector<std::int64_t>{0, 2, 2, 5}));
}

TEST(Matrix, DenseToSparseAndBackIsTheIdentity) {
  const DenseMatrix m = random_counts(30, 17);
  EXPECT_EQ(to_dense(to_csr(m)).values, m.values);
}

TEST(Matrix, BothFormsGiveTheSameSumsRowsAndColumns) {
  const Matrix dense = random_counts(20, 9), sparse = to_csr(dense);
  EXPECT_EQ(row_sums(dense), row_sums(sparse));
  const std::vector<std::int64_t> columns{8, -1, 2, 2, 0}, row_ids{5, 5, 0, 19};
  EXPECT_EQ(select_columns(dense, columns).values, select_columns(sparse, columns).values);
  EXPECT_EQ(to_dense(select_rows(dense, row_ids)).values, to_dense(select_rows(sparse, row_ids)).values);
  EXPECT_TRUE(std::holds_alternative<CsrMatrix>(select_rows(sparse, row_ids)));
}

TEST(Matrix, ColumnsComeInTheGivenOrderAndMinusOneIsZero) {
  const std::vector<std::int64_t> columns{3, -1, 0};
  EXPECT_EQ(select_columns(small(), columns).values, (std::vector<float>{2, 0, 1, 0, 0, 0, 5, 0, 0}));
}

TEST(Matrix, RowSumsRunInDouble) {
  DenseMatrix m{1, 3, {16777216.0F, 1, 1}};  // 2^24: in float the ones would be lost
  EXPECT_EQ(row_sums(m)[0], 16777218.0);
}

TEST(Matrix, RefusesRowsAndColumnsThatDoNotExist) {
  const std::vector<std::int64_t> four{4}, three{3}, negative{-2};
  EXPECT_THROW(select_columns(small(), four), Error);
  EXPECT_THROW(select_columns(small(), negative), Error);
  EXPECT_THROW(select_rows(small(), three), Error);
}

TEST(Matrix, CountsNonFiniteValuesInBothForms) {
  DenseMatrix m = small();
  m.values[1] = std::numeric_limits<float>::quiet_NaN();
  m.values[2] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(count_non_finite(m), 2);
  EXPECT_EQ(count_non_finite(to_csr(m)), 2);
}

TEST(Matrix, MayBeEmpty) {
  const Matrix none = DenseMatrix{0, 4, {}};
  EXPECT_EQ(rows(none), 0);
  EXPECT_TRUE(row_sums(to_csr(none)).empty());
  EXPECT_EQ(select_columns(none, std::vector<std::int64_t>{1}).cols, 1);
}

}  // namespace
}  // namespace geocyte::data
