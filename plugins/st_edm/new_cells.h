// SPDX-License-Identifier: GPL-3.0-or-later
// New cells as the networks of a run see them, and their places as they are written: what placing is for every kind of model of st_edm (placer.h,
// seed/placer.h).
//
// Cells are read twice, some rows at a time: for the mean and deviation of each gene within each source, then for components and input.
// uns geocyte/shared_variation: variance of the cells along the components over that of training cells; below .6 a note says that they may be foreign
// (simulated tissues, seed 7: .79 to .95 of the same tissue, .49 of another one).
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/train/applier.h"
#include "plugins/st_edm/placing.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

inline constexpr double kReadShare = 0.03;   ///< of the time that placing takes

/// Throws Error{interrupted} when stopped.
void go_on(const StopToken& stop);

/// The cells of each source. Throws Error{bad_data} for a source of fewer than four.
std::vector<CellSet> sets_of(const train::NewCells& cells);

/// `input`, `components` and the sources of a tissue of the new cells, all to be placed; `known`: recipe, map, profile, dims and block of the run.
/// Throws Error{bad_data}: no obsm that the map needs, of another encoder, of another size, not finite; what Recipe::apply throws.
Tissue read_new_cells(const Tissue& known, const train::NewCells& cells, const train::ApplyOptions& options);

/// Hashes of the encoder that obsm of new cells must be of; empty = none, or not said.
std::vector<std::string> encoder_hashes(const InputMap& map);

/// Cells of the first training slide, evenly through it: their places say how new cells are turned.
std::vector<std::int64_t> frame_rows(const Tissue& tissue);

/// From rows of a tissue to where cells of the first training slide and these lie together, (known + rows, d) in a frame of its own.
using JointPlaces = std::function<at::Tensor(std::span<const std::int64_t> rows)>;

/// `places` (n, d) of a set, turned as the first training slide lies: the known cells lay the joint places onto `frame` (known, d), and these turn the set.
/// Of many new cells 2 known, spread evenly, say as well how the tissue lies.
at::Tensor turned_onto(const at::Tensor& frame, const CellSet& cells, const at::Tensor& places, const JointPlaces& joint);

struct PlacedCells {
  at::Tensor places, uncertainty;          ///< (n, d) and (n), float on the host, in radii of a training slide
  std::string how_sure;                    ///< what the uncertainty is, in words
  bool refined = false;
  std::vector<double> radii;               ///< of the training slides, in the units of their files
};

train::Applied to_applied(const Tissue& known, const Tissue& tissue, const PlacedCells& placed, int threads);

}  // namespace geocyte::plugins::st_edm
