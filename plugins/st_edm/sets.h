// SPDX-License-Identifier: GPL-3.0-or-later
// A step's cells: for each member of the ensemble some cells of one training slide, drawn without replacement.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/rng.h"

namespace geocyte::plugins::st_edm {

class SetDraws {
 public:
  /// Rows of the cell axis by source; sources without rows are never drawn. A set has min(wanted, cells of the smallest slide) cells.
  SetDraws(std::vector<std::vector<std::int64_t>> rows, std::int64_t wanted);

  std::int64_t size() const { return size_; }
  /// Fills `to` (a whole number of sets) with rows; each set is of one slide, every slide alike often.
  void draw(Rng& rng, std::span<std::int64_t> to);

 private:
  std::vector<std::vector<std::int64_t>> rows_;
  std::vector<std::int64_t> shuffled_;
  std::int64_t size_ = 0;
};

}  // namespace geocyte::plugins::st_edm
