// SPDX-License-Identifier: GPL-3.0-or-later
// Everything below the pragma may use AVX-512F; it is entered only after best_isa() has asked the processor.
#include "engine/kernels/knn_tile.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma GCC target("avx512f,avx2,fma")
#include "engine/kernels/knn_sweep.h"

namespace geocyte::kernels {
namespace {

void sweep_avx512(const Sweep& sweep) {
  sweep_panels<12, 16>(sweep, [](auto key0, auto key1, float threshold) {
    const __m512 limit = _mm512_set1_ps(threshold);
    const std::uint32_t below0 = _mm512_cmp_ps_mask(key0, limit, _CMP_LT_OQ);
    const std::uint32_t below1 = _mm512_cmp_ps_mask(key1, limit, _CMP_LT_OQ);
    return below0 | below1 << 16;
  });
}

}  // namespace

TileKernel avx512_tile() { return {12, 32, sweep_avx512}; }

}  // namespace geocyte::kernels
#else
namespace geocyte::kernels {
TileKernel avx512_tile() { return plain_tile(); }
}  // namespace geocyte::kernels
#endif
