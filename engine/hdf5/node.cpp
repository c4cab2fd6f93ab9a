// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/node.h"

#include <limits>

#include "engine/core/error.h"

namespace geocyte::hdf5 {

NodeKind kind_at(hid_t location, const std::string& path) {
  for (std::size_t end = 1; end <= path.size(); ++end) {
    if (end != path.size() && path[end] != '/') continue;
    const std::string prefix = path.substr(0, end);
    if (prefix == "/" || prefix == "." || prefix.back() == '/') continue;
    H5L_info_t link;
    if (H5Lexists(location, prefix.c_str(), H5P_DEFAULT) <= 0) return NodeKind::none;
    if (H5Lget_info(location, prefix.c_str(), &link, H5P_DEFAULT) < 0 || link.type == H5L_TYPE_EXTERNAL)
      return NodeKind::none;
    if (H5Oexists_by_name(location, prefix.c_str(), H5P_DEFAULT) <= 0) return NodeKind::none;
  }
  const Handle object(H5Oopen(location, path.c_str(), H5P_DEFAULT));
  if (!object) return NodeKind::none;
  switch (H5Iget_type(object.get())) {
    case H5I_GROUP: return NodeKind::group;
    case H5I_DATASET: return NodeKind::dataset;
    default: return NodeKind::other;
  }
}

Handle open_group(hid_t location, const std::string& path) {
  if (kind_at(location, path) != NodeKind::group)
    throw Error(ErrorCode::bad_data, "The group " + path + " is missing");
  return checked(H5Gopen2(location, path.c_str(), H5P_DEFAULT), "The group " + path + " cannot be opened");
}

Handle open_dataset(hid_t location, const std::string& path) {
  if (kind_at(location, path) != NodeKind::dataset)
    throw Error(ErrorCode::bad_data, "The data set " + path + " is missing");
  return checked(H5Dopen2(location, path.c_str(), H5P_DEFAULT), "The data set " + path + " cannot be opened");
}

std::vector<std::string> members(hid_t location, const std::string& path) {
  std::vector<std::string> names;
  if (kind_at(location, path) != NodeKind::group) return names;
  const Handle group(H5Gopen2(location, path.c_str(), H5P_DEFAULT));
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  if (H5Literate(group.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names) < 0)
    throw Error(ErrorCode::bad_data, "The group " + path + " is damaged: its members cannot be listed");
  return names;
}

std::optional<std::vector<std::int64_t>> extents(hid_t dataset) {
  const Handle space(H5Dget_space(dataset));
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) return std::nullopt;
  const int rank = H5Sget_simple_extent_ndims(space.get());
  std::vector<hsize_t> sizes(static_cast<std::size_t>(rank > 0 ? rank : 0));
  if (rank > 0) H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr);
  return std::vector<std::int64_t>(sizes.begin(), sizes.end());
}

std::int64_t element_count(const std::optional<std::vector<std::int64_t>>& extents, const std::string& where) {
  if (!extents) return 0;
  std::int64_t count = 1;
  for (const std::int64_t extent : *extents) {
    if (extent < 0 || (extent != 0 && count > std::numeric_limits<std::int64_t>::max() / 64 / extent))
      throw Error(ErrorCode::bad_data, where + " claims an impossible size");
    count *= extent;
  }
  return count;
}

std::string element_name(hid_t type) {
  const std::string bits = std::to_string(H5Tget_size(type) * 8);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER: return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + bits;
    case H5T_FLOAT: return "float" + bits;
    case H5T_ENUM: return "bool";
    case H5T_STRING: return "text";
    case H5T_COMPOUND: return "compound";
    case H5T_REFERENCE: return "reference";
    default: return "other";
  }
}

H5T_class_t element_class(hid_t dataset) {
  const Handle type(H5Dget_type(dataset));
  return H5Tget_class(type.get());
}

void require_plausible_size(hid_t dataset, std::int64_t memory_bytes, const std::string& where) {
  constexpr std::int64_t kAlwaysFine = std::int64_t{64} << 20;
  constexpr std::int64_t kBestCompression = 1100;
  if (memory_bytes <= kAlwaysFine) return;
  const auto stored = static_cast<std::int64_t>(H5Dget_storage_size(dataset));
  if (stored < memory_bytes / kBestCompression)
    throw Error(ErrorCode::bad_data, where + " claims " + std::to_string(memory_bytes >> 20) +
                                         " MiB of values, but the file stores only " + std::to_string(stored) +
                                         " bytes of them");
}

}  // namespace geocyte::hdf5
