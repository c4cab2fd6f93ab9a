// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/alignment_scores.h"

#include "engine/baselines/score_rows.h"
#include "engine/core/check.h"
#include "engine/embed/knn.h"
#include "engine/stats/collapse.h"
#include "engine/stats/probe_classifier.h"

namespace geocyte::baselines {
namespace {

void check(const ScoredCells& cells) {
  const auto n = static_cast<std::size_t>(cells.points.rows);
  require(cells.source.size() == n && static_cast<int>(cells.domain.size()) == cells.sources,
          "one source a cell and one domain a source");
  require(cells.cell_type.empty() || cells.cell_type.size() == n, "one cell type a cell");
  require(cells.xy.empty() || cells.xy.size() == 2 * n, "two coordinates a cell");
  require(cells.expression.rows == 0 || cells.expression.rows == cells.points.rows, "expression of every cell");
  require(cells.proportions.empty() || cells.proportions.size() == n * static_cast<std::size_t>(cells.types), "proportions of every cell");
  for (const std::int32_t source : cells.source)
    require(source >= 0 && source < cells.sources, "a source label is in range");
  for (const std::uint8_t domain : cells.domain) require(domain <= 1, "a domain is 0 or 1");
  for (const auto part : {cells.train, cells.held_out})
    for (const std::int64_t row : part) require(row >= 0 && row < cells.points.rows, "a row of the split is in range");
  if (cells.held_out.empty())
    throw Error(ErrorCode::bad_data, "alignment is scored on held-out cells, but there are none");
  embed::require_finite(cells.points, "alignment scores");
}

void add_largest(const char* name, const ScoredCells& cells, bool (*counts)(bool across), const Eigen::MatrixXd& value,
                 const Eigen::MatrixXd& low, const Eigen::MatrixXd& high, const Eigen::MatrixXd& floor, AlignmentScores& result) {
  int a = -1, b = -1;
  for (int i = 0; i < cells.sources; ++i)
    for (int j = i + 1; j < cells.sources; ++j) {
      const bool across = cells.domain[static_cast<std::size_t>(i)] != cells.domain[static_cast<std::size_t>(j)];
      if (counts(across) && std::isfinite(value(i, j)) && (a < 0 || value(i, j) > value(a, b))) a = i, b = j;
    }
  if (a < 0) return;
  const auto& count = result.distances.count;
  Score score{name, value(a, b), {}, {}, floor(a, b), count[static_cast<std::size_t>(a)] + count[static_cast<std::size_t>(b)]};
  if (low.size() > 0 && std::isfinite(low(a, b))) score.low = low(a, b), score.high = high(a, b);
  result.scores.push_back(std::move(score));
}

}  // namespace

void add_distances(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result) {
  const FloatRows points = copy_rows(cells.points, cells.held_out);
  std::vector<std::int32_t> source;
  for (const std::int64_t row : cells.held_out) source.push_back(source_of(cells, row));
  stats::SourceDistanceOptions how;
  how.bootstrap = options.bootstrap;
  how.seed = options.seed;
  how.stop = options.stop;
  result.distances = stats::source_distances(points.points(), source, cells.sources, how);
  const stats::SourceDistances& d = result.distances;
  const auto any = [](bool) { return true; };
  const auto bridges = [](bool across) { return across; };
  const auto within = [](bool across) { return !across; };
  const auto add_median = [&](const char* name, const Eigen::MatrixXd& value, const Eigen::MatrixXd& floor) {
    const double middle = stats::median(stats::upper_triangle(value));
    if (std::isfinite(middle)) result.scores.push_back({name, middle, {}, {}, stats::median(stats::upper_triangle(floor)), d.rows()});
  };
  add_largest("max_distance", cells, any, d.raw, d.raw_low, d.raw_high, d.floor, result);
  add_median("median_distance", d.raw, d.floor);
  const double unit = std::sqrt(d.within_trace / static_cast<double>(d.dims));
  if (unit > 0) {
    result.unit = d.raw / unit;
    result.unit_floor = d.floor / unit;
    const Eigen::MatrixXd low = d.raw_low / unit, high = d.raw_high / unit;
    add_largest("unit_across", cells, bridges, result.unit, low, high, result.unit_floor, result);
    add_largest("unit_within", cells, within, result.unit, low, high, result.unit_floor, result);
  }
  const auto& floor = d.floor_standardised;
  add_largest("standardised_across", cells, bridges, d.standardised, d.standardised_low, d.standardised_high, floor, result);
  add_largest("max_standardised", cells, any, d.standardised, d.standardised_low, d.standardised_high, floor, result);
  add_median("median_standardised", d.standardised, floor);
}

void add_probe(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result) {
  if (cells.points.dims > options.max_probe_dims) return;
  const auto labels_of = [&](std::span<const std::int64_t> rows) {
    std::vector<std::uint8_t> labels;
    for (const std::int64_t row : rows) labels.push_back(static_cast<std::uint8_t>(domain_of(cells, row)));
    return labels;
  };
  const auto train = labels_of(cells.train), held_out = labels_of(cells.held_out);
  for (const auto& part : {train, held_out})
    for (const std::uint8_t domain : {0, 1})
      if (std::count(part.begin(), part.end(), domain) < kFewest) return;
  const FloatRows known = copy_rows(cells.points, cells.train), asked = copy_rows(cells.points, cells.held_out);
  stats::ProbeOptions how;
  how.seed = options.seed;
  how.stop = options.stop;
  const stats::Auc auc = stats::probe_separability({known.points(), train}, {asked.points(), held_out}, how).auc;
  result.scores.push_back({"probe_auc", auc.value, auc.low, auc.high, 0.5, asked.rows});
}

void add_spread(const ScoredCells& cells, const ScoreOptions&, AlignmentScores& result) {
  if (cells.held_out.size() < 2) return;
  const FloatRows points = copy_rows(cells.points, cells.held_out);
  const stats::Collapse collapse = stats::collapse_of(points.points());
  result.scores.push_back({"participation_ratio", collapse.participation_ratio, {}, {}, {}, points.rows});
  if (collapse.median_std > 0) result.scores.push_back({"least_std", collapse.min_std / collapse.median_std, {}, {}, {}, points.rows});
}

const Score* AlignmentScores::find(const std::string& name) const {
  const auto found = std::find_if(scores.begin(), scores.end(), [&](const Score& score) { return score.name == name; });
  return found == scores.end() ? nullptr : &*found;
}

AlignmentScores alignment_scores(const ScoredCells& cells, const ScoreOptions& options) {
  check(cells);
  AlignmentScores result;
  for (const auto part : {add_distances, add_probe, add_mixing, add_types, add_type_transfer, add_space, add_expression, add_spread}) {
    if (options.stop.stop_requested()) break;
    part(cells, options, result);
  }
  return result;
}

}  // namespace geocyte::baselines
