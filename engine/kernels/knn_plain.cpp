// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/knn_sweep.h"

namespace geocyte::kernels {
namespace {

constexpr int kLanes = 4;
typedef float Vector4 __attribute__((vector_size(kLanes * sizeof(float))));

void sweep_plain(const Sweep& sweep) {
  sweep_panels<4, kLanes>(sweep, [](Vector4 key0, Vector4 key1, float threshold) {
    std::uint32_t below = 0;
    for (int lane = 0; lane < kLanes; ++lane) {
      below |= std::uint32_t{key0[lane] < threshold} << lane;
      below |= std::uint32_t{key1[lane] < threshold} << (lane + kLanes);
    }
    return below;
  });
}

}  // namespace

TileKernel plain_tile() { return {4, 2 * kLanes, sweep_plain}; }

}  // namespace geocyte::kernels
