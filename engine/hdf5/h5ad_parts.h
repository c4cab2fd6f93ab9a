// SPDX-License-Identifier: GPL-3.0-or-later
// Where the parts of an AnnData file are, in each layout: shared by the reader and the summary.
#pragma once

#include <hdf5.h>

#include <map>
#include <string>

#include "engine/hdf5/handle.h"

namespace geocyte::hdf5 {

/// What an HDF5 file is, by its content: "AnnData", "10x Genomics matrix", "loom", "MuData", "run arrays" or "" (unknown).
/// Throws what open_file() throws.
std::string identify_hdf5(const std::string& path);

/// Opens a file and checks that it is AnnData: obs and var are there. Throws Error{bad_data} in one sentence otherwise,
/// naming what the file is instead where that is known (10x, loom, MuData, named arrays of a run).
Handle open_h5ad(const std::string& path);

/// "0.8+", "0.7" or "0.6 or older".
std::string layout_of(hid_t file);

struct RawParts {
  std::string x, var;      ///< "raw/X", "raw/var" (0.7 and later) or "raw.X", "raw.var"; "" = no raw
};
RawParts raw_parts(hid_t file);

/// Texts of uns by path ("neighbors/params/method"), at most six levels deep; one-element lists count as scalars.
std::map<std::string, std::string> read_uns_texts(hid_t file);

inline constexpr const char* kSimulatedKey = "geocyte_simulated";

}  // namespace geocyte::hdf5
