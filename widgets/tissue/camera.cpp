// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tissue/camera.h"

#include <algorithm>
#include <cmath>

namespace geocyte::widgets::tissue {
namespace {

double dot(const Place& a, const Place& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/// Rows p and q of `turn`, turned into each other; p moves towards q.
void mix(std::array<Place, 3>& turn, std::size_t p, std::size_t q, double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  for (std::size_t k = 0; k < 3; ++k) {
    const double a = turn[p][k], b = turn[q][k];
    turn[p][k] = c * a + s * b;
    turn[q][k] = c * b - s * a;
  }
}

/// Many small turns add up rounding: the rows are made orthonormal again (Gram-Schmidt).
void straighten(std::array<Place, 3>& turn) {
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t before = 0; before < r; ++before) {
      const double share = dot(turn[r], turn[before]);
      for (std::size_t k = 0; k < 3; ++k) turn[r][k] -= share * turn[before][k];
    }
    const double length = std::sqrt(dot(turn[r], turn[r]));
    for (double& value : turn[r]) value /= length;
  }
}

}  // namespace

Place Camera::operator()(const Place& place) const {
  const Place off{place[0] - centre[0], place[1] - centre[1], place[2] - centre[2]};
  return {dot(turn[0], off), dot(turn[1], off), dot(turn[2], off)};
}

void Camera::orbit(double right, double up) {
  mix(turn, 0, 2, right);   // what is in front goes to the right
  mix(turn, 1, 2, up);
  straighten(turn);
}

Camera along(int axis) {
  Camera made;
  if (axis == 1) made.turn = {{{1, 0, 0}, {0, 0, 1}, {0, -1, 0}}};
  if (axis == 0) made.turn = {{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}};
  return made;
}

Ball ballAround(const Places& places) {
  Ball ball;
  double n = 0;
  for (const Place& place : places) {
    if (!isKnown(place)) continue;
    ++n;
    for (std::size_t k = 0; k < 3; ++k) ball.centre[k] += place[k];
  }
  if (n == 0) return ball;
  for (double& value : ball.centre) value /= n;
  double far = 0;
  for (const Place& place : places)
    if (isKnown(place)) far = std::max(far, distance(place, ball.centre));
  if (far > 0) ball.radius = far;
  return ball;
}

}  // namespace geocyte::widgets::tissue
