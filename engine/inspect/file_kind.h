// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is, by its content: a wrong extension never matters.
#pragma once

#include <string>

#include "engine/data/dataset.h"

namespace geocyte::inspect {

enum class FileKind { anndata, loom, other_hdf5, damaged_hdf5, table, text, zip, binary, folder, empty };

struct FileIdentity {
  FileKind kind = FileKind::binary;
  std::string name;            ///< for people: "AnnData", "loom", "table of numbers, gzip", "text"
  std::string problem;         ///< the sentence about a damaged file; "" = none
};

/// Throws Error{bad_data} only when the path does not exist or cannot be read.
FileIdentity identify_file(const std::string& path);

/// Reads expression out of any kind that holds it (AnnData, loom, table of numbers); layers are left out. Throws Error{bad_data}
/// for others, saying what the file is.
data::Dataset read_expression(const std::string& path);

}  // namespace geocyte::inspect
