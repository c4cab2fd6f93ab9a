// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of alignment_scores.h share: rows of an embedding, labels of rows, intervals of means and medians.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "engine/baselines/alignment_scores.h"
#include "engine/baselines/cells.h"
#include "engine/kernels/knn.h"

namespace geocyte::baselines {

using RowList = std::vector<std::int64_t>;
inline constexpr double kNormal975 = 1.959963984540054;

inline FloatRows copy_rows(const kernels::Points& points, std::span<const std::int64_t> rows) {
  FloatRows copied{{}, static_cast<std::int64_t>(rows.size()), points.dims};
  copied.values.reserve(rows.size() * static_cast<std::size_t>(points.dims));
  for (const std::int64_t row : rows)
    copied.values.insert(copied.values.end(), points.row(row), points.row(row) + points.dims);
  return copied;
}

inline std::int32_t source_of(const ScoredCells& cells, std::int64_t row) { return cells.source[static_cast<std::size_t>(row)]; }
inline std::int32_t domain_of(const ScoredCells& cells, std::int64_t row) {
  return cells.domain[static_cast<std::size_t>(source_of(cells, row))];
}

inline kernels::KnnOptions knn_options(const ScoreOptions& options, int k) {
  kernels::KnnOptions knn;
  knn.k = k;
  knn.threads = options.threads;
  return knn;
}

/// The first `k` neighbours of each row.
inline kernels::KnnGraph nearest_of(const kernels::KnnGraph& graph, int k) {
  kernels::KnnGraph fewer;
  fewer.rows = graph.rows;
  fewer.k = std::min(k, graph.k);
  for (std::int64_t i = 0; i < graph.rows; ++i) {
    const auto at = i * graph.k;
    fewer.index.insert(fewer.index.end(), graph.index.begin() + at, graph.index.begin() + at + fewer.k);
    fewer.distance.insert(fewer.distance.end(), graph.distance.begin() + at, graph.distance.begin() + at + fewer.k);
  }
  return fewer;
}

/// Mean with its normal interval, clipped to [low, high].
inline Score mean_score(std::string name, const std::vector<double>& values, double low, double high) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  Score score{std::move(name), mean, {}, {}, {}, static_cast<std::int64_t>(values.size())};
  if (n < 2) return score;
  const double half = kNormal975 * std::sqrt(squares / (n - 1) / n);
  score.low = std::max(low, mean - half);
  score.high = std::min(high, mean + half);
  return score;
}

/// 95 % interval of a median from order statistics (binomial, normal approximation).
struct MedianInterval {
  double low = 0, high = 0;
};
inline MedianInterval median_interval(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  const double half = kNormal975 * std::sqrt(n) / 2;
  const auto at = [&](double rank) { return values[static_cast<std::size_t>(std::clamp(rank, 0.0, n - 1))]; };
  return {at(std::floor(n / 2 - half - 0.5)), at(std::ceil(n / 2 + half - 0.5))};
}

/// The parts; each appends what can be had.
void add_distances(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result);
void add_probe(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result);
void add_mixing(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result);
void add_types(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result);
void add_type_transfer(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result);
void add_space(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result);
void add_expression(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result);
void add_spread(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result);

}  // namespace geocyte::baselines
