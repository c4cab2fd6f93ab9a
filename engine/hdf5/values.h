// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers out of data sets, whatever their width and byte order.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace geocyte::hdf5 {

/// All elements of a numeric or boolean data set, row-major. Any integer or float width, either byte order, enums by
/// their value; out-of-range integers are clipped. Throws Error{bad_data} for other types, damage, missing filters.
/// T is one of float, double, int32_t, int64_t, uint8_t.
template <class T> std::vector<T> read_numbers(hid_t dataset, const std::string& where);
template <class T> std::vector<T> read_numbers_at(hid_t location, const std::string& path);
/// The same as raw bytes of T.
template <class T> std::vector<std::byte> read_bytes(hid_t dataset, const std::string& where);

/// The sentence for a data set whose reading failed: its filter is missing, or it is damaged.
[[noreturn]] void throw_unreadable(hid_t dataset, const std::string& where);

}  // namespace geocyte::hdf5
