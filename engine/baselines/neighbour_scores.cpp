// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of neighbours kept: those in the tissue, and those in expression.
#include "engine/baselines/score_rows.h"
#include "engine/core/check.h"
#include "engine/embed/knn.h"

namespace geocyte::baselines {
namespace {

constexpr int kExpressionNeighbours = 15;

/// Share of the k nearest of each asked row in `a` that are among the k nearest in `b`; a row is no neighbour of itself.
std::vector<double> shared_neighbours(const kernels::KnnGraph& a, const kernels::KnnGraph& b, const RowList& asked) {
  std::vector<double> share;
  for (const std::int64_t i : asked) {
    const auto begin = b.index.begin() + i * b.k;
    int both = 0;
    for (int k = 0; k < a.k; ++k)
      both += std::find(begin, begin + b.k, a.index[static_cast<std::size_t>(i * a.k + k)]) != begin + b.k;
    share.push_back(static_cast<double>(both) / a.k);
  }
  return share;
}

/// Mean over groups of the mean over their cells; the interval counts every cell the same.
Score mean_of_groups(std::string name, const std::vector<std::vector<double>>& groups) {
  std::vector<double> all;
  double mean = 0;
  for (const auto& group : groups) {
    all.insert(all.end(), group.begin(), group.end());
    for (const double value : group) mean += value / static_cast<double>(group.size() * groups.size());
  }
  Score score = mean_score(std::move(name), all, 0, 1);
  const double half = (score.high.value_or(mean) - score.low.value_or(mean)) / 2;
  score.value = mean;
  score.low = std::max(0.0, mean - half);
  score.high = std::min(1.0, mean + half);
  return score;
}

std::vector<std::uint8_t> held_out_flags(const ScoredCells& cells) {
  std::vector<std::uint8_t> flags(static_cast<std::size_t>(cells.points.rows), 0);
  for (const std::int64_t row : cells.held_out) flags[static_cast<std::size_t>(row)] = 1;
  return flags;
}

}  // namespace

void add_space(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result) {
  if (cells.xy.empty()) return;
  const auto held_out = held_out_flags(cells);
  std::vector<std::vector<double>> slides;
  std::vector<Score> each;
  double chance = 0;
  for (int source = 0; source < cells.sources; ++source) {
    RowList rows, asked;
    std::vector<float> xy;
    for (std::int64_t row = 0; row < cells.points.rows; ++row) {
      const float* at = cells.xy.data() + 2 * row;
      if (source_of(cells, row) != source || !std::isfinite(at[0]) || !std::isfinite(at[1])) continue;
      if (held_out[static_cast<std::size_t>(row)]) asked.push_back(static_cast<std::int64_t>(rows.size()));
      rows.push_back(row);
      xy.insert(xy.end(), at, at + 2);
    }
    const auto n = static_cast<std::int64_t>(rows.size());
    if (n <= options.neighbours + kFewest || static_cast<std::int64_t>(asked.size()) < kFewest) continue;
    const FloatRows points = copy_rows(cells.points, rows);
    const auto near = embed::neighbour_graph(points.points(), knn_options(options, options.neighbours));
    const auto beside = embed::neighbour_graph({xy.data(), n, 2}, knn_options(options, options.neighbours));
    slides.push_back(shared_neighbours(near, beside, asked));
    Score score = mean_score("spatial_overlap", slides.back(), 0, 1);
    score.chance = static_cast<double>(options.neighbours) / static_cast<double>(n - 1);
    score.source = source;
    chance += *score.chance;
    each.push_back(std::move(score));
  }
  if (slides.empty()) return;
  Score mean = mean_of_groups("spatial_overlap", slides);
  mean.chance = chance / static_cast<double>(slides.size());
  result.scores.push_back(std::move(mean));
  result.scores.insert(result.scores.end(), each.begin(), each.end());
}

void add_expression(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result) {
  if (cells.expression.rows == 0) return;
  std::vector<RowList> of(static_cast<std::size_t>(cells.sources));
  for (const std::int64_t row : cells.held_out) of[static_cast<std::size_t>(source_of(cells, row))].push_back(row);
  std::vector<std::vector<double>> groups;
  double chance = 0;
  for (const RowList& rows : of) {
    const auto n = static_cast<std::int64_t>(rows.size());
    if (n <= 2 * kExpressionNeighbours) continue;
    const FloatRows points = copy_rows(cells.points, rows), genes = copy_rows(cells.expression, rows);
    RowList all(rows.size());
    for (std::int64_t i = 0; i < n; ++i) all[static_cast<std::size_t>(i)] = i;
    groups.push_back(shared_neighbours(embed::neighbour_graph(points.points(), knn_options(options, kExpressionNeighbours)),
                                       embed::neighbour_graph(genes.points(), knn_options(options, kExpressionNeighbours)), all));
    chance += static_cast<double>(kExpressionNeighbours) / static_cast<double>(n - 1);
  }
  if (groups.empty()) return;
  Score score = mean_of_groups("expression_overlap", groups);
  score.chance = chance / static_cast<double>(groups.size());
  result.scores.push_back(std::move(score));
}

}  // namespace geocyte::baselines
