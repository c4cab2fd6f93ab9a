// SPDX-License-Identifier: GPL-3.0-or-later
// Everything below the pragma may use AVX2; it is entered only after best_isa() has asked the processor.
#include "engine/kernels/pair_tile.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>
#pragma GCC target("avx2,fma")
#include "engine/kernels/pair_sweep.h"

namespace geocyte::kernels {
namespace {

struct Root {
  static auto of(__m256 x) { return _mm256_sqrt_ps(x); }
  static auto of(__m256d x) { return _mm256_sqrt_pd(x); }
};

}  // namespace

template <>
PairTile<float> avx2_pair_tile<float>() {
  return PairLoops<float, 8, Root>::table();
}
template <>
PairTile<double> avx2_pair_tile<double>() {
  return PairLoops<double, 4, Root>::table();
}

}  // namespace geocyte::kernels
#else
namespace geocyte::kernels {
template <>
PairTile<float> avx2_pair_tile<float>() {
  return plain_pair_tile<float>();
}
template <>
PairTile<double> avx2_pair_tile<double>() {
  return plain_pair_tile<double>();
}
}  // namespace geocyte::kernels
#endif
