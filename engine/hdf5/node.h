// SPDX-License-Identifier: GPL-3.0-or-later
// What lies at a path of an HDF5 file: kind, members, extents, element type.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/hdf5/handle.h"

namespace geocyte::hdf5 {

enum class NodeKind { none, group, dataset, other };

/// Stepwise, because a missing parent is an error to HDF5 itself; a dangling or external link counts as none.
NodeKind kind_at(hid_t location, const std::string& path);

/// Throw Error{bad_data, "<path> is missing"} and the like.
Handle open_group(hid_t location, const std::string& path);
Handle open_dataset(hid_t location, const std::string& path);

/// Names of the members of a group, ascending; empty when there is no such group.
std::vector<std::string> members(hid_t location, const std::string& path);

/// Extents of a dataset; none for one that holds nothing by design (a null dataspace). {} is a scalar.
std::optional<std::vector<std::int64_t>> extents(hid_t dataset);
/// Product of extents, 0 for none. Throws Error{bad_data} when it does not fit 63 bits.
std::int64_t element_count(const std::optional<std::vector<std::int64_t>>& extents, const std::string& where);

/// "float32", "uint16", "bool", "text", "compound", …
std::string element_name(hid_t type);
H5T_class_t element_class(hid_t dataset);

/// Throws Error{bad_data} when a dataset claims far more elements than its stored bytes can hold, whatever the
/// compression: deflate reaches at most 1032:1. Guards the allocation before reading a damaged or hostile file.
void require_plausible_size(hid_t dataset, std::int64_t memory_bytes, const std::string& where);

}  // namespace geocyte::hdf5
