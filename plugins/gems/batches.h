// SPDX-License-Identifier: GPL-3.0-or-later
// Which cells a step sees. A batch is shared out evenly over the modalities that are there, then over the sources of each
// modality, and has the same layout at every step: the first rows are the first source's, and so on. So a small source
// weighs as much as a large one, no class of the adversary is rare, and everything that depends on the layout only
// (groups of the losses) is made once.
//
// Within a source cells are drawn without replacement where it has enough, by Floyd's algorithm (Bentley & Floyd 1987),
// else with replacement. All draws come from one stream, and nothing but that stream has to be saved.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/rng.h"

namespace geocyte::plugins::gems {

/// How many cells of each source a batch has, in the order in which they stand in it.
struct BatchLayout {
  std::vector<std::int64_t> source;        ///< index of the source of each part
  std::vector<std::int64_t> size;          ///< cells of it, >= 1
  std::int64_t cells() const;
  /// `value_of_source[source]` for each cell of a batch.
  std::vector<std::int64_t> spread(std::span<const std::int64_t> value_of_source) const;
};

/// Modalities in rising order, sources in rising order within; the first ones take what is left over. Sources that
/// `has_cells` says no to are left out. Throws Error{bad_config} when `batch_size` is smaller than the number of sources.
BatchLayout balanced_layout(std::span<const std::int64_t> modality_of_source, const std::vector<bool>& has_cells,
                            std::int64_t batch_size);

/// Each source by its size, at least one cell of each that has any (largest remainders): what a loader without strata does. Throws as above.
BatchLayout proportional_layout(std::span<const std::int64_t> cells_of_source, std::int64_t batch_size);

class Batches {
 public:
  /// `rows_of_source[s]`: the rows that may be drawn of source s.
  Batches(std::vector<std::vector<std::int64_t>> rows_of_source, BatchLayout layout);

  const BatchLayout& layout() const { return layout_; }
  const std::vector<std::vector<std::int64_t>>& rows_of_source() const { return rows_of_source_; }
  /// Fills `rows` (layout().cells() of them). O(cells).
  void draw(Rng& rng, std::span<std::int64_t> rows);

 private:
  void draw_without_replacement(const std::vector<std::int64_t>& from, Rng& rng, std::span<std::int64_t> to);

  std::vector<std::vector<std::int64_t>> rows_of_source_;
  BatchLayout layout_;
  std::vector<std::uint64_t> drawn_in_;    ///< number of the last draw that took position i; saves clearing a set
  std::uint64_t draw_ = 0;
};

}  // namespace geocyte::plugins::gems
