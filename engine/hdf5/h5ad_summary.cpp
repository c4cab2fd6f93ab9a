// SPDX-License-Identifier: GPL-3.0-or-later
// The light half of h5ad_reader.h: tables are read, matrices are only described.
#include <algorithm>

#include "engine/core/error.h"
#include "engine/hdf5/attributes.h"
#include "engine/hdf5/filters.h"
#include "engine/hdf5/h5ad_parts.h"
#include "engine/hdf5/h5ad_reader.h"
#include "engine/hdf5/legacy_table.h"
#include "engine/hdf5/matrix_reader.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/table_reader.h"

namespace geocyte::hdf5 {

namespace {

const char* name_of(data::ColumnKind kind) {
  switch (kind) {
    case data::ColumnKind::numeric: return "numeric";
    case data::ColumnKind::boolean: return "boolean";
    case data::ColumnKind::text: return "text";
    case data::ColumnKind::categorical: return "categorical";
  }
  return "";
}

std::vector<H5adColumn> describe_columns(const data::Table& table) {
  constexpr std::size_t kMostCategories = 200;
  std::vector<H5adColumn> out;
  for (const auto& column : table.columns) {
    H5adColumn described{column.name, name_of(column.kind), {}, static_cast<std::int64_t>(column.categories.size())};
    const auto end = column.categories.begin() +
                     static_cast<std::ptrdiff_t>(std::min(column.categories.size(), kMostCategories));
    described.categories.assign(column.categories.begin(), end);
    out.push_back(std::move(described));
  }
  return out;
}

H5adArray describe_array(const std::string& name, const MatrixShape& found) {
  const char* storage = found.storage == MatrixStorage::csr ? "csr" : found.storage == MatrixStorage::csc ? "csc" : "dense";
  return {name, storage, found.element, found.shape, found.stored};
}

std::vector<H5adArray> describe_arrays(hid_t file, const std::string& group) {
  std::vector<H5adArray> out;
  for (const auto& key : members(file, group)) {
    if (const auto found = describe_matrix(file, group + "/" + key)) {
      out.push_back(describe_array(key, *found));
    } else if (text_attribute(file, group + "/" + key, "encoding-type") == "dataframe") {
      const auto columns = text_list_attribute(file, group + "/" + key, "column-order").value_or(std::vector<std::string>{});
      out.push_back({key, "table", "", {-1, static_cast<std::int64_t>(columns.size())}, 0});
    }
  }
  return out;
}

std::vector<H5adArray> describe_obsm(hid_t file, std::int64_t n_obs) {
  std::vector<H5adArray> out;
  if (kind_at(file, "obsm") == NodeKind::dataset) {
    for (const auto& [key, matrix] : read_compound_matrices(file, "obsm"))
      out.push_back({key, "dense", "float32", {matrix.rows, matrix.cols}, matrix.rows * matrix.cols});
    return out;
  }
  out = describe_arrays(file, "obsm");
  for (auto& array : out)
    if (array.storage == "table") {
      array.shape[0] = n_obs;
      array.stored = n_obs * array.shape[1];
    }
  return out;
}

/// Pairwise graphs; 0.7 and older keep those of the neighbours in uns.
std::vector<H5adArray> describe_obsp(hid_t file) {
  auto out = describe_arrays(file, "obsp");
  for (const char* key : {"connectivities", "distances"})
    if (out.size() < 2 && kind_at(file, "obsp") == NodeKind::none)
      if (const auto found = describe_matrix(file, std::string("uns/neighbors/") + key))
        out.push_back(describe_array(key, *found));
  return out;
}

std::string filter_problem(hid_t file) {
  const NodeKind kind = kind_at(file, "X");
  if (kind == NodeKind::none) return {};
  const Handle dataset = open_dataset(file, kind == NodeKind::group ? "X/data" : "X");
  const std::string problem = missing_filter(dataset.get());
  return problem.empty() ? problem : "X is " + problem + ".";
}

}  // namespace

H5adSummary summarize_h5ad(const std::string& path) {
  EntryGuard guard;
  const Handle file = open_h5ad(path);
  return with_context("reading " + path, [&] {
    H5adSummary out;
    out.path = path;
    out.layout = layout_of(file.get());
    const auto obs = read_table(file.get(), "obs"), var = read_table(file.get(), "var");
    out.n_obs = static_cast<std::int64_t>(obs.size());
    out.n_vars = static_cast<std::int64_t>(var.size());
    out.obs = describe_columns(obs);
    out.var = describe_columns(var);
    out.has_raw = !raw_parts(file.get()).x.empty();
    if (const auto found = describe_matrix(file.get(), "X")) {
      out.has_x = true;
      out.x = describe_array("X", *found);
      out.unreadable = filter_problem(file.get());
    }
    out.layers = describe_arrays(file.get(), "layers");
    out.obsm = describe_obsm(file.get(), out.n_obs);
    out.obsp = describe_obsp(file.get());
    out.uns = members(file.get(), "uns");
    out.simulated = std::find(out.uns.begin(), out.uns.end(), kSimulatedKey) != out.uns.end();
    return out;
  });
}

}  // namespace geocyte::hdf5
