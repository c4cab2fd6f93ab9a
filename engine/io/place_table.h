// SPDX-License-Identifier: GPL-3.0-or-later
// Places of cells as text: a header, then one line a cell, separated by tabs, commas, semicolons or spaces. Columns are found by their names:
// x, y and where there is one z; also xcoord, x_coord, coord_x, pos_x and the like. With a first column of names (of any other header) lines are
// joined to cells by name, otherwise by order.
#pragma once

#include <filesystem>

#include "engine/data/dataset.h"

namespace geocyte::io {

/// The file of places that belongs to a table `.../A1.tsv`: the first of `A1_places`, `A1_geometry`, `A1_coordinates`, or `geometry`,
/// `coordinates`, `places` when the folder holds no other table that one could belong to; .txt, .tsv, .csv, each also .gz. Empty when there is none.
std::filesystem::path find_place_file(const std::filesystem::path& expression_table);

/// Adds obsm "spatial" (2 or 3 columns). Without names a file may hold more lines than there are cells only when it holds exactly twice as many:
/// then the second half is the mirrored side of the same cells (the Drosophila atlas) and is left out. Cells that are not named get NaN.
/// Throws Error{bad_data} with the line for: no such columns, another number of fields or lines, text that is not a finite number, no cell named.
void join_places(data::Dataset& dataset, const std::filesystem::path& file);

}  // namespace geocyte::io
