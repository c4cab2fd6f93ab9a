// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/context_blocks.h"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "engine/core/rng.h"

namespace geocyte::plugins::st_edm {

std::vector<std::uint64_t> keys_of(const data::DenseMatrix& expression) {
  std::vector<std::uint64_t> keys;
  keys.reserve(static_cast<std::size_t>(expression.rows));
  for (std::int64_t i = 0; i < expression.rows; ++i) {
    const std::span<const float> row = expression.row(i);
    keys.push_back(hash64({reinterpret_cast<const char*>(row.data()), row.size_bytes()}));
  }
  return keys;
}

std::vector<std::vector<std::int64_t>> thinned_blocks(std::span<const std::uint64_t> keys, std::int64_t most) {
  const auto n = static_cast<std::int64_t>(keys.size()), count = std::max<std::int64_t>(1, (n + most - 1) / most);
  std::vector<std::int64_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  if (count == 1) return {std::move(order)};
  const auto key = [&](std::int64_t i) { return keys[static_cast<std::size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return key(a) < key(b); });
  std::vector<std::vector<std::int64_t>> blocks(static_cast<std::size_t>(count));
  std::int64_t block = 0;
  for (std::int64_t at = 0; at < n; ++at) {
    const std::int64_t cell = order[static_cast<std::size_t>(at)];
    if (at == 0 || key(cell) != key(order[static_cast<std::size_t>(at - 1)])) block = at * count / n;
    blocks[static_cast<std::size_t>(block)].push_back(cell);
  }
  std::erase_if(blocks, [](const auto& one) { return one.empty(); });
  return blocks;
}

std::vector<std::vector<std::int64_t>> context_blocks(std::span<const std::uint64_t> keys, const std::vector<std::int64_t>& cells, std::int64_t most) {
  if (static_cast<std::int64_t>(cells.size()) <= most) return {cells};
  std::vector<std::uint64_t> own;
  own.reserve(cells.size());
  for (const std::int64_t row : cells) own.push_back(keys[static_cast<std::size_t>(row)]);
  auto blocks = thinned_blocks(own, most);
  for (auto& block : blocks)
    for (std::int64_t& row : block) row = cells[static_cast<std::size_t>(row)];
  return blocks;
}

}  // namespace geocyte::plugins::st_edm
