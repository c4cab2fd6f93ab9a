// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tissue/alignment.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace geocyte::widgets::tissue {
namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

struct Turn {
  Matrix matrix;
  double gain;                          ///< tr S
  bool mirrored;
};

Turn turnInThePlane(const Matrix& h) {
  // H = sum x y': a = sum x.y, b = sum x cross y; of the mirrored x the same with the sign of the second row turned.
  const double a = h[0][0] + h[1][1], b = h[0][1] - h[1][0], am = h[0][0] - h[1][1], bm = h[0][1] + h[1][0];
  const double plain = std::hypot(a, b), mirror = std::hypot(am, bm);
  const bool mirrored = mirror > plain;
  const double gain = std::max(plain, mirror);
  if (!(gain > 0)) return {Matrix{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, 0, false};
  const double c = (mirrored ? am : a) / gain, s = (mirrored ? bm : b) / gain, sign = mirrored ? -1 : 1;
  return {Matrix{{{c, -s * sign, 0}, {s, c * sign, 0}, {0, 0, 1}}}, gain, mirrored};
}

using Column = std::array<double, 3>;
double dot(const Column& a, const Column& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Column cross(const Column& a, const Column& b) { return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]}; }

/// A unit vector at right angles to `a`, itself of unit length.
Column besides(const Column& a) {
  Column e{0, 0, 0};
  e[static_cast<std::size_t>(std::min_element(a.begin(), a.end(), [](double x, double y) { return std::abs(x) < std::abs(y); }) - a.begin())] = 1;
  Column made = cross(a, e);
  const double length = std::sqrt(dot(made, made));
  for (double& value : made) value /= length;
  return made;
}

Turn turnInSpace(const Matrix& h) {
  std::array<Column, 3> a, v{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};     // columns of H V and of V
  for (std::size_t c = 0; c < 3; ++c) a[c] = {h[0][c], h[1][c], h[2][c]};
  constexpr int kSweeps = 40;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    bool turned = false;
    for (const auto& [p, q] : {std::pair<std::size_t, std::size_t>{0, 1}, {0, 2}, {1, 2}}) {
      const double alpha = dot(a[p], a[p]), beta = dot(a[q], a[q]), gamma = dot(a[p], a[q]);
      if (std::abs(gamma) <= 1e-16 * std::sqrt(alpha * beta)) continue;
      turned = true;
      const double zeta = (beta - alpha) / (2 * gamma), t = std::copysign(1.0, zeta) / (std::abs(zeta) + std::sqrt(1 + zeta * zeta));
      const double c = 1 / std::sqrt(1 + t * t), s = c * t;
      for (std::array<Column, 3>* m : {&a, &v})
        for (std::size_t r = 0; r < 3; ++r) {
          const double x = (*m)[p][r], y = (*m)[q][r];
          (*m)[p][r] = c * x - s * y;
          (*m)[q][r] = s * x + c * y;
        }
    }
    if (!turned) break;
  }
  std::array<double, 3> length;
  for (std::size_t c = 0; c < 3; ++c) length[c] = std::sqrt(dot(a[c], a[c]));
  std::array<std::size_t, 3> order{0, 1, 2};
  std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return length[x] > length[y]; });
  if (!(length[order[0]] > 0)) return {Matrix{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, 0, false};
  std::array<Column, 3> u, w;
  for (std::size_t i = 0; i < 3; ++i) w[i] = v[order[i]];
  const double negligible = 1e-12 * length[order[0]];
  const auto unit = [&](std::size_t i) {
    Column made = a[order[i]];
    for (double& value : made) value /= length[order[i]];
    return made;
  };
  u[0] = unit(0);
  const bool line = length[order[1]] <= negligible, flat = length[order[2]] <= negligible;
  u[1] = line ? besides(u[0]) : unit(1);
  u[2] = flat ? cross(u[0], u[1]) : unit(2);
  if (flat) w[2] = cross(w[0], w[1]);                                 // both right-handed: no mirror
  Turn made{{}, length[0] + length[1] + length[2], false};
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t i = 0; i < 3; ++i) made.matrix[r][c] += w[i][r] * u[i][c];   // R = V U'
  const Matrix& m = made.matrix;
  made.mirrored = dot(cross({m[0][0], m[0][1], m[0][2]}, {m[1][0], m[1][1], m[1][2]}), {m[2][0], m[2][1], m[2][2]}) < 0;
  return made;
}

}  // namespace

Place Similarity::operator()(const Place& x) const {
  Place made = to;
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t c = 0; c < 3; ++c) made[r] += scale * turn[r][c] * (x[c] - from[c]);
  return made;
}

double Similarity::degrees() const { return std::atan2(turn[1][0], turn[0][0]) * 180 / std::numbers::pi; }

Similarity fitOnto(const Places& source, const Places& target, const std::vector<std::uint8_t>& rows, int dims, Fit fit) {
  Similarity made;
  if (source.size() != target.size() || (!rows.empty() && rows.size() != source.size())) return made;
  const auto counts = [&](std::size_t i) { return (rows.empty() || rows[i]) && isKnown(source[i]) && isKnown(target[i]); };
  Place from{0, 0, 0}, to{0, 0, 0};
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (!counts(i)) continue;
    ++made.n;
    for (std::size_t k = 0; k < 3; ++k) from[k] += source[i][k], to[k] += target[i][k];
  }
  if (made.n == 0) return made;
  const auto n = static_cast<double>(made.n);
  for (std::size_t k = 0; k < 3; ++k) from[k] /= n, to[k] /= n;
  if (fit != Fit::none) {
    made.from = from, made.to = to;
    Matrix h{};
    double size = 0;
    for (std::size_t i = 0; i < source.size(); ++i) {
      if (!counts(i)) continue;
      for (std::size_t r = 0; r < 3; ++r) {
        const double x = source[i][r] - from[r];
        size += x * x;
        for (std::size_t c = 0; c < 3; ++c) h[r][c] += x * (target[i][c] - to[c]);
      }
    }
    const Turn turn = dims == 2 ? turnInThePlane(h) : turnInSpace(h);
    made.turn = turn.matrix;
    made.mirrored = turn.mirrored;
    if (fit == Fit::rotation_scale && size > 0 && turn.gain > 0) made.scale = turn.gain / size;
  }
  double sum = 0;
  for (std::size_t i = 0; i < source.size(); ++i)
    if (counts(i)) sum += std::pow(distance(made(source[i]), target[i]), 2);
  made.rms = std::sqrt(sum / n);
  return made;
}

}  // namespace geocyte::widgets::tissue
