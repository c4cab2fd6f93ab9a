// SPDX-License-Identifier: GPL-3.0-or-later
// Everything below the pragma may use AVX-512F; it is entered only after best_isa() has asked the processor.
#include "engine/kernels/pair_tile.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>
#pragma GCC target("avx512f,avx2,fma")
#include "engine/kernels/pair_sweep.h"

namespace geocyte::kernels {
namespace {

struct Root {
  // The masked forms: g++ 12 warns of its own header in the plain ones.
  static auto of(__m512 x) { return _mm512_maskz_sqrt_ps(0xffff, x); }
  static auto of(__m512d x) { return _mm512_maskz_sqrt_pd(0xff, x); }
};

}  // namespace

template <>
PairTile<float> avx512_pair_tile<float>() {
  return PairLoops<float, 16, Root>::table();
}
template <>
PairTile<double> avx512_pair_tile<double>() {
  return PairLoops<double, 8, Root>::table();
}

}  // namespace geocyte::kernels
#else
namespace geocyte::kernels {
template <>
PairTile<float> avx512_pair_tile<float>() {
  return plain_pair_tile<float>();
}
template <>
PairTile<double> avx512_pair_tile<double>() {
  return plain_pair_tile<double>();
}
}  // namespace geocyte::kernels
#endif
