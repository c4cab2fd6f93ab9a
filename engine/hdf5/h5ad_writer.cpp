// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/h5ad_writer.h"

#include <limits>

#include "engine/core/check.h"
#include "engine/hdf5/h5ad_parts.h"
#include "engine/hdf5/writing.h"

namespace geocyte::hdf5 {

namespace {

void encode(const Handle& object, const std::string& type, const std::string& version) {
  write_attribute(object.get(), "encoding-type", type);
  write_attribute(object.get(), "encoding-version", version);
}

Handle make_typed_group(hid_t location, const std::string& name, const std::string& type, const std::string& version) {
  Handle group = make_group(location, name);
  encode(group, type, version);
  return group;
}

template <class T>
void write_vector(hid_t location, const std::string& name, hid_t stored, hid_t memory, const std::vector<T>& values,
                  int gzip) {
  const std::int64_t shape[] = {static_cast<std::int64_t>(values.size())};
  encode(write_numbers(location, name, stored, memory, values.data(), shape, gzip), "array", "0.2.0");
}

void write_text_array(hid_t location, const std::string& name, const std::vector<std::string>& texts, int gzip) {
  encode(write_texts(location, name, texts, gzip), "string-array", "0.2.0");
}

void write_matrix(hid_t location, const std::string& name, const data::DenseMatrix& m, int gzip) {
  const std::int64_t shape[] = {m.rows, m.cols};
  encode(write_numbers(location, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, m.values.data(), shape, gzip), "array", "0.2.0");
}

void write_matrix(hid_t location, const std::string& name, const data::CsrMatrix& m, int gzip) {
  const Handle group = make_typed_group(location, name, "csr_matrix", "0.1.0");
  write_list_attribute(group.get(), "shape", std::vector<std::int64_t>{m.rows, m.cols});
  write_vector(group.get(), "data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, m.values, gzip);
  write_vector(group.get(), "indices", H5T_STD_I32LE, H5T_NATIVE_INT32, m.indices, gzip);
  // scipy wants both index arrays of one width where 32 bits suffice.
  const bool narrow = m.indptr.back() <= std::numeric_limits<std::int32_t>::max();
  write_vector(group.get(), "indptr", narrow ? H5T_STD_I32LE : H5T_STD_I64LE, H5T_NATIVE_INT64, m.indptr, gzip);
}

void write_any_matrix(hid_t location, const std::string& name, const data::Matrix& matrix, int gzip) {
  std::visit([&](const auto& m) { write_matrix(location, name, m, gzip); }, matrix);
}

void write_categorical(hid_t location, const data::Column& column, int gzip) {
  const Handle group = make_typed_group(location, column.name, "categorical", "0.2.0");
  write_boolean_attribute(group.get(), "ordered", column.ordered);
  const bool narrow = column.categories.size() < 128;
  write_vector(group.get(), "codes", narrow ? H5T_STD_I8LE : H5T_STD_I32LE, H5T_NATIVE_INT32, column.codes, gzip);
  write_text_array(group.get(), "categories", column.categories, gzip);
}

void write_boolean_column(hid_t location, const data::Column& column, int gzip) {
  std::vector<std::uint8_t> values, missing;
  bool any_missing = false;
  for (const double number : column.numbers) {
    const bool is_missing = number != number;
    any_missing = any_missing || is_missing;
    missing.push_back(is_missing ? 1 : 0);
    values.push_back(!is_missing && number != 0 ? 1 : 0);
  }
  if (!any_missing) return encode(write_booleans(location, column.name, values, gzip), "array", "0.2.0");
  const Handle group = make_typed_group(location, column.name, "nullable-boolean", "0.1.0");
  encode(write_booleans(group.get(), "values", values, gzip), "array", "0.2.0");
  encode(write_booleans(group.get(), "mask", missing, gzip), "array", "0.2.0");
}

void write_column(hid_t location, const data::Column& column, int gzip) {
  switch (column.kind) {
    case data::ColumnKind::numeric:
      return write_vector(location, column.name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, column.numbers, gzip);
    case data::ColumnKind::boolean: return write_boolean_column(location, column, gzip);
    case data::ColumnKind::text: return write_text_array(location, column.name, column.texts, gzip);
    case data::ColumnKind::categorical: return write_categorical(location, column, gzip);
  }
}

void write_table(hid_t file, const std::string& name, const data::Table& table, int gzip) {
  const Handle group = make_typed_group(file, name, "dataframe", "0.2.0");
  write_attribute(group.get(), "_index", std::string("_index"));
  write_list_attribute(group.get(), "column-order", table.column_names());
  write_text_array(group.get(), "_index", table.index, gzip);
  for (const auto& column : table.columns) {
    require(column.size() == table.size(), "column " + column.name + " is as long as the index of " + name);
    require(!column.name.empty() && column.name != "_index" && column.name.find('/') == std::string::npos,
            "the column name \"" + column.name + "\" can be stored");
    write_column(group.get(), column, gzip);
  }
}

/// The group at a slash-separated path of uns is made on the way.
void write_uns(hid_t file, const data::Dataset& dataset) {
  const Handle uns = make_typed_group(file, "uns", "dict", "0.1.0");
  auto texts = dataset.uns;
  if (dataset.simulated) texts.try_emplace(kSimulatedKey, "simulated");
  for (const auto& [path, text] : texts) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      const std::string parent = path.substr(0, slash);
      if (H5Lexists(uns.get(), parent.c_str(), H5P_DEFAULT) <= 0) make_typed_group(uns.get(), parent, "dict", "0.1.0");
    }
    encode(write_text(uns.get(), path, text), "string", "0.2.0");
  }
}

void check_shapes(const data::Dataset& dataset, bool expression) {
  const auto n_obs = static_cast<std::int64_t>(dataset.obs.size());
  const std::vector<std::int64_t> wanted = {n_obs, static_cast<std::int64_t>(dataset.var.size())};
  const auto check = [&](const std::string& name, const data::Matrix& m) {
    const std::vector<std::int64_t> given = {data::rows(m), data::cols(m)};
    require_shape(name, given, wanted);
  };
  if (expression) check("X", dataset.x);
  if (expression)
    for (const auto& [name, layer] : dataset.layers) check("layers/" + name, layer);
  for (const auto& [name, matrix] : dataset.obsm) require(matrix.rows == n_obs, "obsm/" + name + " has a row a cell");
}

}  // namespace

void write_h5ad(const data::Dataset& dataset, const std::string& path, const H5adWriteOptions& options) {
  check_shapes(dataset, options.expression);
  write_file(path, options.durable, [&](hid_t file) {
    write_attribute(file, "encoding-type", std::string("anndata"));
    write_attribute(file, "encoding-version", std::string("0.1.0"));
    if (options.expression) write_any_matrix(file, "X", dataset.x, options.gzip);
    write_table(file, "obs", dataset.obs, options.gzip);
    write_table(file, "var", dataset.var, options.gzip);
    const Handle layers = make_typed_group(file, "layers", "dict", "0.1.0");
    if (options.expression)
      for (const auto& [name, layer] : dataset.layers) write_any_matrix(layers.get(), name, layer, options.gzip);
    const Handle obsm = make_typed_group(file, "obsm", "dict", "0.1.0");
    for (const auto& [name, matrix] : dataset.obsm) write_matrix(obsm.get(), name, matrix, options.gzip);
    for (const char* name : {"varm", "obsp", "varp"}) make_typed_group(file, name, "dict", "0.1.0");
    write_uns(file, dataset);
  });
}

}  // namespace geocyte::hdf5
