// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/matrix_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/hdf5/attributes.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/values.h"

namespace geocyte::hdf5 {

namespace {

/// A sparse matrix as stored: `major` is the compressed axis (rows of CSR, columns of CSC).
struct Compressed {
  std::int64_t major = 0, minor = 0;
  std::vector<std::int64_t> indptr;
  std::vector<std::int32_t> indices;
  std::vector<float> values;
};

std::optional<MatrixStorage> sparse_format(hid_t location, const std::string& path) {
  const std::string type = text_attribute(location, path, "encoding-type");
  const std::string old = text_attribute(location, path, "h5sparse_format");
  if (type == "csr_matrix" || old == "csr") return MatrixStorage::csr;
  if (type == "csc_matrix" || old == "csc") return MatrixStorage::csc;
  return std::nullopt;
}

std::vector<std::int64_t> sparse_shape(hid_t location, const std::string& path) {
  for (const char* name : {"shape", "h5sparse_shape"})
    if (auto shape = integer_attribute(location, path, name)) {
      if (shape->size() != 2 || shape->at(0) < 0 || shape->at(1) < 0)
        throw Error(ErrorCode::bad_data, path + " is damaged: a sparse matrix needs a shape of two extents");
      return *shape;
    }
  throw Error(ErrorCode::bad_data, path + " is damaged: the sparse matrix does not say its shape");
}

void check_compressed(const Compressed& m, const std::string& path) {
  const auto fail = [&](const std::string& what) { throw Error(ErrorCode::bad_data, path + " is damaged: " + what); };
  if (static_cast<std::int64_t>(m.indptr.size()) != m.major + 1)
    fail("indptr has " + std::to_string(m.indptr.size()) + " entries where " + std::to_string(m.major + 1) + " belong");
  if (m.indptr.front() != 0) fail("indptr does not start at 0");
  for (std::int64_t i = 0; i < m.major; ++i)
    if (m.indptr[i + 1] < m.indptr[i]) fail("indptr falls at entry " + std::to_string(i + 1));
  if (m.indices.size() != m.values.size())
    fail(std::to_string(m.indices.size()) + " indices for " + std::to_string(m.values.size()) + " values");
  if (m.indptr.back() != static_cast<std::int64_t>(m.indices.size()))
    fail("indptr ends at " + std::to_string(m.indptr.back()) + " but there are " + std::to_string(m.indices.size()) +
         " indices");
  for (const std::int32_t index : m.indices)
    if (index < 0 || index >= m.minor)
      fail("it has an index " + std::to_string(index) + " outside 0 .. " + std::to_string(m.minor - 1));
}

Compressed read_compressed(hid_t location, const std::string& path, MatrixStorage format) {
  const auto shape = sparse_shape(location, path);
  Compressed m;
  m.major = format == MatrixStorage::csr ? shape[0] : shape[1];
  m.minor = format == MatrixStorage::csr ? shape[1] : shape[0];
  if (std::max(m.major, m.minor) >= std::numeric_limits<std::int32_t>::max())
    throw Error(ErrorCode::bad_data, path + " has more than 2^31 rows or columns");
  // 64-bit indices are clipped to 32 bits while reading; the bounds check then finds those that did not fit.
  m.indptr = read_numbers_at<std::int64_t>(location, path + "/indptr");
  m.indices = read_numbers_at<std::int32_t>(location, path + "/indices");
  m.values = read_numbers_at<float>(location, path + "/data");
  check_compressed(m, path);
  return m;
}

/// CSC -> CSR by counting; walking the columns in order leaves the indices of every row ascending.
data::CsrMatrix transposed(const Compressed& csc) {
  data::CsrMatrix csr;
  csr.rows = csc.minor;
  csr.cols = csc.major;
  csr.indptr.assign(static_cast<std::size_t>(csr.rows) + 1, 0);
  for (const std::int32_t row : csc.indices) ++csr.indptr[static_cast<std::size_t>(row) + 1];
  for (std::int64_t i = 0; i < csr.rows; ++i) csr.indptr[i + 1] += csr.indptr[i];
  csr.indices.resize(csc.indices.size());
  csr.values.resize(csc.values.size());
  std::vector<std::int64_t> next(csr.indptr.begin(), csr.indptr.end() - 1);
  for (std::int64_t col = 0; col < csc.major; ++col)
    for (std::int64_t k = csc.indptr[col]; k < csc.indptr[col + 1]; ++k) {
      const std::int64_t at = next[static_cast<std::size_t>(csc.indices[k])]++;
      csr.indices[at] = static_cast<std::int32_t>(col);
      csr.values[at] = csc.values[k];
    }
  return csr;
}

bool ascending(const data::CsrMatrix& m) {
  for (std::int64_t row = 0; row < m.rows; ++row)
    for (std::int64_t k = m.indptr[row] + 1; k < m.indptr[row + 1]; ++k)
      if (m.indices[k] <= m.indices[k - 1]) return false;
  return true;
}

data::CsrMatrix read_sparse(hid_t location, const std::string& path, MatrixStorage format) {
  Compressed m = read_compressed(location, path, format);
  data::CsrMatrix csr;
  if (format == MatrixStorage::csc) {
    csr = transposed(m);
  } else {
    csr.rows = m.major;
    csr.cols = m.minor;
    csr.indptr = std::move(m.indptr);
    csr.indices = std::move(m.indices);
    csr.values = std::move(m.values);
  }
  canonicalise(csr);
  return csr;
}

[[noreturn]] void throw_shape(const std::string& path, const std::vector<std::int64_t>& given, const std::string& wanted) {
  throw Error(ErrorCode::bad_data,
              path + " has the shape " + shape_text(given) + ", but obs and var ask for " + wanted);
}

}  // namespace

void canonicalise(data::CsrMatrix& m) {
  if (ascending(m)) return;
  std::vector<std::pair<std::int32_t, float>> entries;
  std::int64_t out = 0, start = 0;
  for (std::int64_t row = 0; row < m.rows; ++row) {
    const std::int64_t end = m.indptr[row + 1];
    entries.clear();
    for (std::int64_t k = start; k < end; ++k) entries.emplace_back(m.indices[k], m.values[k]);
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const std::int64_t row_start = out;
    for (const auto& [index, value] : entries) {
      if (out > row_start && m.indices[out - 1] == index) {
        m.values[out - 1] += value;
      } else {
        m.indices[out] = index;
        m.values[out++] = value;
      }
    }
    start = end;
    m.indptr[row + 1] = out;
  }
  m.indices.resize(static_cast<std::size_t>(out));
  m.values.resize(static_cast<std::size_t>(out));
}

std::optional<MatrixShape> describe_matrix(hid_t location, const std::string& path) {
  const NodeKind kind = kind_at(location, path);
  MatrixShape out;
  if (kind == NodeKind::group) {
    const auto format = sparse_format(location, path);
    if (!format || kind_at(location, path + "/data") != NodeKind::dataset) return std::nullopt;
    out.storage = *format;
    out.shape = sparse_shape(location, path);
  }
  if (kind == NodeKind::none || kind == NodeKind::other) return std::nullopt;
  const Handle dataset = open_dataset(location, kind == NodeKind::group ? path + "/data" : path);
  const Handle type(H5Dget_type(dataset.get()));
  const H5T_class_t element = H5Tget_class(type.get());
  const auto sizes = extents(dataset.get());
  if (!sizes || (element != H5T_INTEGER && element != H5T_FLOAT && element != H5T_ENUM)) return std::nullopt;
  if (kind == NodeKind::dataset) out.shape = *sizes;
  out.element = element_name(type.get());
  out.stored = element_count(sizes, path);
  return out;
}

data::Matrix read_matrix(hid_t location, const std::string& path, std::int64_t rows, std::int64_t cols) {
  const auto found = describe_matrix(location, path);
  if (!found) throw Error(ErrorCode::bad_data, path + " is neither a dense nor a CSR nor a CSC matrix of numbers");
  const std::string wanted = std::to_string(rows) + " x " + std::to_string(cols);
  if (found->storage != MatrixStorage::dense) {
    if (found->shape != std::vector<std::int64_t>{rows, cols}) throw_shape(path, found->shape, wanted);
    return read_sparse(location, path, found->storage);
  }
  // Before 0.7 a matrix with one gene was stored with one dimension.
  const bool flat = found->shape.size() == 1 && cols == 1 && found->shape[0] == rows;
  if (!flat && found->shape != std::vector<std::int64_t>{rows, cols}) throw_shape(path, found->shape, wanted);
  return data::DenseMatrix{rows, cols, read_numbers_at<float>(location, path)};
}

data::DenseMatrix read_dense(hid_t location, const std::string& path, std::int64_t rows) {
  const auto found = describe_matrix(location, path);
  if (!found || found->shape.empty())
    throw Error(ErrorCode::bad_data, path + " is no array of numbers");
  if (found->shape[0] != rows) throw_shape(path, found->shape, std::to_string(rows) + " rows");
  if (found->storage != MatrixStorage::dense) return data::to_dense(read_sparse(location, path, found->storage));
  std::int64_t cols = 1;
  for (std::size_t axis = 1; axis < found->shape.size(); ++axis) cols *= found->shape[axis];
  return data::DenseMatrix{rows, cols, read_numbers_at<float>(location, path)};
}

}  // namespace geocyte::hdf5
