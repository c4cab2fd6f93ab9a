// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loop of exact kNN, written once with vector extensions and compiled once for each instruction set by
// knn_plain.cpp, knn_avx2.cpp and knn_avx512.cpp. Private to engine/kernels.
//
// A panel holds Q queries (or W references) with their coordinates interleaved: value [dim][point], so that one
// coordinate of all W references is one or two registers. The Q x W accumulators stay in registers over all dimensions.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace geocyte::kernels {

/// A candidate as one number: smaller key first, then smaller index. The bits of a float, with the sign bit flipped for
/// positive and all bits for negative ones, are ordered like the float.
inline std::uint64_t ranked(float key, std::int32_t index) {
  const auto bits = std::bit_cast<std::uint32_t>(key);
  const std::uint32_t ordered = bits ^ ((bits >> 31) != 0 ? 0xffffffffu : 0x80000000u);
  return std::uint64_t{ordered} << 32 | static_cast<std::uint32_t>(index);
}
inline float key_of(std::uint64_t item) {
  const auto ordered = static_cast<std::uint32_t>(item >> 32);
  return std::bit_cast<float>(ordered ^ ((ordered >> 31) != 0 ? 0x80000000u : 0xffffffffu));
}
inline std::int32_t index_of(std::uint64_t item) { return static_cast<std::int32_t>(item & 0xffffffffu); }

/// The k best references of one query so far: a binary heap of ranked() items with the worst on top.
struct BestK {
  std::uint64_t* items = nullptr;  ///< room for k
  std::int32_t size = 0, k = 0;

  float threshold() const { return size < k ? std::numeric_limits<float>::infinity() : key_of(items[0]); }

  void offer(float key, std::int32_t index) {
    const std::uint64_t item = ranked(key, index);
    std::int32_t at;
    if (size < k) {
      at = size++;
      for (; at > 0 && items[(at - 1) / 2] < item; at = (at - 1) / 2) items[at] = items[(at - 1) / 2];
    } else {
      if (item >= items[0]) return;
      at = 0;
      for (std::int32_t child = 1; child < k; child = 2 * at + 1) {
        child += child + 1 < k && items[child] < items[child + 1];
        if (items[child] <= item) break;
        items[at] = items[child];
        at = child;
      }
    }
    items[at] = item;
  }
};

/// What one sweep does: a panel of queries against `panels` panels of references.
struct Sweep {
  const float* queries = nullptr;     ///< dims x Q, already times -2
  const float* references = nullptr;  ///< panels x dims x W
  const float* norms = nullptr;       ///< panels x W: squared norm; infinity for padding
  std::int64_t dims = 0, panels = 0;
  std::int32_t first_reference = 0;  ///< index of the first reference of the first panel
  std::int32_t self = -1;            ///< index of the first query among the references; -1 = they are other points
  std::int32_t live_queries = 0;     ///< queries beyond it are padding
  BestK* best = nullptr;             ///< Q
};

/// One instruction set: panel sizes and the loop.
struct TileKernel {
  std::int32_t queries, references;  ///< Q, W
  void (*sweep)(const Sweep&);
};

TileKernel plain_tile();
TileKernel avx2_tile();
TileKernel avx512_tile();

}  // namespace geocyte::kernels
