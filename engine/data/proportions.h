// SPDX-License-Identifier: GPL-3.0-or-later
// Shares of cell types in spots, as a deconvolution has estimated them elsewhere: what types carried over from single cells are
// held against. Never seen in training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace geocyte::data {

struct Proportions {
  std::vector<std::string> types;              ///< one a column
  DenseMatrix values;                          ///< rows of the data set x types; NaN where the table lacks a spot
};

/// Brings a table of spots x types into the order of `dataset`. A row of the table belongs to the spot of its name, or to the one
/// whose name ends in it after a `_`, `-`, `:` or `/`: "F1_10x11" has the row "10x11". Spots that the table lacks get NaN.
/// Throws Error{bad_data} when no spot is found, when a row fits two spots, or for a share that is negative or not finite.
Proportions align_proportions(const Dataset& table, const Dataset& dataset);

/// Keeps proportions with the data set: obsm "proportions", the names of its columns in uns "proportions", one a line.
void attach_proportions(Proportions proportions, Dataset& dataset);
/// What attach_proportions() kept; no types when there are none.
Proportions proportions_of(const Dataset& dataset);

/// For each label of single cells the type (column) it counts as, or -1. The same name, capitals and signs apart, comes first;
/// else a type all of whose words begin a word of the label, "cell" and "cells" apart and words under four letters whole:
/// "Cancer Epithelial" counts as "Epithelial", "Plasmablasts" as "Plasma Cells", "Basal" not as "B cells". Of several the one
/// with the most letters.
std::vector<std::int32_t> types_of_labels(const std::vector<std::string>& types, const std::vector<std::string>& labels);

}  // namespace geocyte::data
