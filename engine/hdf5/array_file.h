// SPDX-License-Identifier: GPL-3.0-or-later
// One HDF5 file of named arrays, lists of texts and JSON attributes: snapshots, axes and probe answers of a run.
//
// Layout, so that h5py reads it without us:
//   /                     attributes geocyte_format = "arrays", geocyte_version = 1, kind
//   /attributes           one text: the JSON object
//   /arrays/<name>        one dataset an array, with attributes name, axes (list), role, units, caption
//   /texts/<name>         lists of UTF-8 texts
// Texts have a fixed width and metadata carry checksums (HDF5 1.8 format): a damaged file is refused, not crashed on.
// Inside a link name "/" and "%" are written "%2F" and "%25", because "embedding" and "embedding/umap" live side by side.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/core/named_array.h"

namespace geocyte::hdf5 {

struct ArrayFile {
  std::string kind;                                        ///< "snapshot", "axes", "probe"
  std::vector<NamedArray> arrays;                          ///< unique names
  std::map<std::string, std::vector<std::string>> texts;   ///< "cell/ids" -> row names
  Json attributes = Json::object();

  const NamedArray* find(const std::string& name) const;   ///< nullptr when absent
};

struct ArrayFileWriteOptions {
  int gzip = 0;          ///< level 1..9 with byte shuffle for arrays of 16 KiB and more; 0 = contiguous, fastest
  bool durable = true;   ///< fsync before and after the rename
};

/// What a reader is willing to take from a file that may be damaged or hostile.
struct ArrayFileLimits {
  std::int64_t max_total_bytes = std::int64_t{1} << 30;    ///< of all array elements and texts together
  std::int64_t max_block_bytes = std::int64_t{1} << 40;    ///< an array of two or more dimensions with more comes without its elements
  std::int64_t max_entries = 4096;                         ///< arrays and text lists
  std::int64_t max_attribute_bytes = std::int64_t{16} << 20;
};

/// Writes the file atomically. Throws Error{storage} when it cannot be written, Error{internal} for a name that is
/// empty, repeated or not a clean relative path, or for an array whose buffer is not as long as its shape says.
void write_array_file(const std::filesystem::path& path, const ArrayFile& content,
                      const ArrayFileWriteOptions& options = {});

/// Reads the whole file. Throws Error{bad_data} in one sentence for: missing, cut short, not ours, newer version,
/// unknown element type, more than the limits, links out of the file, unclean names.
ArrayFile read_array_file(const std::filesystem::path& path, const ArrayFileLimits& limits = {});

}  // namespace geocyte::hdf5
