// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/attributes.h"

#include "engine/core/error.h"
#include "engine/hdf5/handle.h"
#include "engine/hdf5/texts.h"

namespace geocyte::hdf5 {

namespace {

Handle open_attribute(hid_t location, const std::string& path, const std::string& name) {
  if (!has_attribute(location, path, name)) return {};
  return Handle(H5Aopen_by_name(location, path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT));
}

std::int64_t attribute_count(hid_t attribute, const std::string& where) {
  const Handle space(H5Aget_space(attribute));
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) return 0;
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (count < 0 || count > 10'000'000) throw Error(ErrorCode::bad_data, where + " claims an impossible size");
  return count;
}

std::vector<std::string> attribute_texts(hid_t attribute, const std::string& where) {
  const Handle type(H5Aget_type(attribute));
  const auto count = static_cast<std::size_t>(attribute_count(attribute, where));
  std::vector<std::string> out(count);
  if (count == 0) return out;
  const Handle memory = text_memory_type(type.get());
  const Error damaged(ErrorCode::bad_data, where + " is damaged: its text cannot be read");
  if (H5Tis_variable_str(type.get()) > 0) {
    std::vector<char*> pointers(count, nullptr);
    if (H5Aread(attribute, memory.get(), pointers.data()) < 0) throw damaged;
    for (std::size_t i = 0; i < count; ++i)
      if (pointers[i] != nullptr) out[i] = to_utf8(pointers[i]);
    const Handle space(H5Aget_space(attribute));
    H5Dvlen_reclaim(memory.get(), space.get(), H5P_DEFAULT, pointers.data());
    return out;
  }
  const std::size_t width = H5Tget_size(type.get());
  constexpr std::size_t kMostBytes = std::size_t{1} << 28;
  if (width > kMostBytes / count) throw Error(ErrorCode::bad_data, where + " claims an impossible size");
  std::vector<char> bytes(count * width);
  if (H5Aread(attribute, memory.get(), bytes.data()) < 0) throw damaged;
  for (std::size_t i = 0; i < count; ++i)
    out[i] = fixed_text(bytes.data() + i * width, width, H5Tget_strpad(type.get()));
  return out;
}

}  // namespace

bool has_attribute(hid_t location, const std::string& path, const std::string& name) {
  return H5Aexists_by_name(location, path.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

bool is_fixed_text_attribute(hid_t location, const std::string& path, const std::string& name) {
  const Handle attribute = open_attribute(location, path, name);
  if (!attribute) return false;
  const Handle type(H5Aget_type(attribute.get()));
  return H5Tget_class(type.get()) == H5T_STRING && H5Tis_variable_str(type.get()) == 0;
}

std::string text_attribute(hid_t location, const std::string& path, const std::string& name) {
  const auto texts = text_list_attribute(location, path, name);
  return texts && !texts->empty() ? texts->front() : std::string();
}

std::optional<std::vector<std::string>> text_list_attribute(hid_t location, const std::string& path,
                                                            const std::string& name) {
  const Handle attribute = open_attribute(location, path, name);
  if (!attribute) return std::nullopt;
  const std::string where = "The attribute " + name + " of " + path;
  const Handle type(H5Aget_type(attribute.get()));
  if (H5Tget_class(type.get()) == H5T_STRING) return attribute_texts(attribute.get(), where);
  if (attribute_count(attribute.get(), where) == 0) return std::vector<std::string>{};
  return std::nullopt;
}

std::optional<std::vector<std::int64_t>> integer_attribute(hid_t location, const std::string& path,
                                                           const std::string& name) {
  const Handle attribute = open_attribute(location, path, name);
  if (!attribute) return std::nullopt;
  const Handle type(H5Aget_type(attribute.get()));
  const H5T_class_t kind = H5Tget_class(type.get());
  if (kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_ENUM) return std::nullopt;
  const std::string where = "The attribute " + name + " of " + path;
  std::vector<std::int64_t> out(static_cast<std::size_t>(attribute_count(attribute.get(), where)));
  if (!out.empty() && H5Aread(attribute.get(), H5T_NATIVE_INT64, out.data()) < 0)
    throw Error(ErrorCode::bad_data, where + " is damaged");
  return out;
}

}  // namespace geocyte::hdf5
