// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/tissue_scores.h"

#include <algorithm>

#include "engine/core/rng.h"

namespace geocyte::plugins::st_edm {
namespace {

using Scores = SourceScores;
using Cells = const stats::CellScore*;
using Chance = std::optional<double>;

Cells no_cells(const Scores&) { return nullptr; }
Chance none(const Scores&) { return {}; }
Chance zero(const Scores&) { return 0.0; }
Chance half(const Scores&) { return 0.5; }

}  // namespace

const std::vector<TissueScore>& tissue_scores() {
  static const std::vector<TissueScore> scores{
      {"row_spearman", [](const Scores& s) { return s.geometry.row_spearman.value(); }, [](const Scores& s) -> Cells { return &s.geometry.row_spearman; }, zero},
      {"recall_at_10", [](const Scores& s) { return s.geometry.recall.value(); }, [](const Scores& s) -> Cells { return &s.geometry.recall; },
       [](const Scores& s) -> Chance { return s.geometry.chance_recall(); }},
      {"precision_at_10_percent", [](const Scores& s) { return s.geometry.precision.value(); }, [](const Scores& s) -> Cells { return &s.geometry.precision; },
       [](const Scores&) -> Chance { return 0.1; }},
      {"row_pearson", [](const Scores& s) { return s.geometry.row_pearson.value(); }, [](const Scores& s) -> Cells { return &s.geometry.row_pearson; }, zero},
      {"jaccard_at_10", [](const Scores& s) { return s.geometry.jaccard.value(); }, [](const Scores& s) -> Cells { return &s.geometry.jaccard; },
       [](const Scores& s) -> Chance { return s.geometry.chance_jaccard(); }},
      {"trustworthiness", [](const Scores& s) { return s.geometry.trustworthiness.value(); }, [](const Scores& s) -> Cells { return &s.geometry.trustworthiness; }, half},
      {"continuity", [](const Scores& s) { return s.geometry.continuity.value(); }, [](const Scores& s) -> Cells { return &s.geometry.continuity; }, half},
      {"row_spearman_median", [](const Scores& s) { return s.geometry.row_spearman_median; }, no_cells, zero},
      {"spearman", [](const Scores& s) { return s.geometry.spearman; }, no_cells, zero},
      {"pearson", [](const Scores& s) { return s.geometry.pearson; }, no_cells, zero},
      {"edge_auc", [](const Scores& s) { return s.geometry.edge_auc; }, no_cells, half},
      {"stress1", [](const Scores& s) { return s.geometry.stress1; }, no_cells, none},
      {"disparity", [](const Scores& s) { return s.layout.disparity; }, no_cells, [](const Scores&) -> Chance { return 1.0; }},
      {"rssd", [](const Scores& s) { return s.layout.rssd; }, no_cells, none},
      {"rms_error", [](const Scores& s) { return s.layout.rms(); }, no_cells, none},
      {"sliced_w2", [](const Scores& s) { return s.layout.sliced_w2; }, no_cells, none},
      {"knn_radius_w1", [](const Scores& s) { return s.layout.knn_w1; }, no_cells, none},
      {"scale_ratio", [](const Scores& s) { return s.layout.scale_ratio; }, no_cells, none},
      {"s2_s1", [](const Scores& s) { return s.layout.s2_s1; }, no_cells, none},
      {"s2_s1_truth", [](const Scores& s) { return s.layout.s2_s1_truth; }, no_cells, none},
      {"hull_ratio", [](const Scores& s) { return s.layout.hull_ratio; }, no_cells, none},
      {"boundary_share", [](const Scores& s) { return s.layout.boundary; }, no_cells, none},
      {"boundary_share_truth", [](const Scores& s) { return s.layout.boundary_truth; }, no_cells, none}};
  return scores;
}

double ScoredMethod::value(const TissueScore& score, std::optional<std::size_t> only) const {
  if (only) return score.value(by_source[*only]);
  double sum = 0;
  for (const SourceScores& scores : by_source) sum += score.value(scores);
  return sum / static_cast<double>(by_source.size());
}

std::optional<double> ScoredMethod::chance(const TissueScore& score, std::optional<std::size_t> only) const {
  if (only) return score.chance(by_source[*only]);
  double sum = 0;
  for (const SourceScores& scores : by_source) {
    const auto chance = score.chance(scores);
    if (!chance) return {};
    sum += *chance;
  }
  return sum / static_cast<double>(by_source.size());
}

std::int64_t ScoredMethod::cells(std::optional<std::size_t> only) const {
  if (only) return by_source[*only].geometry.n;
  std::int64_t sum = 0;
  for (const SourceScores& scores : by_source) sum += scores.geometry.n;
  return sum;
}

Interval quantiles(std::vector<double> values, double tail) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)]; };
  return {at(tail), at(1 - tail)};
}

CellDraws::CellDraws(const std::vector<std::int64_t>& sizes, int rounds, std::uint64_t seed) : rounds_(rounds) {
  Rng rng(hash64("bootstrap of cells", seed));
  for (const std::int64_t n : sizes) {
    Eigen::MatrixXf& counts = counts_.emplace_back(Eigen::MatrixXf::Zero(n, rounds));
    for (int round = 0; round < rounds; ++round)
      for (std::int64_t i = 0; i < n; ++i) counts(static_cast<Eigen::Index>(rng.below(static_cast<std::uint64_t>(n))), round) += 1;
  }
}

std::vector<double> CellDraws::values(const ScoredMethod& method, const TissueScore& score, std::optional<std::size_t> only) const {
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(rounds_);
  double sources = 0;
  for (std::size_t s = 0; s < counts_.size(); ++s) {
    if (only && *only != s) continue;
    const stats::CellScore& cells = *score.cells(method.by_source[s]);
    const Eigen::MatrixXd counts = counts_[s].cast<double>();
    const Eigen::VectorXd above = counts.transpose() * cells.numerator, below = counts.transpose() * cells.denominator;
    mean.array() += (below.array() != 0).select(above.array() / below.array(), 0.0);
    ++sources;
  }
  mean /= sources;
  return {mean.begin(), mean.end()};
}

}  // namespace geocyte::plugins::st_edm
