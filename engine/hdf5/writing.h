// SPDX-License-Identifier: GPL-3.0-or-later
// The small pieces of writing HDF5: data sets, attributes, and files that appear whole or not at all.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/hdf5/handle.h"

namespace geocyte::hdf5 {

/// Makes a file beside `path`, lets `fill` write into it, closes it and renames it into place. Failures of the library
/// become Error{storage} that names the path. The format is that of HDF5 1.8, whose metadata carry checksums.
void write_file(const std::filesystem::path& path, bool durable, const std::function<void(hid_t file)>& fill);

/// Throws Error{storage} when a call of the library did not work, which while writing means: no space or no permission.
hid_t written(hid_t id);

Handle make_group(hid_t location, const std::string& name);

/// A data set of numbers; `shape` {} is a scalar. Chunked (about 1 MiB), shuffled and deflated at level `gzip` when that
/// is above 0 and the data are at least 16 KiB.
Handle write_numbers(hid_t location, const std::string& name, hid_t stored_type, hid_t memory_type, const void* values,
                     std::span<const std::int64_t> shape, int gzip);

/// Booleans as the enum {FALSE, TRUE} over int8, as h5py writes them.
Handle write_booleans(hid_t location, const std::string& name, std::span<const std::uint8_t> values, int gzip);

/// A list of variable-length UTF-8 texts; chunked and deflated like numbers.
Handle write_texts(hid_t location, const std::string& name, const std::vector<std::string>& texts, int gzip);
Handle write_text(hid_t location, const std::string& name, const std::string& text);

/// The same with a fixed width (that of the longest, NUL padded), for files that may come back damaged: reading
/// variable-length texts out of a damaged heap can crash inside the library, reading fixed ones cannot.
Handle write_fixed_texts(hid_t location, const std::string& name, const std::vector<std::string>& texts, int gzip);
Handle write_fixed_text(hid_t location, const std::string& name, const std::string& text);
void write_fixed_attribute(hid_t object, const std::string& name, const std::string& text);
void write_fixed_list_attribute(hid_t object, const std::string& name, const std::vector<std::string>& texts);

void write_attribute(hid_t object, const std::string& name, const std::string& text);
void write_attribute(hid_t object, const std::string& name, std::int64_t value);
void write_boolean_attribute(hid_t object, const std::string& name, bool value);
void write_list_attribute(hid_t object, const std::string& name, const std::vector<std::string>& texts);
void write_list_attribute(hid_t object, const std::string& name, const std::vector<std::int64_t>& values);

}  // namespace geocyte::hdf5
