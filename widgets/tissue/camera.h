// SPDX-License-Identifier: GPL-3.0-or-later
// From which side a tissue in space is looked at. No perspective: what is parallel stays parallel, lengths across the view are true.
#pragma once

#include <array>

#include "widgets/tissue/places.h"

namespace geocyte::widgets::tissue {

struct Camera {
  /// Rows: what points to the right, up, and towards the eye. A rotation.
  std::array<Place, 3> turn{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  Place centre{0, 0, 0};                ///< stays where it is while the tissue is turned
  /// (across, along, towards the eye); NaN stays NaN.
  Place operator()(const Place& place) const;
  /// Turns the tissue about the axis that points up by `right` and about the one that points right by `up`, in radians: its front
  /// follows the mouse.
  void orbit(double right, double up);
};

/// Along z, y or x (axis 2, 1, 0): the other two axes lie in the picture, x before y before z.
Camera along(int axis);

/// Mean of the places that are known, and the largest distance from it; {0, 0, 0} and 1 without any.
struct Ball {
  Place centre{0, 0, 0};
  double radius = 1;
};
Ball ballAround(const Places& places);

}  // namespace geocyte::widgets::tissue
