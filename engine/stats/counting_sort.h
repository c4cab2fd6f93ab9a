// SPDX-License-Identifier: GPL-3.0-or-later
// Order and ranks of many values that are not negative: floats of one sign sort as their bits do, so three passes of 11 bits are enough.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace geocyte::stats {

/// Indices of values by rising value, ties by rising index. Values are finite and at least 0 (-0 counts as 0).
inline std::vector<std::uint32_t> rising_order(const float* values, std::size_t n) {
  std::vector<std::uint32_t> order(n), other(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = static_cast<std::uint32_t>(i);
  for (int shift = 0; shift < 33; shift += 11) {
    std::array<std::uint32_t, 2049> begin{};
    const auto digit = [&](std::uint32_t i) { return (std::bit_cast<std::uint32_t>(values[i] + 0.0f) >> shift) & 2047u; };
    for (std::size_t i = 0; i < n; ++i) ++begin[digit(static_cast<std::uint32_t>(i)) + 1];
    for (std::size_t d = 0; d < 2048; ++d) begin[d + 1] += begin[d];
    for (const auto i : order) other[begin[digit(i)]++] = i;
    order.swap(other);
  }
  return order;
}

/// Mid-ranks from 1, given the order.
inline std::vector<float> mid_ranks(const float* values, const std::vector<std::uint32_t>& order) {
  std::vector<float> ranks(order.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first + 1;
    while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
    for (std::size_t i = first; i < last; ++i) ranks[order[i]] = 0.5f * static_cast<float>(first + last + 1);
    first = last;
  }
  return ranks;
}

}  // namespace geocyte::stats
