// SPDX-License-Identifier: GPL-3.0-or-later
// The geometry of a simulated tissue: an outline, soft domains and gradients as smooth functions of the place.
//
// Places are in units of the tissue's radius, about [-1.3, 1.3]^2; z in [-1, 1] is the depth of the section, along which
// the nests drift. Outline: r(theta) = 1 + sum_k a_k cos(k theta + phi_k), k = 2 .. 6, minus a lumen.
// Domain scores s_d(place) are smooth; the membership is softmax(s), so that domains fade into each other.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/core/rng.h"

namespace geocyte::simulate {

struct Place {
  double x = 0, y = 0;
};

inline constexpr int kDomains = 6;
inline constexpr int kGradients = 3;

/// "surface epithelium", "tumour core", "invasive margin", "stroma", "immune niche", "muscle".
const std::array<std::string, kDomains>& domain_names();

class Tissue {
 public:
  /// Shape, nests and niches are drawn from `rng`.
  explicit Tissue(Rng& rng);

  /// Distance-like: positive inside the tissue, negative outside and in the lumen.
  double margin(Place p) const;

  /// Shares of the domains, adding up to 1.
  std::array<double, kDomains> membership(Place p, double z) const;

  /// Smooth fields in [-1, 1]: depth below the surface, depth inside the tumour, nearness of a vessel.
  std::array<double, kGradients> gradients(Place p, double z) const;

 private:
  struct Blob {
    Place centre, drift;
    double length, width, angle;
    double at(Place p, double z) const;   ///< Gaussian bump, 1 at the centre
  };
  Place warped(Place p) const;
  double depth(Place q) const;            ///< positive towards the surface, bands follow it
  double tumour(Place q, double z) const;
  double vessel(Place q, double z) const;

  std::array<double, 5> outline_amplitude_{}, outline_phase_{};
  std::array<double, 8> warp_{};
  Blob lumen_{};
  std::vector<Blob> nests_, niches_;
  double vessel_phase_ = 0;
};

}  // namespace geocyte::simulate
