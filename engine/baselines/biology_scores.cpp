// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "engine/baselines/score_rows.h"
#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/embed/knn.h"
#include "engine/stats/clisi.h"
#include "engine/stats/graph_connectivity.h"
#include "engine/stats/isolated_labels.h"

namespace geocyte::baselines {
namespace {

constexpr int kFewestRounds = 40;     // of a bootstrap with an interval
constexpr int kGraphNeighbours = 15;

std::vector<std::size_t> first_numbers(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

/// Percentiles of `value(draw)` over bootstrap draws of `n` things.
template <class Value>
void add_interval(Score& score, const ScoreOptions& options, std::size_t n, const Value& value) {
  if (options.bootstrap < kFewestRounds) return;
  Rng rng(hash64(score.name, options.seed));
  std::vector<double> again;
  std::vector<std::size_t> draw(n);
  for (int round = 0; round < options.bootstrap; ++round) {
    for (std::size_t& i : draw) i = static_cast<std::size_t>(rng.below(n));
    again.push_back(value(draw));
  }
  std::sort(again.begin(), again.end());
  const auto last = static_cast<double>(again.size() - 1);
  score.low = again[static_cast<std::size_t>(0.025 * last)];
  score.high = again[static_cast<std::size_t>(std::ceil(0.975 * last))];
}

/// Mean over types of the share of right answers; `draw[i]` is the cell that stands at place i.
double balanced_accuracy(const std::vector<std::int32_t>& type, const std::vector<std::uint8_t>& right,
                         const std::vector<std::size_t>& draw) {
  std::map<std::int32_t, std::pair<double, double>> tally;  // right, all
  for (const std::size_t i : draw) {
    tally[type[i]].first += right[i];
    tally[type[i]].second += 1;
  }
  double sum = 0;
  for (const auto& [code, counts] : tally) sum += counts.first / counts.second;
  return sum / static_cast<double>(tally.size());
}

std::int32_t type_of(const ScoredCells& cells, std::int64_t row) { return cells.cell_type[static_cast<std::size_t>(row)]; }

RowList labelled(const ScoredCells& cells, std::span<const std::int64_t> rows, std::int32_t domain) {
  RowList kept;
  for (const std::int64_t row : rows)
    if (type_of(cells, row) >= 0 && domain_of(cells, row) == domain) kept.push_back(row);
  return kept;
}

void add_accuracy(const char* name, std::int32_t domain, const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result) {
  const RowList known = labelled(cells, cells.train, domain), asked = labelled(cells, cells.held_out, domain);
  if (static_cast<std::int64_t>(known.size()) <= options.type_neighbours || static_cast<std::int64_t>(asked.size()) < kFewest) return;
  const FloatRows references = copy_rows(cells.points, known), queries = copy_rows(cells.points, asked);
  const auto graph = kernels::exact_knn(references.points(), queries.points(), knn_options(options, options.type_neighbours));
  std::vector<std::int32_t> type;
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    std::map<std::int32_t, int> votes;
    for (int k = 0; k < graph.k; ++k)
      ++votes[type_of(cells, known[static_cast<std::size_t>(graph.index[i * static_cast<std::size_t>(graph.k) + static_cast<std::size_t>(k)])])];
    const auto winner = std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    type.push_back(type_of(cells, asked[i]));
    right.push_back(winner->first == type.back() ? 1 : 0);
  }
  const std::set<std::int32_t> kinds(type.begin(), type.end());
  if (kinds.size() < 2) return;
  Score score{name, balanced_accuracy(type, right, first_numbers(type.size())), {}, {}, 1 / static_cast<double>(kinds.size()),
              static_cast<std::int64_t>(type.size())};
  add_interval(score, options, type.size(), [&](const auto& draw) { return balanced_accuracy(type, right, draw); });
  result.scores.push_back(std::move(score));
}

/// Codes 0, 1 … of the labels that occur.
int dense_codes(std::vector<std::int32_t>& codes) {
  std::map<std::int32_t, std::int32_t> place;
  for (const std::int32_t code : codes) place.emplace(code, 0);
  std::int32_t next = 0;
  for (auto& [code, at] : place) at = next++;
  for (std::int32_t& code : codes) code = place[code];
  return next;
}

std::vector<double> midranks(const std::vector<double>& values) {
  std::vector<std::size_t> order = first_numbers(values.size());
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
    for (std::size_t i = first; i < last; ++i) ranks[order[i]] = static_cast<double>(first + last - 1) / 2;
    first = last;
  }
  return ranks;
}

/// Spearman's correlation; 0 where one of the two does not vary: nothing was carried over.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto ra = midranks(a), rb = midranks(b);
  const double mean = (static_cast<double>(a.size()) - 1) / 2;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < ra.size(); ++i) {
    ab += (ra[i] - mean) * (rb[i] - mean);
    aa += (ra[i] - mean) * (ra[i] - mean);
    bb += (rb[i] - mean) * (rb[i] - mean);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

}  // namespace

void add_types(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result) {
  if (cells.cell_type.empty()) return;
  add_accuracy("cell_type_accuracy", 1, cells, options, result);
  add_accuracy("region_accuracy", 0, cells, options, result);

  const RowList asked = labelled(cells, cells.held_out, 1);
  if (static_cast<std::int64_t>(asked.size()) < kFewest) return;
  std::vector<std::int32_t> type, source;
  for (const std::int64_t row : asked) {
    type.push_back(type_of(cells, row));
    source.push_back(source_of(cells, row));
  }
  const int types = dense_codes(type);
  if (types < 2) return;
  const FloatRows points = copy_rows(cells.points, asked);
  const auto graph = embed::neighbour_graph(points.points(), knn_options(options, options.lisi_neighbours));
  result.scores.push_back({"clisi", stats::clisi(graph, type, types, options.perplexity), {}, {}, {}, points.rows});
  result.scores.push_back({"graph_connectivity", stats::graph_connectivity(nearest_of(graph, kGraphNeighbours), type, types), {}, {}, {}, points.rows});
  result.scores.push_back({"isolated_labels", stats::isolated_labels(points.points(), type, types, source, options.threads), {}, {}, 0.5, points.rows});
}

void add_type_transfer(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result) {
  if (cells.proportions.empty() || cells.cell_type.empty()) return;
  RowList all(static_cast<std::size_t>(cells.points.rows)), spots;
  std::iota(all.begin(), all.end(), std::int64_t{0});
  const RowList known = labelled(cells, all, 1);
  const auto given = [&](std::int64_t row, int type) { return cells.proportions[static_cast<std::size_t>(row * cells.types + type)]; };
  for (const std::int64_t row : cells.held_out)
    if (domain_of(cells, row) == 0 && std::isfinite(given(row, 0))) spots.push_back(row);
  if (static_cast<std::int64_t>(known.size()) <= options.type_neighbours || static_cast<std::int64_t>(spots.size()) < 2 * kFewest) return;
  const FloatRows references = copy_rows(cells.points, known), queries = copy_rows(cells.points, spots);
  const auto graph = kernels::exact_knn(references.points(), queries.points(), knn_options(options, options.type_neighbours));
  const auto column_of = [&](std::int64_t row) {
    const std::int32_t type = type_of(cells, row);
    const std::int32_t column = cells.type_column.empty() ? type : cells.type_column[static_cast<std::size_t>(type)];
    return column < cells.types ? column : -1;
  };
  std::vector<std::int32_t> column;   // of each known cell
  for (const std::int64_t row : known) column.push_back(column_of(row));
  std::vector<std::vector<double>> carried, wanted;   // of each type, over spots
  for (const std::int32_t kind : std::set<std::int32_t>(column.begin(), column.end())) {
    if (kind < 0) continue;
    std::vector<double> share, part;
    for (std::size_t i = 0; i < spots.size(); ++i) {
      int votes = 0;
      for (int k = 0; k < graph.k; ++k)
        votes += column[static_cast<std::size_t>(graph.index[i * static_cast<std::size_t>(graph.k) + static_cast<std::size_t>(k)])] == kind;
      share.push_back(static_cast<double>(votes) / graph.k);
      part.push_back(given(spots[i], kind));
    }
    if (std::any_of(part.begin(), part.end(), [](double value) { return !std::isfinite(value); })) continue;   // a type without proportions
    carried.push_back(std::move(share));
    wanted.push_back(std::move(part));
  }
  if (carried.empty()) return;
  const auto agreement = [&](const std::vector<std::size_t>& draw) {
    double sum = 0;
    for (std::size_t t = 0; t < carried.size(); ++t) {
      std::vector<double> a, b;
      for (const std::size_t i : draw) a.push_back(carried[t][i]), b.push_back(wanted[t][i]);
      sum += rank_correlation(a, b);
    }
    return sum / static_cast<double>(carried.size());
  };
  Score score{"type_transfer", agreement(first_numbers(spots.size())), {}, {}, 0.0, static_cast<std::int64_t>(spots.size())};
  add_interval(score, options, spots.size(), agreement);
  result.scores.push_back(std::move(score));
}

}  // namespace geocyte::baselines
