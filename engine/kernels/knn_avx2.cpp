// SPDX-License-Identifier: GPL-3.0-or-later
// Everything below the pragma may use AVX2 and FMA; it is entered only after best_isa() has asked the processor.
#include "engine/kernels/knn_tile.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma GCC target("avx2,fma")
#include "engine/kernels/knn_sweep.h"

namespace geocyte::kernels {
namespace {

void sweep_avx2(const Sweep& sweep) {
  sweep_panels<6, 8>(sweep, [](auto key0, auto key1, float threshold) {
    const __m256 limit = _mm256_set1_ps(threshold);
    const auto below0 = static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(key0, limit, _CMP_LT_OQ)));
    const auto below1 = static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(key1, limit, _CMP_LT_OQ)));
    return below0 | below1 << 8;
  });
}

}  // namespace

TileKernel avx2_tile() { return {6, 16, sweep_avx2}; }

}  // namespace geocyte::kernels
#else
namespace geocyte::kernels {
TileKernel avx2_tile() { return plain_tile(); }
}  // namespace geocyte::kernels
#endif
