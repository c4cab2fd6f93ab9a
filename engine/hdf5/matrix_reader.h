// SPDX-License-Identifier: GPL-3.0-or-later
// Matrices of AnnData: dense data sets, CSR and CSC groups (typed or by `h5sparse_format`).
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/matrix.h"

namespace geocyte::hdf5 {

enum class MatrixStorage { dense, csr, csc };

struct MatrixShape {
  MatrixStorage storage = MatrixStorage::dense;
  std::vector<std::int64_t> shape;
  std::string element;             ///< "float32"
  std::int64_t stored = 0;         ///< stored values
};

/// What is stored at `path`; none when that is no matrix. Reads no values.
std::optional<MatrixShape> describe_matrix(hid_t location, const std::string& path);

/// Reads a matrix of rows x cols. A dense one stays dense; CSR and CSC become CSR with ascending indices, duplicates
/// summed; explicit zeros are kept. Throws Error{bad_data} when its shape is another one, or when its parts contradict
/// each other: indptr[0] = 0 <= indptr[1] <= … = length of indices = length of data, every index below the other extent.
/// Cost of CSC: one counting pass, O(nnz + rows + cols).
data::Matrix read_matrix(hid_t location, const std::string& path, std::int64_t rows, std::int64_t cols);

/// Sorts each row by index and adds up values of equal index, in place.
void canonicalise(data::CsrMatrix& m);

/// Reads a matrix of `rows` rows as dense; one dimension becomes one column, further dimensions are laid side by side.
data::DenseMatrix read_dense(hid_t location, const std::string& path, std::int64_t rows);

}  // namespace geocyte::hdf5
