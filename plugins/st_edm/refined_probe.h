// SPDX-License-Identifier: GPL-3.0-or-later
// What the refiner makes of the generator's places from one noise level, on demand: at most 400 cells, within a second.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/core/named_array.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

/// "coordinates/probe" (cell, d) on the whole cell axis, NaN where not asked: cells of `source` ("" = of every source, in proportion), the
/// places that `refine` makes from noise of `sigma` (in units of sigma_data, for the caption); laid onto true places where
/// they are known, else onto `joint` (N, d), all cells in one frame. Throws Error{bad_config} for a source that the run has not.
/// Places (k, d) of the cells `rows` of one source, in a frame of their own.
using RefineRows = std::function<at::Tensor(const std::vector<std::int64_t>& rows, std::uint64_t seed)>;

NamedArray refined_probe(const Tissue& tissue, const at::Tensor& joint, const RefineRows& refine, double sigma, const std::string& source, std::uint64_t seed);

}  // namespace geocyte::plugins::st_edm
