// SPDX-License-Identifier: GPL-3.0-or-later
// Writer of AnnData files in the layout of 0.8 and later: every element carries encoding-type and encoding-version.
#pragma once

#include <string>

#include "engine/data/dataset.h"

namespace geocyte::hdf5 {

struct H5adWriteOptions {
  int gzip = 4;              ///< 0 = no compression
  bool durable = true;       ///< fsync before and after the rename
  bool expression = true;    ///< false: no X and no layers; AnnData then takes its shape from obs and var
};

/// Writes X, obs, var, layers, obsm and uns (texts) atomically; `simulated` is stored as uns/geocyte_simulated.
/// Throws Error{storage} when the place cannot be written, Error{internal} when the parts differ in length.
void write_h5ad(const data::Dataset& dataset, const std::string& path, const H5adWriteOptions& options = {});

}  // namespace geocyte::hdf5
