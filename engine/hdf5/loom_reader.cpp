// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/loom_reader.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/hdf5/attributes.h"
#include "engine/hdf5/h5ad_parts.h"
#include "engine/hdf5/handle.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/texts.h"
#include "engine/hdf5/values.h"

namespace geocyte::hdf5 {
namespace {

struct Shape {
  std::int64_t genes = 0, cells = 0;
};

Handle open_loom(const std::string& path) {
  const std::string kind = identify_hdf5(path);
  if (kind != "loom")
    throw Error(ErrorCode::bad_data, path + " is not a loom file: it has no row_attrs and col_attrs" + (kind.empty() ? "" : "; it looks like a file of " + kind));
  return open_file(path);
}

Shape shape_of(hid_t file) {
  if (kind_at(file, "matrix") != NodeKind::dataset) throw Error(ErrorCode::bad_data, "The loom file has no matrix");
  const Handle matrix = open_dataset(file, "matrix");
  const auto extent = extents(matrix.get());
  if (!extent || extent->size() != 2) throw Error(ErrorCode::bad_data, "The matrix of the loom file is not two-dimensional");
  return {(*extent)[0], (*extent)[1]};
}

/// A data set among the attributes of rows or columns, and whether it has one or several values an entry.
struct Attribute {
  std::string name;
  std::int64_t width = 1;
  bool text = false;
};

std::vector<Attribute> attributes_of(hid_t file, const std::string& group, std::int64_t length) {
  std::vector<Attribute> out;
  for (const auto& name : members(file, group)) {
    const std::string path = group + "/" + name;
    if (kind_at(file, path) != NodeKind::dataset) continue;
    const Handle dataset = open_dataset(file, path);
    const auto extent = extents(dataset.get());
    if (!extent || extent->empty() || extent->size() > 2) continue;
    if (extent->front() != length)
      throw Error(ErrorCode::bad_data, path + " has " + std::to_string(extent->front()) + " entries, but the matrix has " + std::to_string(length));
    const auto type = element_class(dataset.get());
    if (type != H5T_STRING && type != H5T_INTEGER && type != H5T_FLOAT && type != H5T_ENUM) continue;
    out.push_back({name, extent->size() == 2 ? (*extent)[1] : 1, type == H5T_STRING});
  }
  return out;
}

/// The first of the names that is an attribute of one value.
std::optional<std::string> first_of(const std::vector<Attribute>& attributes, std::initializer_list<const char*> names) {
  for (const char* name : names)
    for (const auto& attribute : attributes)
      if (attribute.name == name && attribute.width == 1) return attribute.name;
  return std::nullopt;
}

std::vector<std::string> index_of(hid_t file, const std::string& group, const std::optional<std::string>& name, std::int64_t length, const char* word) {
  if (name) return read_as_texts(file, group + "/" + *name);
  std::vector<std::string> out;
  for (std::int64_t i = 1; i <= length; ++i) out.push_back(word + std::string("_") + std::to_string(i));
  return out;
}

data::Table table_of(hid_t file, const std::string& group, const std::vector<Attribute>& attributes, const std::optional<std::string>& index, std::int64_t length, const char* word) {
  data::Table table;
  table.index = index_of(file, group, index, length, word);
  for (const auto& attribute : attributes) {
    if (attribute.width != 1 || attribute.name == index) continue;
    data::Column column{.name = attribute.name};
    if (attribute.text) {
      column.kind = data::ColumnKind::text;
      column.texts = read_as_texts(file, group + "/" + attribute.name);
      column = data::as_categorical(column);
    } else {
      column.numbers = read_numbers_at<double>(file, group + "/" + attribute.name);
    }
    table.columns.push_back(std::move(column));
  }
  return table;
}

/// Columns of numbers side by side; none unless all are there.
std::optional<data::DenseMatrix> joined(const data::Table& table, std::initializer_list<const char*> names) {
  const auto rows = static_cast<std::int64_t>(table.size()), cols = static_cast<std::int64_t>(names.size());
  data::DenseMatrix out{rows, cols, std::vector<float>(static_cast<std::size_t>(rows * cols))};
  std::int64_t col = 0;
  for (const char* name : names) {
    const auto* column = table.find(name);
    if (column == nullptr || column->numbers.size() != table.size()) return std::nullopt;
    for (std::int64_t row = 0; row < rows; ++row) out.row(row)[static_cast<std::size_t>(col)] = static_cast<float>(column->numbers[static_cast<std::size_t>(row)]);
    ++col;
  }
  return out;
}

bool names_places(const std::string& name) {
  const std::string lower = lower_case(name);
  return lower == "spatial" || lower == "x_spatial" || lower == "coordinates" || lower == "spatial_coordinates" || lower == "spatialcoordinates";
}

void add_obsm(hid_t file, const std::vector<Attribute>& attributes, data::Dataset& dataset) {
  const auto cells = static_cast<std::int64_t>(dataset.obs.size());
  for (const auto& attribute : attributes) {
    if (attribute.width < 2 || attribute.text) continue;
    auto values = read_numbers_at<float>(file, "col_attrs/" + attribute.name);
    dataset.obsm.emplace(names_places(attribute.name) ? "spatial" : attribute.name, data::DenseMatrix{cells, attribute.width, std::move(values)});
  }
  const auto add = [&](const char* key, std::initializer_list<const char*> names) {
    if (dataset.obsm.contains(key)) return;
    if (auto matrix = joined(dataset.obs, names)) dataset.obsm.emplace(key, std::move(*matrix));
  };
  add("spatial", {"X", "Y", "Z"});
  add("spatial", {"X", "Y"});
  add("spatial", {"x", "y", "z"});
  add("spatial", {"x", "y"});
  add("X_tsne", {"_tSNE_1", "_tSNE_2"});
  add("X_embedding", {"_X", "_Y"});
}

/// genes x cells as stored, turned into rows of cells.
data::Matrix cells_by_genes(hid_t file, const Shape& shape) {
  {
    const Handle matrix = open_dataset(file, "matrix");
    require_plausible_size(matrix.get(), 4 * element_count(extents(matrix.get()), "matrix"), "matrix");
  }
  const auto stored = read_numbers_at<float>(file, "matrix");
  const auto zeros = std::count(stored.begin(), stored.end(), 0.0f);
  data::DenseMatrix dense{shape.cells, shape.genes, std::vector<float>(stored.size())};
  constexpr std::int64_t kTile = 32;       // both sides stay in the cache
  for (std::int64_t first_gene = 0; first_gene < shape.genes; first_gene += kTile)
    for (std::int64_t first_cell = 0; first_cell < shape.cells; first_cell += kTile)
      for (std::int64_t gene = first_gene; gene < std::min(shape.genes, first_gene + kTile); ++gene)
        for (std::int64_t cell = first_cell; cell < std::min(shape.cells, first_cell + kTile); ++cell)
          dense.values[static_cast<std::size_t>(cell * shape.genes + gene)] = stored[static_cast<std::size_t>(gene * shape.cells + cell)];
  if (2 * zeros < static_cast<std::ptrdiff_t>(stored.size())) return dense;
  return data::to_csr(dense);
}

std::string version_of(hid_t file) {
  for (const char* place : {".", "attrs"}) {
    if (std::string(place) != "." && kind_at(file, place) != NodeKind::group) continue;
    if (auto version = text_attribute(file, place, "LOOM_SPEC_VERSION"); !version.empty()) return version;
  }
  if (kind_at(file, "attrs/LOOM_SPEC_VERSION") == NodeKind::dataset) return read_as_texts(file, "attrs/LOOM_SPEC_VERSION").front();
  return "1";
}

}  // namespace

data::Dataset read_loom(const std::string& path, const LoomOptions& options) {
  EntryGuard guard;
  return with_context("reading " + path, [&] {
    const Handle opened = open_loom(path);
    const hid_t file = opened.get();
    const Shape shape = shape_of(file);
    const auto of_genes = attributes_of(file, "row_attrs", shape.genes), of_cells = attributes_of(file, "col_attrs", shape.cells);
    data::Dataset dataset;
    dataset.name = std::filesystem::path(path).stem().string();
    dataset.path = path;
    dataset.var = table_of(file, "row_attrs", of_genes, first_of(of_genes, {"Gene", "gene_names", "var_names", "GeneName", "Accession"}), shape.genes, "gene");
    dataset.obs = table_of(file, "col_attrs", of_cells, first_of(of_cells, {"CellID", "obs_names", "cell_names", "CellName"}), shape.cells, "cell");
    add_obsm(file, of_cells, dataset);
    if (options.expression) {
      dataset.x = cells_by_genes(file, shape);
    } else {
      dataset.x = data::CsrMatrix{shape.cells, shape.genes, {}, {}, std::vector<std::int64_t>(static_cast<std::size_t>(shape.cells) + 1, 0)};
    }
    dataset.uns["loom_version"] = version_of(file);
    return dataset;
  });
}

LoomSummary summarize_loom(const std::string& path) {
  EntryGuard guard;
  const Handle file = open_loom(path);
  const Shape shape = shape_of(file.get());
  const Handle matrix = open_dataset(file.get(), "matrix");
  const Handle type(H5Dget_type(matrix.get()));
  return {version_of(file.get()), shape.cells, shape.genes, element_name(type.get())};
}

}  // namespace geocyte::hdf5
