// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/matrix.h"

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"

namespace geocyte::data {
namespace {

void check_columns(std::span<const std::int64_t> columns, std::int64_t cols) {
  for (const auto column : columns) require(column >= -1 && column < cols, "a selected column exists");
}

DenseMatrix select_from(const DenseMatrix& m, std::span<const std::int64_t> columns) {
  DenseMatrix result{m.rows, static_cast<std::int64_t>(columns.size()), {}};
  result.values.resize(static_cast<std::size_t>(result.rows * result.cols));
  for (std::int64_t i = 0; i < m.rows; ++i) {
    const auto from = m.row(i);
    const auto to = result.row(i);
    for (std::size_t j = 0; j < columns.size(); ++j) to[j] = columns[j] < 0 ? 0.0F : from[columns[j]];
  }
  return result;
}

DenseMatrix select_from(const CsrMatrix& m, std::span<const std::int64_t> columns) {
  DenseMatrix result{m.rows, static_cast<std::int64_t>(columns.size()), {}};
  result.values.resize(static_cast<std::size_t>(result.rows * result.cols));
  // A column may be asked for twice, so each column keeps the head of a chain of its places in the result.
  std::vector<std::int64_t> first(static_cast<std::size_t>(m.cols), -1), next(columns.size(), -1);
  for (std::size_t j = columns.size(); j-- > 0;) {
    if (columns[j] < 0) continue;
    next[j] = first[columns[j]];
    first[columns[j]] = static_cast<std::int64_t>(j);
  }
  for (std::int64_t i = 0; i < m.rows; ++i) {
    const auto to = result.row(i);
    for (std::int64_t k = m.indptr[i]; k < m.indptr[i + 1]; ++k)
      for (std::int64_t j = first[m.indices[k]]; j >= 0; j = next[j]) to[j] = m.values[k];
  }
  return result;
}

DenseMatrix rows_from(const DenseMatrix& m, std::span<const std::int64_t> row_ids) {
  DenseMatrix result{static_cast<std::int64_t>(row_ids.size()), m.cols, {}};
  result.values.reserve(static_cast<std::size_t>(result.rows * result.cols));
  for (const auto id : row_ids) {
    const auto row = m.row(id);
    result.values.insert(result.values.end(), row.begin(), row.end());
  }
  return result;
}

CsrMatrix rows_from(const CsrMatrix& m, std::span<const std::int64_t> row_ids) {
  CsrMatrix result;
  result.rows = static_cast<std::int64_t>(row_ids.size());
  result.cols = m.cols;
  result.indptr.reserve(row_ids.size() + 1);
  result.indptr.push_back(0);
  std::int64_t stored = 0;
  for (const auto id : row_ids) result.indptr.push_back(stored += m.indptr[id + 1] - m.indptr[id]);
  result.values.reserve(static_cast<std::size_t>(stored));
  result.indices.reserve(static_cast<std::size_t>(stored));
  for (const auto id : row_ids) {
    const auto begin = m.indptr[id], end = m.indptr[id + 1];
    result.values.insert(result.values.end(), m.values.begin() + begin, m.values.begin() + end);
    result.indices.insert(result.indices.end(), m.indices.begin() + begin, m.indices.begin() + end);
  }
  return result;
}

}  // namespace

std::int64_t rows(const Matrix& m) {
  return std::visit([](const auto& matrix) { return matrix.rows; }, m);
}

std::int64_t cols(const Matrix& m) {
  return std::visit([](const auto& matrix) { return matrix.cols; }, m);
}

std::vector<double> row_sums(const Matrix& m) {
  std::vector<double> sums(static_cast<std::size_t>(rows(m)), 0.0);
  if (const auto* dense = std::get_if<DenseMatrix>(&m)) {
    for (std::int64_t i = 0; i < dense->rows; ++i)
      for (const float value : dense->row(i)) sums[i] += value;
  } else {
    const auto& sparse = std::get<CsrMatrix>(m);
    for (std::int64_t i = 0; i < sparse.rows; ++i)
      for (std::int64_t k = sparse.indptr[i]; k < sparse.indptr[i + 1]; ++k) sums[i] += sparse.values[k];
  }
  return sums;
}

DenseMatrix select_columns(const Matrix& m, std::span<const std::int64_t> columns) {
  check_columns(columns, cols(m));
  return std::visit([&](const auto& matrix) { return select_from(matrix, columns); }, m);
}

Matrix select_rows(const Matrix& m, std::span<const std::int64_t> row_ids) {
  for (const auto id : row_ids) require(id >= 0 && id < rows(m), "a selected row exists");
  return std::visit([&](const auto& matrix) -> Matrix { return rows_from(matrix, row_ids); }, m);
}

DenseMatrix to_dense(const Matrix& m) {
  if (const auto* dense = std::get_if<DenseMatrix>(&m)) return *dense;
  const auto& sparse = std::get<CsrMatrix>(m);
  DenseMatrix result{sparse.rows, sparse.cols, {}};
  result.values.resize(static_cast<std::size_t>(result.rows * result.cols));
  for (std::int64_t i = 0; i < sparse.rows; ++i) {
    const auto row = result.row(i);
    for (std::int64_t k = sparse.indptr[i]; k < sparse.indptr[i + 1]; ++k) row[sparse.indices[k]] = sparse.values[k];
  }
  return result;
}

CsrMatrix to_csr(const Matrix& m) {
  if (const auto* sparse = std::get_if<CsrMatrix>(&m)) return *sparse;
  const auto& dense = std::get<DenseMatrix>(m);
  CsrMatrix result;
  result.rows = dense.rows;
  result.cols = dense.cols;
  result.indptr.reserve(static_cast<std::size_t>(dense.rows) + 1);
  result.indptr.push_back(0);
  for (std::int64_t i = 0; i < dense.rows; ++i) {
    const auto row = dense.row(i);
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (row[j] == 0) continue;  // NaN compares unequal and stays
      result.values.push_back(row[j]);
      result.indices.push_back(static_cast<std::int32_t>(j));
    }
    result.indptr.push_back(static_cast<std::int64_t>(result.values.size()));
  }
  return result;
}

std::int64_t count_non_finite(const Matrix& m) {
  return std::visit(
      [](const auto& matrix) {
        return static_cast<std::int64_t>(std::count_if(matrix.values.begin(), matrix.values.end(),
                                                       [](float value) { return !std::isfinite(value); }));
      },
      m);
}

ValueFacts value_facts(const Matrix& m) {
  ValueFacts out;
  for (const float value : std::visit([](const auto& matrix) -> const std::vector<float>& { return matrix.values; }, m)) {
    if (!std::isfinite(value)) {
      ++out.non_finite;
      continue;
    }
    out.minimum = std::min<double>(out.minimum, value);
    out.maximum = std::max<double>(out.maximum, value);
    out.sum += value;
    out.negative += value < 0 ? 1 : 0;
    if (value != std::floor(value) && out.fractional++ == 0) out.example = value;
  }
  return out;
}

}  // namespace geocyte::data
