// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/row_reader.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/hdf5/h5ad_parts.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/hdf5/matrix_reader.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/values.h"

namespace geocyte::hdf5 {
namespace {

std::string path_of(hid_t file, const std::string& place) {
  if (place == "X") return "X";
  if (place == "raw") return raw_parts(file).x;
  return "layers/" + place;
}

/// A block of a data set of one or two dimensions, along the first.
template <class T>
std::vector<T> read_block(hid_t location, const std::string& path, hid_t type, std::int64_t begin, std::int64_t count, std::int64_t width) {
  const Handle dataset = open_dataset(location, path);
  const auto sizes = extents(dataset.get());
  if (!sizes || sizes->empty() || (*sizes)[0] < begin + count) throw Error(ErrorCode::bad_data, path + " is damaged: it is shorter than it says");
  std::vector<T> values(static_cast<std::size_t>(count * width));
  if (values.empty()) return values;
  std::array<hsize_t, 2> start{static_cast<hsize_t>(begin), 0}, size{static_cast<hsize_t>(count), static_cast<hsize_t>(width)};
  const int rank = static_cast<int>(sizes->size());
  const Handle file_space(H5Dget_space(dataset.get()));
  const Handle memory_space(H5Screate_simple(rank, size.data(), nullptr));
  if (H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) < 0 ||
      H5Dread(dataset.get(), type, memory_space.get(), file_space.get(), H5P_DEFAULT, values.data()) < 0)
    throw_unreadable(dataset.get(), path);
  return values;
}

}  // namespace

struct RowReader::Parts {
  EntryGuard guard;
  Handle file;
  std::string path;                        // of the matrix in the file
  data::Dataset tables;
  MatrixShape shape;
  std::vector<std::int64_t> indptr;        // of CSR
  std::optional<data::Matrix> whole;       // of CSC, and of what is stored flat
};

RowReader::RowReader(const std::string& path, const std::string& place) : parts_(std::make_unique<Parts>()) {
  with_context("reading " + path, [&] {
    parts_->tables = read_h5ad(path, {.layers = false, .use_raw = place == "raw", .expression = false});
    parts_->file = open_h5ad(path);
    parts_->path = path_of(parts_->file.get(), place);
    const auto found = parts_->path.empty() ? std::nullopt : describe_matrix(parts_->file.get(), parts_->path);
    if (!found)
      throw Error(ErrorCode::bad_data, "The file has no expression in " + (place == "X" || place == "raw" ? place : "the layer " + place));
    parts_->shape = *found;
    const std::vector<std::int64_t> wanted{rows(), cols()};
    if (found->storage == MatrixStorage::csr && found->shape == wanted) {
      parts_->indptr = read_numbers_at<std::int64_t>(parts_->file.get(), parts_->path + "/indptr");
      const auto& indptr = parts_->indptr;
      if (static_cast<std::int64_t>(indptr.size()) != rows() + 1 || indptr.front() != 0 || !std::is_sorted(indptr.begin(), indptr.end()))
        throw Error(ErrorCode::bad_data, parts_->path + " is damaged: indptr does not rise from 0");
    } else if (found->storage != MatrixStorage::dense || found->shape != wanted) {
      parts_->whole = read_matrix(parts_->file.get(), parts_->path, rows(), cols());
    }
  });
}

RowReader::~RowReader() = default;

std::int64_t RowReader::rows() const { return static_cast<std::int64_t>(parts_->tables.obs.size()); }
std::int64_t RowReader::cols() const { return static_cast<std::int64_t>(parts_->tables.var.size()); }
const data::Dataset& RowReader::tables() const { return parts_->tables; }

data::Matrix RowReader::read(std::int64_t begin, std::int64_t end) const {
  require(0 <= begin && begin <= end && end <= rows(), "rows that are read lie in the file");
  const hid_t file = parts_->file.get();
  const std::int64_t count = end - begin;
  if (parts_->whole) {
    std::vector<std::int64_t> ids(static_cast<std::size_t>(count));
    std::iota(ids.begin(), ids.end(), begin);
    return data::select_rows(*parts_->whole, ids);
  }
  if (parts_->shape.storage == MatrixStorage::dense)
    return data::DenseMatrix{count, cols(), read_block<float>(file, parts_->path, H5T_NATIVE_FLOAT, begin, count, cols())};
  data::CsrMatrix block;
  block.rows = count;
  block.cols = cols();
  const std::int64_t first = parts_->indptr[static_cast<std::size_t>(begin)], stored = parts_->indptr[static_cast<std::size_t>(end)] - first;
  block.indices = read_block<std::int32_t>(file, parts_->path + "/indices", H5T_NATIVE_INT32, first, stored, 1);
  block.values = read_block<float>(file, parts_->path + "/data", H5T_NATIVE_FLOAT, first, stored, 1);
  for (std::int64_t row = begin; row <= end; ++row) block.indptr.push_back(parts_->indptr[static_cast<std::size_t>(row)] - first);
  for (const std::int32_t index : block.indices)
    if (index < 0 || index >= block.cols) throw Error(ErrorCode::bad_data, parts_->path + " is damaged: it has an index outside of its genes");
  canonicalise(block);
  return block;
}

}  // namespace geocyte::hdf5
