// SPDX-License-Identifier: GPL-3.0-or-later
// The plain reconstructions of engine/baselines/spatial_task.h on the tissue of a run: they learn from the cells that the model learns from, see
// the same components of expression, and lay out the same held-out cells. Chance among them.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/stop_token.h"
#include "plugins/st_edm/evaluation.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

/// Methods that hold a reference to the tissue. Places are an undefined tensor where a method was stopped or the source is too large for it.
std::vector<Method> plain_methods(const Tissue& tissue, std::uint64_t seed, int threads, const StopToken& stop);

}  // namespace geocyte::plugins::st_edm
