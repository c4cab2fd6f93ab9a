// SPDX-License-Identifier: GPL-3.0-or-later
// Places of cells as a spatial run has predicted them, for cells that have none of their own: what pseudo-places are learned from.
#pragma once

#include <string>

#include "engine/data/dataset.h"

namespace geocyte::data {

/// Keeps with `dataset` what `geocyte-engine export` (or `apply`) wrote of a spatial run: obsm "predicted_places" (n x 3): the first two columns of
/// obsm X_predicted (or X_st_edm) and obs `uncertainty`; NaN where `exported` lacks a cell, or says no uncertainty. A row belongs to the cell of
/// its name, to SOURCE/CELL where `source` is the source's name, or to the cell that its name ends in after a "/" when only one row
/// does. Throws Error{bad_data} when there are no places, when they are of no cell of the data set, or when none of its cells has
/// one that is finite.
void attach_predicted_places(const Dataset& exported, const std::string& source, Dataset& dataset);

/// What attach_predicted_places() kept; nullptr when there is none.
const DenseMatrix* predicted_places_of(const Dataset& dataset);

}  // namespace geocyte::data
