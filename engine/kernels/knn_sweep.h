// SPDX-License-Identifier: GPL-3.0-or-later
// The body of the kNN tile for a vector of `Lanes` floats. Included by one .cpp an instruction set, each of which sets
// its target first; the unnamed namespace keeps the three forms apart. Private to engine/kernels.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "engine/kernels/knn_tile.h"

namespace geocyte::kernels {
namespace {

/// Q queries against 2 vectors of references. below(key0, key1, threshold) has a bit for each lane that lies below.
template <int Q, int Lanes, class Below>
void sweep_panels(const Sweep& sweep, Below below) {
  typedef float Vector __attribute__((vector_size(Lanes * sizeof(float))));
  // The same vector at any address of floats.
  typedef float Loaded __attribute__((vector_size(Lanes * sizeof(float)), aligned(sizeof(float)), may_alias));
  constexpr int kWidth = 2 * Lanes;
  float threshold[Q];
  for (int q = 0; q < Q; ++q) threshold[q] = sweep.best[q].threshold();

  for (std::int64_t panel = 0; panel < sweep.panels; ++panel) {
    const float* reference = sweep.references + panel * sweep.dims * kWidth;
    const float* query = sweep.queries;
    const Loaded* norm = reinterpret_cast<const Loaded*>(sweep.norms + panel * kWidth);
    Vector key0[Q], key1[Q];
#pragma GCC unroll 16
    for (int q = 0; q < Q; ++q) {
      key0[q] = norm[0];
      key1[q] = norm[1];
    }
    for (std::int64_t d = 0; d < sweep.dims; ++d, reference += kWidth, query += Q) {
      const Vector r0 = *reinterpret_cast<const Loaded*>(reference),
                   r1 = *reinterpret_cast<const Loaded*>(reference + Lanes);
#pragma GCC unroll 16
      for (int q = 0; q < Q; ++q) {
        key0[q] += query[q] * r0;
        key1[q] += query[q] * r1;
      }
    }
#pragma GCC unroll 16
    for (int q = 0; q < Q; ++q) {
      std::uint32_t lanes = below(key0[q], key1[q], threshold[q]);
      if (lanes == 0 || q >= sweep.live_queries) [[likely]]
        continue;
      float keys[kWidth];
      std::memcpy(keys, &key0[q], sizeof(Vector));
      std::memcpy(keys + Lanes, &key1[q], sizeof(Vector));
      const auto first = sweep.first_reference + static_cast<std::int32_t>(panel * kWidth);
      const std::int32_t self = sweep.self < 0 ? -1 : sweep.self + q;
      for (; lanes != 0; lanes &= lanes - 1) {
        const int lane = std::countr_zero(lanes);
        if (first + lane != self) sweep.best[q].offer(keys[lane], first + lane);
      }
      threshold[q] = sweep.best[q].threshold();
    }
  }
}

}  // namespace
}  // namespace geocyte::kernels
