// SPDX-License-Identifier: GPL-3.0-or-later
// What the networks see of a cell.
//
//   genes   y = ln(1 + x T / sum x) on the panel, then per source and gene (y - mean) / sd, clipped to +-6
//   encoder    what the encoder of a gems run makes of each cell, by its own panel and recipe: one space for all sources, treated as the next
//   embedding  what an encoder made of each cell, read from obsm: one space for all sources, so nothing is standardised; divided as below. With
//           input.beside: components after those of pca, for every network
//   pca     its principal components over all cells, divided by the mean of their standard deviations over training cells
//
// Genes are standardised within each source by that source's own cells, held-out ones included: expression of a new slide is known
// when its cells are to be placed, their places are not. Components are therefore transductive in expression, never in coordinates.
#pragma once

#include <string>

#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

inline constexpr std::int64_t kShownComponents = 50;   ///< that baselines, neighbours of expression and off-tissue scores are made of

/// Fits the recipe on training cells and fills recipe, input and components of the tissue. Throws what Recipe and fit_pca throw, and
/// Error{bad_data} for a source without the embedding or with one that another encoder made.
void add_input(const train::Inputs& inputs, const StEdmOptions& options, Tissue& tissue, train::TrainContext& ctx);

/// Which encoder made the embeddings of a file, by the hashes that `apply` wrote; "" where it does not say.
std::string encoder_of(const data::Dataset& dataset);

}  // namespace geocyte::plugins::st_edm
