// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loop of exact kNN, written once with vector extensions and compiled once for each instruction set by
// knn_plain.cpp, knn_avx2.cpp and knn_avx512.cpp. Private to engine/kernels.
//
// A panel holds Q queries (or W references) with their coordinates interleaved: value [dim][point], so that one
// coordinate of all W references is one or two registers. The Q x W accumulators stay in registers over all dimensions.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace geocyte::kernels {

/// The k best references of one query so far: a binary heap with the worst on top; worse = larger key, then larger index.
struct BestK {
  std::pair<float, std::int32_t>* items = nullptr;   ///< room for k
  std::int32_t size = 0, k = 0;

  float threshold() const { return size < k ? std::numeric_limits<float>::infinity() : items[0].first; }

  /// References are offered in rising index order within a query, so an equal key never replaces an older one.
  void offer(float key, std::int32_t index) {
    const std::pair<float, std::int32_t> item{key, index};
    std::int32_t at;
    if (size < k) {
      at = size++;
      for (; at > 0 && items[(at - 1) / 2] < item; at = (at - 1) / 2) items[at] = items[(at - 1) / 2];
    } else {
      if (!(item < items[0])) return;
      at = 0;
      for (std::int32_t child = 1; child < k; child = 2 * at + 1) {
        if (child + 1 < k && items[child] < items[child + 1]) ++child;
        if (!(item < items[child])) break;
        items[at] = items[child];
        at = child;
      }
    }
    items[at] = item;
  }
};

/// What one sweep does: a panel of queries against `panels` panels of references.
struct Sweep {
  const float* queries = nullptr;        ///< dims x Q, already times -2
  const float* references = nullptr;     ///< panels x dims x W
  const float* norms = nullptr;          ///< panels x W: squared norm; infinity for padding
  std::int64_t dims = 0, panels = 0;
  std::int32_t first_reference = 0;      ///< index of the first reference of the first panel
  std::int32_t self = -1;                ///< index of the first query among the references; -1 = they are other points
  std::int32_t live_queries = 0;         ///< queries beyond it are padding
  BestK* best = nullptr;                 ///< Q
};

/// One instruction set: panel sizes and the loop.
struct TileKernel {
  std::int32_t queries, references;      ///< Q, W
  void (*sweep)(const Sweep&);
};

TileKernel plain_tile();
TileKernel avx2_tile();
TileKernel avx512_tile();

}  // namespace geocyte::kernels
