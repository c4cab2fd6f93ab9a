// SPDX-License-Identifier: GPL-3.0-or-later
// Every score of places on the held-out sources of a run (engine/stats/geometry_scores.h and layout_scores.h say what each is), by method and
// source; the score of a method is the mean over sources. Those that are sums over cells have bootstrap draws, the same cells for every method.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/stats/geometry_scores.h"
#include "engine/stats/layout_scores.h"

namespace geocyte::plugins::st_edm {

struct SourceScores {
  stats::GeometryScores geometry;
  stats::LayoutScores layout;
};

/// One score: how it is read, and what guessing gives.
struct TissueScore {
  const char* name;
  double (*value)(const SourceScores&);
  const stats::CellScore* (*cells)(const SourceScores&);   ///< null where it is not a sum over cells
  std::optional<double> (*chance)(const SourceScores&);
};

/// row_spearman, recall_at_10 and precision_at_10_percent first.
const std::vector<TissueScore>& tissue_scores();
inline constexpr std::size_t kRowSpearman = 0, kRecall = 1, kPrecision = 2, kHeadlines = 3;

/// A method on every held-out source.
struct ScoredMethod {
  std::string method;
  double seconds = 0;
  std::vector<SourceScores> by_source;

  /// Of one source, or the mean over all.
  double value(const TissueScore& score, std::optional<std::size_t> only = {}) const;
  std::optional<double> chance(const TissueScore& score, std::optional<std::size_t> only = {}) const;
  std::int64_t cells(std::optional<std::size_t> only = {}) const;
};

struct Interval {
  double low = 0, high = 0;
};

/// Between the `tail` and 1 - `tail` quantiles.
Interval quantiles(std::vector<double> values, double tail);

/// Cells drawn with replacement again and again (Efron 1979), the same for every method, so that differences are paired.
class CellDraws {
 public:
  CellDraws(const std::vector<std::int64_t>& sizes, int rounds, std::uint64_t seed);
  /// A value a round: the score over drawn cells, of one source or the mean over all. Only of scores that have cells.
  std::vector<double> values(const ScoredMethod& method, const TissueScore& score, std::optional<std::size_t> only = {}) const;
  /// Too few rounds have no interval.
  bool enough() const { return rounds_ >= 40; }

 private:
  int rounds_;
  std::vector<Eigen::MatrixXf> counts_;    ///< by source (cells, rounds): how often a cell was drawn
};

}  // namespace geocyte::plugins::st_edm
