// SPDX-License-Identifier: GPL-3.0-or-later
// Lays predicted places onto true ones for looking at them: a turn, a mirror image where that fits better, and a scale where wanted.
//
//   min over R, s, t  of  sum_i | s R (x_i - mean x) + t - y_i |^2 ,   R'R = I, det R = +1 or -1
//   H = sum_i (x_i - mean x)(y_i - mean y)' = U S V',  R = V U',  s = tr S / sum_i |x_i - mean x|^2,  t = mean y
//   (Schonemann, Psychometrika 1966; Umeyama, IEEE PAMI 1991, eqs. 40-42 with D = I)
// In the plane R follows in closed form from a = sum x.y and b = sum x cross y; in space S, U, V come from one-sided Jacobi rotations
// (Hestenes 1958). Mirror images are allowed: distances, the only thing that is judged, cannot tell them apart.
// The same mathematics as engine/embed/procrustes.h, which widgets may not include; tst_tissue_parity holds them equal.
// Guards: points that all lie in one place are not turned and keep s = 1; a flat cloud in space is turned, not mirrored, where both fit.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "widgets/tissue/places.h"

namespace geocyte::widgets::tissue {

enum class Fit { none, rotation, rotation_scale };

struct Similarity {
  std::array<std::array<double, 3>, 3> turn{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  double scale = 1;
  Place from{0, 0, 0}, to{0, 0, 0};     ///< means
  double rms = 0;                       ///< root mean squared distance after the fit
  std::int64_t n = 0;                   ///< cells known on both sides; 0 = nothing was fitted
  bool mirrored = false;
  Place operator()(const Place& x) const;
  /// In the plane: degrees from -180 to 180.
  double degrees() const;
};

/// Uses the rows with a set byte of `rows` (empty = all) that are known in both. `dims` 2 or 3. Fit::none: identity, rms as they are.
Similarity fitOnto(const Places& source, const Places& target, const std::vector<std::uint8_t>& rows, int dims, Fit fit);

}  // namespace geocyte::widgets::tissue
