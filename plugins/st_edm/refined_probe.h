// SPDX-License-Identifier: GPL-3.0-or-later
// What the refiner makes of the generator's places from one noise level, on demand: at most 400 cells, within a second.
#pragma once

#include <string>

#include "plugins/st_edm/refinement.h"

namespace geocyte::plugins::st_edm {

/// "coordinates/probe" (cell, d) on the whole cell axis, NaN where not asked: cells of `source` ("" = of every source, in proportion), the
/// generator's places plus the mean of D over noise of `sigma` (in units of sigma_data) about them; laid onto true places where
/// they are known. Throws Error{bad_config} for a source that the run has not.
NamedArray refined_probe(const Refinement& refinement, double sigma, const std::string& source, std::uint64_t seed);

}  // namespace geocyte::plugins::st_edm
