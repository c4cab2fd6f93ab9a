// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/h5ad_reader.h"

#include <algorithm>
#include <filesystem>
#include <new>
#include <optional>
#include <stdexcept>

#include "engine/core/error.h"
#include "engine/hdf5/attributes.h"
#include "engine/hdf5/h5ad_parts.h"
#include "engine/hdf5/legacy_table.h"
#include "engine/hdf5/matrix_reader.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/table_reader.h"

namespace geocyte::hdf5 {

namespace {

std::string list_text(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

/// A table in obsm (0.7 and later) as a matrix, when all its columns are numbers.
std::optional<data::DenseMatrix> matrix_of_table(hid_t file, const std::string& path) {
  const auto table = read_table(file, path);
  const auto rows = static_cast<std::int64_t>(table.size()), cols = static_cast<std::int64_t>(table.columns.size());
  data::DenseMatrix out{rows, cols, std::vector<float>(static_cast<std::size_t>(rows * cols))};
  for (std::int64_t col = 0; col < cols; ++col) {
    const auto& column = table.columns[static_cast<std::size_t>(col)];
    if (column.numbers.size() != table.size()) return std::nullopt;
    for (std::int64_t row = 0; row < rows; ++row)
      out.row(row)[static_cast<std::size_t>(col)] = static_cast<float>(column.numbers[static_cast<std::size_t>(row)]);
  }
  return out;
}

std::map<std::string, data::DenseMatrix> read_obsm(hid_t file, std::int64_t n_obs) {
  std::map<std::string, data::DenseMatrix> out;
  if (kind_at(file, "obsm") == NodeKind::dataset) {
    out = read_compound_matrices(file, "obsm");
  } else {
    for (const auto& key : members(file, "obsm")) {
      const std::string path = "obsm/" + key;
      if (text_attribute(file, path, "encoding-type") == "dataframe") {
        if (auto matrix = matrix_of_table(file, path)) out.emplace(key, std::move(*matrix));
      } else if (describe_matrix(file, path)) {
        out.emplace(key, read_dense(file, path, n_obs));
      }
    }
  }
  for (const auto& [key, matrix] : out)
    if (matrix.rows != n_obs)
      throw Error(ErrorCode::bad_data, "obsm/" + key + " has " + std::to_string(matrix.rows) + " rows for " +
                                           std::to_string(n_obs) + " cells");
  return out;
}

data::CsrMatrix empty_matrix(std::int64_t rows, std::int64_t cols) {
  return {rows, cols, {}, {}, std::vector<std::int64_t>(static_cast<std::size_t>(rows) + 1, 0)};
}

/// Where the expression is, by the options; "" when there is none and none is asked for.
std::string expression_path(hid_t file, const H5adOptions& options) {
  if (options.use_raw) {
    const std::string path = raw_parts(file).x;
    if (!path.empty() && kind_at(file, path) != NodeKind::none) return path;
    throw Error(ErrorCode::bad_data, "The file has no raw counts (no `raw`)", "Take X or a layer instead.");
  }
  if (!options.x_layer.empty()) {
    const std::string path = "layers/" + options.x_layer;
    if (kind_at(file, path) != NodeKind::none) return path;
    throw Error(ErrorCode::bad_data, "The file has no layer " + options.x_layer + "; it has: " +
                                         list_text(members(file, "layers")));
  }
  if (describe_matrix(file, "X")) return "X";
  if (!options.require_x && kind_at(file, "X") != NodeKind::group) return {};
  throw Error(ErrorCode::bad_data, "The file has no expression matrix X",
              "Layers it has: " + list_text(members(file, "layers")) + ".");
}

data::Dataset read_open_file(hid_t file, const std::string& path, const H5adOptions& options) {
  data::Dataset out;
  out.path = path;
  out.name = std::filesystem::path(path).stem().string();
  out.obs = read_table(file, "obs");
  out.var = read_table(file, options.use_raw && !raw_parts(file).var.empty() ? raw_parts(file).var : "var");
  const auto n_obs = static_cast<std::int64_t>(out.obs.size()), n_vars = static_cast<std::int64_t>(out.var.size());
  const std::string x = options.expression ? expression_path(file, options) : std::string();
  out.x = x.empty() ? data::Matrix(empty_matrix(n_obs, n_vars)) : read_matrix(file, x, n_obs, n_vars);
  if (options.layers && options.expression && !options.use_raw)
    for (const auto& key : members(file, "layers"))
      if (describe_matrix(file, "layers/" + key) && "layers/" + key != x)
        out.layers.emplace(key, read_matrix(file, "layers/" + key, n_obs, n_vars));
  if (options.obsm) out.obsm = read_obsm(file, n_obs);
  out.uns = read_uns_texts(file);
  out.simulated = out.uns.contains(kSimulatedKey);
  return out;
}

}  // namespace

data::Dataset read_h5ad(const std::string& path, const H5adOptions& options) {
  EntryGuard guard;
  const Handle file = open_h5ad(path);
  return with_context("reading " + path, [&] {
    try {
      return read_open_file(file.get(), path, options);
    } catch (const std::bad_alloc&) {
      throw Error(ErrorCode::out_of_memory, "There is not enough memory to hold the file");
    } catch (const std::length_error&) {
      throw Error(ErrorCode::bad_data, "The file claims an impossible size");
    }
  });
}

}  // namespace geocyte::hdf5
