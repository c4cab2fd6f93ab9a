// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/array_file.h"

#include <set>

#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/hdf5/link_name.h"
#include "engine/hdf5/writing.h"

namespace geocyte::hdf5 {

namespace {

struct ElementTypes {
  hid_t stored, memory;
};

ElementTypes element_types(DType type) {
  switch (type) {
    case DType::f32: return {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT};
    case DType::f64: return {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE};
    case DType::i32: return {H5T_STD_I32LE, H5T_NATIVE_INT32};
    case DType::i64: return {H5T_STD_I64LE, H5T_NATIVE_INT64};
    case DType::u8: return {H5T_STD_U8LE, H5T_NATIVE_UINT8};
  }
  throw Error(ErrorCode::internal, "an array has an element type that does not exist");
}

void write_array(hid_t group, const NamedArray& array, int gzip) {
  const std::size_t wanted = static_cast<std::size_t>(array.size()) * size_of(array.dtype);
  require(array.bytes != nullptr ? array.bytes->size() == wanted : wanted == 0,
          "the buffer of array " + array.name + " is as long as its shape " + shape_text(array.shape) + " says");
  require(array.axes.empty() || array.axes.size() == array.shape.size(),
          "array " + array.name + " names an axis for every dimension");
  const auto [stored, memory] = element_types(array.dtype);
  const Handle dataset = write_numbers(group, link_name(array.name), stored, memory,
                                       array.bytes ? array.bytes->data() : nullptr, array.shape, gzip);
  write_fixed_attribute(dataset.get(), "name", array.name);
  write_fixed_list_attribute(dataset.get(), "axes", array.axes);
  write_fixed_attribute(dataset.get(), "role", array.role);
  write_fixed_attribute(dataset.get(), "units", array.units);
  write_fixed_attribute(dataset.get(), "caption", array.caption);
}

}  // namespace

const NamedArray* ArrayFile::find(const std::string& name) const {
  for (const auto& array : arrays)
    if (array.name == name) return &array;
  return nullptr;
}

void write_array_file(const std::filesystem::path& path, const ArrayFile& content,
                      const ArrayFileWriteOptions& options) {
  std::set<std::string> names;
  for (const auto& array : content.arrays) {
    require(is_clean_name(array.name), "the array name \"" + array.name + "\" is a clean relative path");
    require(names.insert(array.name).second, "the array " + array.name + " is written once");
  }
  for (const auto& [name, texts] : content.texts)
    require(is_clean_name(name), "the text list name \"" + name + "\" is a clean relative path");
  write_file(path, options.durable, [&](hid_t file) {
    write_fixed_attribute(file, "geocyte_format", "arrays");
    write_attribute(file, "geocyte_version", std::int64_t{1});
    write_fixed_attribute(file, "kind", content.kind);
    write_fixed_text(file, "attributes", content.attributes.dump(-1, ' ', false, Json::error_handler_t::replace));
    const Handle arrays = make_group(file, "arrays");
    for (const auto& array : content.arrays) write_array(arrays.get(), array, options.gzip);
    const Handle texts = make_group(file, "texts");
    for (const auto& [name, list] : content.texts) write_fixed_texts(texts.get(), link_name(name), list, options.gzip);
  });
}

}  // namespace geocyte::hdf5
