// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of a set too large to be laid out at once (layout.h needs n^2 memory): overlapping patches that share anchors, each a thinned copy of the set and
// laid out by itself (engine/embed/patches.h). What they are first turned onto is the classical scaling of the whole set, brought to the radius of its predicted distances.
// What a patch alone would not know is where it lies, which the start says, and how large it is, which predicted distances say in one unit.
#pragma once

#include <functional>

#include "engine/embed/patches.h"
#include "plugins/st_edm/layout.h"

namespace geocyte::plugins::st_edm {

inline constexpr std::int64_t kMostAtOnce = 3000;

using PatchProgress = std::function<void(std::int64_t done, std::int64_t of)>;

/// Shapes as laid_out_places(), which calls this for more than kMostAtOnce cells. A stopped layout is the start.
at::Tensor laid_out_in_patches(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop,
                               std::int64_t patch_cells = kMostAtOnce, const PatchProgress& progress = {});

}  // namespace geocyte::plugins::st_edm
