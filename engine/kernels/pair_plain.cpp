// SPDX-License-Identifier: GPL-3.0-or-later
// The form that runs on every processor; also what other instruction sets are tested against.
#include <cmath>

#include "engine/kernels/pair_sweep.h"

namespace geocyte::kernels {
namespace {

struct Root {
  template <class Vector>
  static Vector of(Vector x) {
    for (std::size_t i = 0; i < sizeof(Vector) / sizeof(x[0]); ++i) x[i] = std::sqrt(x[i]);
    return x;
  }
};

}  // namespace

template <>
PairTile<float> plain_pair_tile<float>() {
  return PairLoops<float, 4, Root>::table();
}
template <>
PairTile<double> plain_pair_tile<double>() {
  return PairLoops<double, 2, Root>::table();
}

}  // namespace geocyte::kernels
