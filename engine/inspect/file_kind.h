// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is, by its content: a wrong extension never matters.
#pragma once

#include <string>

namespace geocyte::inspect {

enum class FileKind { h5ad, tenx_h5, loom, mudata, run_arrays, other_hdf5, damaged_hdf5, table, text, zip, binary, folder, empty };

struct FileIdentity {
  FileKind kind = FileKind::binary;
  std::string name;            ///< for people: "AnnData (.h5ad)", "table of numbers, tab-separated, gzip"
  std::string problem;         ///< the sentence about a damaged file; "" = none
  char separator = 0;          ///< of a table
  bool gzip = false;
};

/// Throws Error{bad_data} only when the path does not exist or cannot be read.
FileIdentity identify_file(const std::string& path);

}  // namespace geocyte::inspect
