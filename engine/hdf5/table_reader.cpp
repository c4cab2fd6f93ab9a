// SPDX-License-Identifier: GPL-3.0-or-later
// Typed tables (0.8 and later) and tables with `__categories` references (0.7); compound ones are in legacy_table.h.
#include "engine/hdf5/table_reader.h"

#include <limits>
#include <optional>

#include "engine/core/error.h"
#include "engine/hdf5/attributes.h"
#include "engine/hdf5/legacy_table.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/texts.h"
#include "engine/hdf5/values.h"

namespace geocyte::hdf5 {

namespace {

bool is_true(const std::optional<std::vector<std::int64_t>>& flag) { return flag && !flag->empty() && flag->front() != 0; }

/// {values, mask}: masked entries are missing.
void apply_mask(hid_t file, const std::string& path, std::vector<double>& numbers) {
  const auto missing = read_numbers_at<std::uint8_t>(file, path + "/mask");
  if (missing.size() != numbers.size())
    throw Error(ErrorCode::bad_data, path + " is damaged: values and mask differ in length");
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (missing[i] != 0) numbers[i] = std::numeric_limits<double>::quiet_NaN();
}

std::optional<data::Column> read_typed_group(hid_t file, const std::string& path) {
  data::Column column;
  const std::string type = text_attribute(file, path, "encoding-type");
  if (type == "categorical") {
    column.kind = data::ColumnKind::categorical;
    column.codes = read_numbers_at<std::int32_t>(file, path + "/codes");
    column.categories = read_as_texts(file, path + "/categories");
    column.ordered = is_true(integer_attribute(file, path, "ordered"));
    return column;
  }
  if (type == "nullable-integer" || type == "nullable-boolean") {
    column.kind = type == "nullable-boolean" ? data::ColumnKind::boolean : data::ColumnKind::numeric;
    column.numbers = read_numbers_at<double>(file, path + "/values");
    apply_mask(file, path, column.numbers);
    return column;
  }
  if (type == "nullable-string-array") {
    column.kind = data::ColumnKind::text;
    column.texts = read_as_texts(file, path);
    return column;
  }
  return std::nullopt;
}

/// The data set that holds the categories of a 0.7 column: the attribute is an object reference, or a path.
Handle referenced_categories(hid_t file, const std::string& path) {
  const Handle attribute(H5Aopen_by_name(file, path.c_str(), "categories", H5P_DEFAULT, H5P_DEFAULT));
  const Handle type(H5Aget_type(attribute.get()));
  const Handle space(H5Aget_space(attribute.get()));
  if (H5Tget_class(type.get()) == H5T_REFERENCE && H5Tequal(type.get(), H5T_STD_REF_OBJ) > 0 &&
      H5Sget_simple_extent_npoints(space.get()) == 1) {
    hobj_ref_t reference = 0;
    H5Aread(attribute.get(), H5T_STD_REF_OBJ, &reference);
    return checked(H5Rdereference2(attribute.get(), H5P_DEFAULT, H5R_OBJECT, &reference),
                   path + " is damaged: the reference to its categories leads nowhere");
  }
  return open_dataset(file, text_attribute(file, path, "categories"));
}

std::optional<data::Column> read_dataset_column(hid_t file, const std::string& path) {
  data::Column column;
  const Handle dataset = open_dataset(file, path);
  const H5T_class_t kind = element_class(dataset.get());
  if (has_attribute(file, path, "categories") && kind == H5T_INTEGER) {
    column.kind = data::ColumnKind::categorical;
    column.codes = read_numbers<std::int32_t>(dataset.get(), path);
    const Handle categories = referenced_categories(file, path);
    if (H5Iget_type(categories.get()) != H5I_DATASET)
      throw Error(ErrorCode::bad_data, path + " is damaged: the reference to its categories leads nowhere");
    column.categories = read_as_texts(categories.get(), ".");
    column.ordered = is_true(integer_attribute(categories.get(), ".", "ordered"));
  } else if (kind == H5T_STRING) {
    column.kind = data::ColumnKind::text;
    column.texts = read_texts(dataset.get(), path);
  } else if (kind == H5T_ENUM || kind == H5T_INTEGER || kind == H5T_FLOAT) {
    column.kind = kind == H5T_ENUM ? data::ColumnKind::boolean : data::ColumnKind::numeric;
    column.numbers = read_numbers<double>(dataset.get(), path);
  } else {
    return std::nullopt;
  }
  return column;
}

std::optional<data::Column> read_column(hid_t file, const std::string& path) {
  auto column = kind_at(file, path) == NodeKind::group ? read_typed_group(file, path) : read_dataset_column(file, path);
  if (!column) return std::nullopt;
  for (std::int32_t& code : column->codes) {
    if (code >= static_cast<std::int32_t>(column->categories.size()))
      throw Error(ErrorCode::bad_data, path + " is damaged: category code " + std::to_string(code) + " of only " +
                                           std::to_string(column->categories.size()) + " categories");
    if (code < 0) code = -1;
  }
  return column;
}

std::string index_name(hid_t file, const std::string& path) {
  const std::string named = text_attribute(file, path, "_index");
  if (!named.empty()) return named;
  return kind_at(file, path + "/_index") != NodeKind::none ? "_index" : "index";
}

std::vector<std::string> read_index(hid_t file, const std::string& path, const std::string& name) {
  const std::string at = path + "/" + name;
  if (kind_at(file, at) == NodeKind::none)
    throw Error(ErrorCode::bad_data, "The table " + path + " has no index (" + name + " is missing)");
  if (text_attribute(file, at, "encoding-type") != "categorical") return read_as_texts(file, at);
  const auto column = read_column(file, at);
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < column->codes.size(); ++row) texts.push_back(column->text_at(row));
  return texts;
}

/// Column names in order. Without the attribute: every member that is not the index or bookkeeping.
std::vector<std::string> column_names(hid_t file, const std::string& path, const std::string& index) {
  if (auto named = text_list_attribute(file, path, "column-order")) return *named;
  std::vector<std::string> names;
  for (auto& name : members(file, path))
    if (name != index && name != "__categories") names.push_back(std::move(name));
  return names;
}

}  // namespace

data::Table read_table(hid_t file, const std::string& path) {
  if (kind_at(file, path) == NodeKind::dataset) return read_compound_table(file, path);
  if (kind_at(file, path) != NodeKind::group) throw Error(ErrorCode::bad_data, "The table " + path + " is missing");
  data::Table table;
  const std::string index = index_name(file, path);
  table.index = read_index(file, path, index);
  for (const auto& name : column_names(file, path, index)) {
    if (kind_at(file, path + "/" + name) == NodeKind::none)
      throw Error(ErrorCode::bad_data, "The table " + path + " names a column " + name + " that it does not hold");
    auto column = read_column(file, path + "/" + name);
    if (!column) continue;
    column->name = name;
    if (column->size() != table.size())
      throw Error(ErrorCode::bad_data, "The column " + path + "/" + name + " has " + std::to_string(column->size()) +
                                           " entries for " + std::to_string(table.size()) + " rows");
    table.columns.push_back(std::move(*column));
  }
  return table;
}

}  // namespace geocyte::hdf5
