// SPDX-License-Identifier: GPL-3.0-or-later
// Expression matrices: rows are cells (obs), columns are genes (var).
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace geocyte::data {

/// Row-major dense matrix.
struct DenseMatrix {
  std::int64_t rows = 0, cols = 0;
  std::vector<float> values;    ///< rows * cols
  std::span<const float> row(std::int64_t i) const { return {values.data() + i * cols, static_cast<std::size_t>(cols)}; }
  std::span<float> row(std::int64_t i) { return {values.data() + i * cols, static_cast<std::size_t>(cols)}; }
};

/// Compressed sparse rows; column indices ascending within a row, no duplicates (readers guarantee both).
struct CsrMatrix {
  std::int64_t rows = 0, cols = 0;
  std::vector<float> values;
  std::vector<std::int32_t> indices;
  std::vector<std::int64_t> indptr;   ///< rows + 1
};

using Matrix = std::variant<DenseMatrix, CsrMatrix>;

std::int64_t rows(const Matrix& m);
std::int64_t cols(const Matrix& m);
/// Sum of each row (library size), in double.
std::vector<double> row_sums(const Matrix& m);
/// Dense copy of some columns in the given order; -1 gives a column of zeros.
DenseMatrix select_columns(const Matrix& m, std::span<const std::int64_t> columns);
/// Some rows, in the given order, same storage kind.
Matrix select_rows(const Matrix& m, std::span<const std::int64_t> row_ids);
DenseMatrix to_dense(const Matrix& m);
CsrMatrix to_csr(const Matrix& m);
/// Number of non-finite values.
std::int64_t count_non_finite(const Matrix& m);

/// What the stored values look like; the zeros that a sparse matrix leaves out count for none of it but the extremes.
struct ValueFacts {
  double minimum = 0, maximum = 0, sum = 0;    ///< of the finite ones; minimum <= 0 <= maximum
  std::int64_t non_finite = 0, negative = 0, fractional = 0;
  float example = 0;                           ///< the first value that is not a whole number
};
ValueFacts value_facts(const Matrix& m);

}  // namespace geocyte::data
