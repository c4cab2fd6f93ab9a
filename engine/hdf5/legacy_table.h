// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of anndata 0.6 and older: one compound data set, the index in its first field, category labels in
// uns/<column>_categories, and all of obsm in another compound data set with array fields.
#pragma once

#include <hdf5.h>

#include <map>
#include <string>

#include "engine/data/matrix.h"
#include "engine/data/table.h"

namespace geocyte::hdf5 {

data::Table read_compound_table(hid_t file, const std::string& path);

/// Numeric fields of a compound data set: a field of float[k] is a matrix of k columns.
std::map<std::string, data::DenseMatrix> read_compound_matrices(hid_t file, const std::string& path);

}  // namespace geocyte::hdf5
