// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/score_rows.h"
#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/embed/knn.h"
#include "engine/stats/bras.h"
#include "engine/stats/ilisi.h"
#include "engine/stats/kbet.h"
#include "engine/stats/kbet_by_type.h"
#include "engine/stats/own_source_share.h"
#include "engine/stats/pcr_comparison.h"

namespace geocyte::baselines {
namespace {

constexpr double kAlpha = 0.05;   // of kBET

/// Held-out rows, as many of each label that has enough; empty when fewer than two have.
RowList balanced(const ScoredCells& cells, const ScoreOptions& options, const std::vector<std::int32_t>& label, int labels) {
  std::vector<RowList> of(static_cast<std::size_t>(labels));
  for (const std::int64_t row : cells.held_out)
    of[static_cast<std::size_t>(label[static_cast<std::size_t>(row)])].push_back(row);
  std::erase_if(of, [](const RowList& rows) { return static_cast<std::int64_t>(rows.size()) < kFewest; });
  if (of.size() < 2) return {};
  const auto smallest =
      std::min_element(of.begin(), of.end(), [](const RowList& a, const RowList& b) { return a.size() < b.size(); })->size();
  Rng rng(hash64("balanced", options.seed));
  RowList chosen;
  for (RowList& rows : of) {
    for (std::size_t i = 0; i < smallest; ++i) std::swap(rows[i], rows[i + rng.below(rows.size() - i)]);
    chosen.insert(chosen.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(smallest));
  }
  return chosen;
}

/// The place that `before` puts first among the finite values; -1 where there is none.
template <class Before>
int extreme(const std::vector<double>& values, const Before& before) {
  int first = -1;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i]) && (first < 0 || before(values[i], values[static_cast<std::size_t>(first)]))) first = static_cast<int>(i);
  return first;
}

/// NaN for a label without cells.
std::vector<double> medians_by_label(const std::vector<double>& values, const std::vector<std::int32_t>& label, int labels) {
  std::vector<std::vector<double>> of(static_cast<std::size_t>(labels));
  for (std::size_t i = 0; i < values.size(); ++i) of[static_cast<std::size_t>(label[i])].push_back(values[i]);
  std::vector<double> medians;
  for (auto& some : of) medians.push_back(some.empty() ? std::nan("") : stats::median(some));
  return medians;
}

struct Mixing {
  FloatRows points;
  std::vector<std::int32_t> label;
};

/// Shares and LISI in a balanced set; returns the set for more.
Mixing mixing_of(const ScoredCells& cells, const ScoreOptions& options, const char* share_name, const char* lisi_name,
                 const std::vector<std::int32_t>& label, int labels, AlignmentScores& result) {
  const RowList rows = balanced(cells, options, label, labels);
  if (rows.empty()) return {};
  Mixing set{copy_rows(cells.points, rows), {}};
  for (const std::int64_t row : rows) set.label.push_back(label[static_cast<std::size_t>(row)]);
  const auto graph = embed::neighbour_graph(set.points.points(), knn_options(options, options.lisi_neighbours));
  const auto near = nearest_of(graph, options.neighbours);
  std::vector<double> own;
  for (std::int64_t i = 0; i < near.rows; ++i) {
    int same = 0;
    for (int k = 0; k < near.k; ++k)
      same += set.label[static_cast<std::size_t>(near.index[static_cast<std::size_t>(i * near.k + k)])] == set.label[static_cast<std::size_t>(i)];
    own.push_back(static_cast<double>(same) / near.k);
  }
  Score share = mean_score(share_name, own, 0, 1);
  const stats::OwnSourceShare shares = stats::own_source_share(near, set.label, labels);
  share.chance = shares.mean_expected;
  share.worst = extreme(shares.share, [](double a, double b) { return a > b; });
  result.scores.push_back(std::move(share));
  const auto lisi = stats::ilisi(graph, set.label, labels, options.perplexity);
  Score mixed{lisi_name, lisi.scaled, {}, {}, lisi.mixed, set.points.rows};
  mixed.worst = extreme(medians_by_label(lisi.lisi, set.label, labels), [](double a, double b) { return a < b; });
  if (lisi.median > 1) {
    const auto interval = median_interval(lisi.lisi);
    const double others = (lisi.median - 1) / std::max(lisi.scaled, 1e-12);
    mixed.low = (interval.low - 1) / others;
    mixed.high = (interval.high - 1) / others;
  }
  result.scores.push_back(std::move(mixed));
  return set;
}

}  // namespace

void add_mixing(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result) {
  std::vector<std::int32_t> domain;
  for (std::int64_t row = 0; row < cells.points.rows; ++row) domain.push_back(domain_of(cells, row));
  mixing_of(cells, options, "own_domain_share", "ilisi_domain", domain, 2, result);
  const Mixing set = mixing_of(cells, options, "own_source_share", "ilisi_source", {cells.source.begin(), cells.source.end()}, cells.sources, result);
  if (set.label.empty()) return;

  const auto graph = embed::neighbour_graph(set.points.points(), knn_options(options, options.kbet_neighbours));
  const double accepted = stats::kbet(graph, set.label, cells.sources, kAlpha);
  const auto n = static_cast<double>(set.points.rows);
  const double half = kNormal975 * std::sqrt(accepted * (1 - accepted) / n);
  result.scores.push_back({"kbet", accepted, std::max(0.0, accepted - half), std::min(1.0, accepted + half), 1 - kAlpha, set.points.rows});
  result.scores.push_back({"source_variance", stats::source_variance_share(set.points.points(), set.label, cells.sources), {}, {},
                           (cells.sources - 1) / std::max(1.0, n - 1), set.points.rows});
  if (cells.cell_type.empty()) return;
  const FloatRows held_out = copy_rows(cells.points, cells.held_out);
  std::vector<std::int32_t> type, source;
  for (const std::int64_t row : cells.held_out) {
    type.push_back(domain_of(cells, row) == 1 ? cells.cell_type[static_cast<std::size_t>(row)] : -1);
    source.push_back(source_of(cells, row));
  }
  const stats::TypeKbet by_type = stats::kbet_by_type(held_out.points(), type, source, cells.sources, kAlpha, options.threads);
  if (by_type.types > 0) {
    const double reach = kNormal975 * by_type.error;
    result.scores.push_back({"kbet_by_type", by_type.mean, std::max(0.0, by_type.mean - reach), std::min(1.0, by_type.mean + reach), 1 - kAlpha, by_type.cells});
  }
  const double mixed = stats::bras(held_out.points(), type, source);
  if (std::isfinite(mixed)) result.scores.push_back({"bras", mixed, {}, {}, 1.0, held_out.rows});
}

}  // namespace geocyte::baselines
