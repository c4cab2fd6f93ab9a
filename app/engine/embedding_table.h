// SPDX-License-Identifier: GPL-3.0-or-later
// Embeddings as a file that others read: .h5ad with obsm, one .csv, or points as .vtk.
#pragma once

#include <string>

#include "engine/data/dataset.h"

namespace geocyte::app {

/// Before anything is computed: throws Error{usage} when the name ends in none of .h5ad, .csv and .vtk, Error{storage} when its folder is not there or cannot be written to.
void check_output(const std::string& path);

/// Writes obs and obsm of `table`. .h5ad: no X, so that it can be laid beside the data it was made from
/// (`adata.obsm["X_gems"] = made.obsm["X_gems"]`, same cells in the same order). .csv: one line a cell: cell, the categorical columns
/// of obs, then each obsm as NAME_0, NAME_1, … without "X_" in front, then the numeric columns of obs.
/// .vtk: engine/io/vtk_points.h; the points are `points`, else X_predicted, else spatial, else the first obsm of two or three columns, without the cells that have no
/// place there; Error{bad_data} when there is none. `expression`: X as well (.h5ad). Throws Error{storage}.
void write_embeddings(const data::Dataset& table, const std::string& path, bool expression = false, const std::string& points = {});

}  // namespace geocyte::app
