// SPDX-License-Identifier: GPL-3.0-or-later
// What several terms need to know of the cells before training: within-source scores, physical neighbours, pseudo-types. Each is
// worked out when it is first asked for and shared; all follow from the data and the seed, so nothing of it has to be saved.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/losses/groups.h"
#include "engine/nn/source_scores.h"
#include "plugins/gems/cells.h"

namespace geocyte::losses {
struct SpatialNeighbours;
}

namespace geocyte::plugins::gems {

/// Within-source scores of every source, and which row of their statistics and of a decoder a source has.
struct WithinSource {
  nn::SourceScores scores;
  at::Tensor number;                       ///< (S) int64: row of the statistics; sources held out whole come last
  at::Tensor trained_number;               ///< (S) int64: place among the sources with training cells, -1 = none
  std::int64_t trained = 0;                ///< sources with training cells

  /// (B, P) of expression (B, G) of cells of `source` (B).
  at::Tensor of(const at::Tensor& expression, const at::Tensor& source) const { return scores.transform(expression, number.index_select(0, source)); }
};

class CellKnowledge {
 public:
  explicit CellKnowledge(const Cells& cells);
  ~CellKnowledge();

  /// At most `components`; fewer where there are fewer genes or training cells.
  const WithinSource& within_source(std::int64_t components, nn::ScoreScale scale, nn::GeneScale genes = nn::GeneScale::unit);
  /// (N, P) scores of all cells, 30 components on the scale of their spread: how alike cells are, whatever their source.
  const at::Tensor& similarity_scores();
  /// Neighbours on the slide among training spots; throws Error{bad_data} when no source has coordinates that may be used.
  const losses::SpatialNeighbours& spatial_neighbours(std::int64_t k);
  /// The same among training cells whose place a spatial run predicted, of each source the `share` (0, 1] with the least uncertainty.
  /// Cells::predicted_xy must be defined.
  const losses::SpatialNeighbours& predicted_neighbours(std::int64_t k, double share);
  /// Spherical k-means of similarity_scores(), one label a cell on the host; -1 for held-out cells.
  const std::vector<std::int64_t>& pseudo_types(std::int64_t count, std::uint64_t seed);

  const Cells& cells() const { return cells_; }

 private:
  const Cells& cells_;
  std::map<std::tuple<std::int64_t, int, int>, WithinSource> within_source_;
  at::Tensor similarity_scores_;
  std::map<std::int64_t, std::shared_ptr<losses::SpatialNeighbours>> spatial_neighbours_;
  std::map<std::pair<std::int64_t, double>, std::shared_ptr<losses::SpatialNeighbours>> predicted_neighbours_;
  std::map<std::int64_t, std::vector<std::int64_t>> pseudo_types_;
};

/// The group that `label_of_cell` gives each of `rows` (B) of the cell axis.
losses::Groups groups_of_rows(const std::vector<std::int64_t>& label_of_cell, const at::Tensor& rows, std::int64_t count);

}  // namespace geocyte::plugins::gems
