// SPDX-License-Identifier: GPL-3.0-or-later
// Where spots and cells are: slides on a hexagonal grid cut out of the tissue, and places of dissociated cells.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/rng.h"
#include "engine/simulate/tissue.h"

namespace geocyte::simulate {

inline constexpr double kSpotPitchUm = 100;

struct Sampled {
  std::vector<Place> tissue;       ///< in the frame of the tissue (radii)
  std::vector<Place> slide;        ///< in the frame of the slide (um); empty for dissociated cells
  double z = 0;                    ///< depth of the section
  double um_per_unit = 0;          ///< one radius of the tissue
};

/// Exactly `spots` points of a hexagonal grid inside the tissue. The pitch is the largest that gives enough points; those
/// nearest to the edge are left out. The slide is a turned, slightly stretched section at a depth of its own.
Sampled cut_slide(const Tissue& tissue, std::int64_t spots, Rng& rng);

/// `cells` places drawn uniformly inside the middle section of the tissue.
Sampled dissociate(const Tissue& tissue, std::int64_t cells, double um_per_unit, Rng& rng);

}  // namespace geocyte::simulate
