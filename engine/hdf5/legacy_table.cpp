// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/legacy_table.h"

#include <algorithm>
#include <cstring>

#include "engine/core/error.h"
#include "engine/hdf5/handle.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/texts.h"
#include "engine/hdf5/values.h"

namespace geocyte::hdf5 {

namespace {

/// A compound data set, read one field at a time through a memory type with that field only.
class CompoundReader {
 public:
  CompoundReader(hid_t file, std::string path)
      : path_(std::move(path)), dataset_(open_dataset(file, path_)), type_(H5Dget_type(dataset_.get())) {
    const auto sizes = extents(dataset_.get());
    if (H5Tget_class(type_.get()) != H5T_COMPOUND || !sizes || sizes->size() > 1)
      throw Error(ErrorCode::bad_data, path_ + " is neither a group nor a compound data set, so it is no table");
    rows_ = element_count(sizes, path_);
    require_plausible_size(dataset_.get(), rows_ * static_cast<std::int64_t>(H5Tget_size(type_.get())), path_);
  }

  std::int64_t rows() const { return rows_; }
  int fields() const { return H5Tget_nmembers(type_.get()); }
  Handle field_type(int field) const { return Handle(H5Tget_member_type(type_.get(), static_cast<unsigned>(field))); }

  std::string field_name(int field) const {
    char* name = H5Tget_member_name(type_.get(), static_cast<unsigned>(field));
    std::string out = name != nullptr ? name : "";
    H5free_memory(name);
    return out;
  }

  /// `memory` may be any type that the stored field converts to; `out` has room for rows() elements of it.
  void read(int field, hid_t memory, void* out) const {
    const Handle compound = compound_of(field, memory);
    if (rows_ > 0 && H5Dread(dataset_.get(), compound.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out) < 0)
      throw_unreadable(dataset_.get(), path_);
  }

  std::vector<double> numbers(int field) const {
    std::vector<double> out(static_cast<std::size_t>(rows_));
    read(field, H5T_NATIVE_DOUBLE, out.data());
    return out;
  }

  std::vector<std::string> texts(int field) const {
    const Handle stored = field_type(field);
    const Handle memory = text_memory_type(stored.get());
    const bool variable = H5Tis_variable_str(stored.get()) > 0;
    const std::size_t width = variable ? sizeof(char*) : H5Tget_size(stored.get());
    std::vector<char> bytes(static_cast<std::size_t>(rows_) * width);
    read(field, memory.get(), bytes.data());
    std::vector<std::string> out(static_cast<std::size_t>(rows_));
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (variable) {
        const char* text = nullptr;
        std::memcpy(&text, bytes.data() + i * width, width);
        if (text != nullptr) out[i] = to_utf8(text);
      } else {
        out[i] = fixed_text(bytes.data() + i * width, width, H5Tget_strpad(stored.get()));
      }
    }
    if (variable) {
      const Handle space(H5Dget_space(dataset_.get()));
      H5Dvlen_reclaim(compound_of(field, memory.get()).get(), space.get(), H5P_DEFAULT, bytes.data());
    }
    return out;
  }

 private:
  Handle compound_of(int field, hid_t memory) const {
    Handle compound(H5Tcreate(H5T_COMPOUND, H5Tget_size(memory)));
    H5Tinsert(compound.get(), field_name(field).c_str(), 0, memory);
    return compound;
  }

  std::string path_;
  Handle dataset_, type_;
  std::int64_t rows_ = 0;
};

/// An integer column is categorical when uns has as many labels for it as its codes ask for.
void apply_labels(hid_t file, data::Column& column) {
  const std::string at = "uns/" + column.name + "_categories";
  if (kind_at(file, at) != NodeKind::dataset) return;
  auto labels = read_as_texts(file, at);
  const auto top = std::max_element(column.numbers.begin(), column.numbers.end());
  if (top != column.numbers.end() && *top >= static_cast<double>(labels.size())) return;
  column.kind = data::ColumnKind::categorical;
  column.categories = std::move(labels);
  for (const double code : column.numbers) column.codes.push_back(code < 0 ? -1 : static_cast<std::int32_t>(code));
  column.numbers.clear();
}

}  // namespace

data::Table read_compound_table(hid_t file, const std::string& path) {
  const CompoundReader reader(file, path);
  data::Table table;
  for (int field = 0; field < reader.fields(); ++field) {
    const Handle type = reader.field_type(field);
    const H5T_class_t kind = H5Tget_class(type.get());
    data::Column column;
    column.name = reader.field_name(field);
    if (kind == H5T_STRING) {
      column.kind = data::ColumnKind::text;
      column.texts = reader.texts(field);
    } else if (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM) {
      column.kind = kind == H5T_ENUM ? data::ColumnKind::boolean : data::ColumnKind::numeric;
      column.numbers = reader.numbers(field);
      if (kind == H5T_INTEGER && field > 0) apply_labels(file, column);
    } else {
      continue;
    }
    if (field > 0) {
      table.columns.push_back(std::move(column));
      continue;
    }
    table.index = std::move(column.texts);
    for (const double number : column.numbers) table.index.push_back(number_text(number));
  }
  if (static_cast<std::int64_t>(table.index.size()) != reader.rows())
    throw Error(ErrorCode::bad_data, "The table " + path + " has no index: its first field is neither text nor number");
  return table;
}

std::map<std::string, data::DenseMatrix> read_compound_matrices(hid_t file, const std::string& path) {
  const CompoundReader reader(file, path);
  std::map<std::string, data::DenseMatrix> out;
  for (int field = 0; field < reader.fields(); ++field) {
    const Handle type = reader.field_type(field);
    Handle element(H5Tget_class(type.get()) == H5T_ARRAY ? H5Tget_super(type.get()) : H5Tcopy(type.get()));
    const H5T_class_t kind = H5Tget_class(element.get());
    if (kind != H5T_INTEGER && kind != H5T_FLOAT) continue;
    const auto cols = static_cast<std::int64_t>(H5Tget_size(type.get()) / H5Tget_size(element.get()));
    data::DenseMatrix matrix{reader.rows(), cols, std::vector<float>(static_cast<std::size_t>(reader.rows() * cols))};
    if (H5Tget_class(type.get()) == H5T_ARRAY) {
      std::vector<hsize_t> sizes(static_cast<std::size_t>(H5Tget_array_ndims(type.get())));
      H5Tget_array_dims2(type.get(), sizes.data());
      const Handle memory(H5Tarray_create2(H5T_NATIVE_FLOAT, static_cast<unsigned>(sizes.size()), sizes.data()));
      reader.read(field, memory.get(), matrix.values.data());
    } else {
      reader.read(field, H5T_NATIVE_FLOAT, matrix.values.data());
    }
    out.emplace(reader.field_name(field), std::move(matrix));
  }
  return out;
}

}  // namespace geocyte::hdf5
