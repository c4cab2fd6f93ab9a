// SPDX-License-Identifier: GPL-3.0-or-later
// Embeddings as a file that others read: .h5ad with obsm, or one .csv.
#pragma once

#include <string>

#include "engine/data/dataset.h"

namespace geocyte::app {

/// Throws Error{usage} when the name ends in neither .h5ad nor .csv: before anything is computed.
void check_output_name(const std::string& path);

/// Writes obs and obsm of `table`. .h5ad: no X, so that it can be laid beside the data it was made from
/// (`adata.obsm["X_gems"] = made.obsm["X_gems"]`, same cells in the same order). .csv: one line a cell: cell, the categorical columns
/// of obs, then each obsm as NAME_0, NAME_1, … without "X_" in front. Throws Error{storage}.
void write_embeddings(const data::Dataset& table, const std::string& path);

}  // namespace geocyte::app
