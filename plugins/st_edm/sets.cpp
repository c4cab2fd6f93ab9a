// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/sets.h"

#include <algorithm>

#include "engine/core/check.h"

namespace geocyte::plugins::st_edm {

SetDraws::SetDraws(std::vector<std::vector<std::int64_t>> rows, std::int64_t wanted) : rows_(std::move(rows)), size_(wanted) {
  std::erase_if(rows_, [](const auto& of_source) { return of_source.empty(); });
  require(!rows_.empty(), "sets are drawn from at least one slide");
  for (const auto& of_source : rows_) size_ = std::min(size_, static_cast<std::int64_t>(of_source.size()));
}

void SetDraws::draw(Rng& rng, std::span<std::int64_t> to) {
  require(to.size() % static_cast<std::size_t>(size_) == 0, "whole sets are drawn");
  for (std::size_t begin = 0; begin < to.size(); begin += static_cast<std::size_t>(size_)) {
    // Always from the same order, so that a draw depends on the stream alone and a resumed run draws alike.
    shuffled_ = rows_[static_cast<std::size_t>(rng.below(rows_.size()))];
    for (std::size_t i = 0; i < static_cast<std::size_t>(size_); ++i) {
      std::swap(shuffled_[i], shuffled_[i + static_cast<std::size_t>(rng.below(shuffled_.size() - i))]);
      to[begin + i] = shuffled_[i];
    }
  }
}

}  // namespace geocyte::plugins::st_edm
