// SPDX-License-Identifier: GPL-3.0-or-later
// Which obs columns look like cell types and which like batches, by their names and how many values they have.
#pragma once

#include "engine/data/table.h"
#include "engine/inspect/inspect_file.h"

namespace geocyte::inspect {

/// Fills obs, labels, label_candidates and batch_candidates. A candidate has 2 to 200 distinct values that are not
/// numbers measured for each cell; those with a telling name come first, in the order of how telling it is.
void guess_columns(const data::Table& obs, FileInspection& out);

}  // namespace geocyte::inspect
