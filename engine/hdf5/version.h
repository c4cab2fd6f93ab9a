// SPDX-License-Identifier: GPL-3.0-or-later
// The version of the HDF5 library that is in use, for run.json.
#pragma once

#include <string>

namespace geocyte::hdf5 {

std::string library_version();   ///< "1.10.8"

}  // namespace geocyte::hdf5
