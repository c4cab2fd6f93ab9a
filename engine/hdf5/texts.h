// SPDX-License-Identifier: GPL-3.0-or-later
// Texts out of data sets, whatever their storage: variable length or fixed, NUL or space padded, ASCII or UTF-8.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/hdf5/handle.h"

namespace geocyte::hdf5 {

/// Texts of one data set may take at most this much memory unless told otherwise.
inline constexpr std::int64_t kMaxTextBytes = std::int64_t{4} << 30;

/// All elements of a data set of texts, as valid UTF-8. Throws Error{bad_data} for other types, damage, too much text.
std::vector<std::string> read_texts(hid_t dataset, const std::string& where, std::int64_t max_bytes = kMaxTextBytes);

/// Texts, or numbers and booleans written as texts ("3", "0.5", "True"); also nullable texts ("" = missing).
std::vector<std::string> read_as_texts(hid_t location, const std::string& path);

/// One text of a fixed width: it ends at its first NUL; Fortran-style ones are padded with spaces.
std::string fixed_text(const char* bytes, std::size_t width, H5T_str_t padding);

/// The memory type that reads texts of the stored type.
Handle text_memory_type(hid_t stored);

/// Bytes that are not UTF-8 are taken as Latin-1, so that every text of Geocyte can be shown and written as JSON.
std::string to_utf8(std::string text);

/// "3" for 3.0, otherwise the shortest text that reads back as the same number; "" for NaN.
std::string number_text(double value);

}  // namespace geocyte::hdf5
