// SPDX-License-Identifier: GPL-3.0-or-later
// Frames for looking at places. What is predicted of a source is free to turn and to be mirrored; to be drawn beside what is known, it is
// laid onto it. Nothing that is judged depends on this.
//
//   known places      the prediction is turned onto them (rotation or reflection, scale reported, not applied)
//   unknown places    onto the joint scaling of all cells, which was turned onto the first training slide: sources then lie alike
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

/// `joint` (N, d), all cells in one frame, turned onto the first training slide.
at::Tensor turned_places(const Tissue& tissue, const at::Tensor& joint);

/// `places[s]` (n_s, d) of each source -> (N, d) on the host, places of the whole axis. `joint` (N, d): all cells in one frame.
at::Tensor shown_places(const Tissue& tissue, const std::vector<at::Tensor>& places, const at::Tensor& joint);

}  // namespace geocyte::plugins::st_edm
