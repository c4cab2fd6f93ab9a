// SPDX-License-Identifier: GPL-3.0-or-later
// Compression filters that single-cell files use and HDF5 does not bring: LZF (32000, the default of old anndata and
// h5py) and Zstandard (32015). Others are found as HDF5 plugins where the system has them.
#pragma once

#include <hdf5.h>

#include <string>

namespace geocyte::hdf5 {

/// Makes LZF and Zstandard known to the library. Cheap and safe to call again.
void register_filters();

/// The sentence that says which filter of a dataset this system lacks ("compressed with Blosc2 (filter 32026), …");
/// "" when all are there.
std::string missing_filter(hid_t dataset);

}  // namespace geocyte::hdf5
