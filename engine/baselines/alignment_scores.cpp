// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/alignment_scores.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "engine/baselines/cells.h"
#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/embed/knn.h"
#include "engine/stats/ilisi.h"
#include "engine/stats/own_source_share.h"
#include "engine/stats/probe_classifier.h"

namespace geocyte::baselines {
namespace {

using Rows = std::vector<std::int64_t>;
constexpr double kNormal975 = 1.959963984540054;

FloatRows copy_rows(const kernels::Points& points, std::span<const std::int64_t> rows) {
  FloatRows copied{{}, static_cast<std::int64_t>(rows.size()), points.dims};
  copied.values.reserve(rows.size() * static_cast<std::size_t>(points.dims));
  for (const std::int64_t row : rows)
    copied.values.insert(copied.values.end(), points.row(row), points.row(row) + points.dims);
  return copied;
}

void check(const ScoredCells& cells) {
  const auto n = static_cast<std::size_t>(cells.points.rows);
  require(cells.source.size() == n && static_cast<int>(cells.domain.size()) == cells.sources,
          "one source a cell and one domain a source");
  require(cells.cell_type.empty() || cells.cell_type.size() == n, "one cell type a cell");
  require(cells.xy.empty() || cells.xy.size() == 2 * n, "two coordinates a cell");
  for (const std::int32_t source : cells.source)
    require(source >= 0 && source < cells.sources, "a source label is in range");
  for (const std::uint8_t domain : cells.domain) require(domain <= 1, "a domain is 0 or 1");
  for (const auto part : {cells.train, cells.held_out})
    for (const std::int64_t row : part) require(row >= 0 && row < cells.points.rows, "a row of the split is in range");
  if (cells.held_out.empty())
    throw Error(ErrorCode::bad_data, "alignment is scored on held-out cells, but there are none");
  embed::require_finite(cells.points, "alignment scores");
}

/// Collects the scores of one embedding.
class Scorer {
 public:
  Scorer(const ScoredCells& cells, const ScoreOptions& options, AlignmentScores& result)
      : cells_(cells), options_(options), result_(result) {}

  void distances();
  void probe();
  void mixing();
  void cell_types();
  void space();

 private:
  std::int32_t source_of(std::int64_t row) const { return cells_.source[static_cast<std::size_t>(row)]; }
  std::int32_t domain_of(std::int64_t row) const { return cells_.domain[static_cast<std::size_t>(source_of(row))]; }
  void largest(const char* name, bool across, const Eigen::MatrixXd& value, const Eigen::MatrixXd& low,
               const Eigen::MatrixXd& high, const Eigen::MatrixXd& floor);
  void mixing_of(const char* share_name, const char* lisi_name, const std::vector<std::int32_t>& label, int labels);
  Rows balanced(const std::vector<std::int32_t>& label, int labels) const;
  kernels::KnnOptions knn(int k) const {
    kernels::KnnOptions options;
    options.k = k;
    options.threads = options_.threads;
    return options;
  }

  const ScoredCells& cells_;
  const ScoreOptions& options_;
  AlignmentScores& result_;
};

void Scorer::largest(const char* name, bool across, const Eigen::MatrixXd& value, const Eigen::MatrixXd& low,
                     const Eigen::MatrixXd& high, const Eigen::MatrixXd& floor) {
  int a = -1, b = -1;
  for (int i = 0; i < cells_.sources; ++i)
    for (int j = i + 1; j < cells_.sources; ++j) {
      const bool bridges = cells_.domain[static_cast<std::size_t>(i)] != cells_.domain[static_cast<std::size_t>(j)];
      if (bridges == across && std::isfinite(value(i, j)) && (a < 0 || value(i, j) > value(a, b))) a = i, b = j;
    }
  if (a < 0) return;
  Score score{
      name,
      value(a, b),
      {},
      {},
      floor(a, b),
      result_.distances.count[static_cast<std::size_t>(a)] + result_.distances.count[static_cast<std::size_t>(b)]};
  if (low.size() > 0 && std::isfinite(low(a, b))) score.low = low(a, b), score.high = high(a, b);
  result_.scores.push_back(std::move(score));
}

void Scorer::distances() {
  const FloatRows points = copy_rows(cells_.points, cells_.held_out);
  std::vector<std::int32_t> source;
  for (const std::int64_t row : cells_.held_out) source.push_back(source_of(row));
  stats::SourceDistanceOptions options;
  options.bootstrap = options_.bootstrap;
  options.seed = options_.seed;
  options.stop = options_.stop;
  result_.distances = stats::source_distances(points.points(), source, cells_.sources, options);
  const stats::SourceDistances& d = result_.distances;
  const double unit = std::sqrt(d.within_trace / static_cast<double>(d.dims));
  if (unit > 0) {
    result_.unit = d.raw / unit;
    result_.unit_floor = d.floor / unit;
    const Eigen::MatrixXd low = d.raw_low / unit, high = d.raw_high / unit;
    largest("unit_across", true, result_.unit, low, high, result_.unit_floor);
    largest("unit_within", false, result_.unit, low, high, result_.unit_floor);
  }
  largest("standardised_across", true, d.standardised, d.standardised_low, d.standardised_high, d.floor_standardised);
}

void Scorer::probe() {
  if (cells_.points.dims > options_.max_probe_dims) return;
  const auto labels_of = [&](std::span<const std::int64_t> rows) {
    std::vector<std::uint8_t> labels;
    for (const std::int64_t row : rows) labels.push_back(static_cast<std::uint8_t>(domain_of(row)));
    return labels;
  };
  const auto train = labels_of(cells_.train), held_out = labels_of(cells_.held_out);
  for (const auto& part : {train, held_out})
    for (const std::uint8_t domain : {0, 1})
      if (std::count(part.begin(), part.end(), domain) < kFewest) return;
  const FloatRows known = copy_rows(cells_.points, cells_.train), asked = copy_rows(cells_.points, cells_.held_out);
  stats::ProbeOptions options;
  options.seed = options_.seed;
  options.stop = options_.stop;
  const stats::Auc auc = stats::probe_separability({known.points(), train}, {asked.points(), held_out}, options).auc;
  result_.scores.push_back({"probe_auc", auc.value, auc.low, auc.high, 0.5, asked.rows});
}

/// Held-out rows, as many of each label that has enough; empty when fewer than two have.
Rows Scorer::balanced(const std::vector<std::int32_t>& label, int labels) const {
  std::vector<Rows> of(static_cast<std::size_t>(labels));
  for (const std::int64_t row : cells_.held_out)
    of[static_cast<std::size_t>(label[static_cast<std::size_t>(row)])].push_back(row);
  std::erase_if(of, [](const Rows& rows) { return static_cast<std::int64_t>(rows.size()) < kFewest; });
  if (of.size() < 2) return {};
  const auto smallest =
      std::min_element(of.begin(), of.end(), [](const Rows& a, const Rows& b) { return a.size() < b.size(); })->size();
  Rng rng(hash64("balanced", options_.seed));
  Rows chosen;
  for (Rows& rows : of) {
    for (std::size_t i = 0; i < smallest; ++i) std::swap(rows[i], rows[i + rng.below(rows.size() - i)]);
    chosen.insert(chosen.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(smallest));
  }
  return chosen;
}

void Scorer::mixing_of(const char* share_name, const char* lisi_name, const std::vector<std::int32_t>& label,
                       int labels) {
  const Rows rows = balanced(label, labels);
  if (rows.empty()) return;
  const FloatRows points = copy_rows(cells_.points, rows);
  std::vector<std::int32_t> own;
  for (const std::int64_t row : rows) own.push_back(label[static_cast<std::size_t>(row)]);
  const auto share =
      stats::own_source_share(embed::neighbour_graph(points.points(), knn(options_.neighbours)), own, labels);
  result_.scores.push_back({share_name, share.mean_share, {}, {}, share.mean_expected, points.rows});
  const auto lisi = stats::ilisi(embed::neighbour_graph(points.points(), knn(options_.lisi_neighbours)), own, labels,
                                 options_.perplexity);
  result_.scores.push_back({lisi_name, lisi.scaled, {}, {}, lisi.mixed, points.rows});
}

void Scorer::mixing() {
  std::vector<std::int32_t> domain;
  for (std::int64_t row = 0; row < cells_.points.rows; ++row) domain.push_back(domain_of(row));
  mixing_of("own_domain_share", "ilisi_domain", domain, 2);
  mixing_of("own_source_share", "ilisi_source", {cells_.source.begin(), cells_.source.end()}, cells_.sources);
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

void Scorer::cell_types() {
  if (cells_.cell_type.empty()) return;
  const auto type_of = [&](std::int64_t row) { return cells_.cell_type[static_cast<std::size_t>(row)]; };
  std::vector<std::int32_t> type;
  std::vector<std::uint8_t> right;
  for (const std::int32_t domain : {0, 1}) {
    const auto labelled = [&](std::span<const std::int64_t> rows) {
      Rows kept;
      for (const std::int64_t row : rows)
        if (type_of(row) >= 0 && domain_of(row) == domain) kept.push_back(row);
      return kept;
    };
    const Rows known = labelled(cells_.train), asked = labelled(cells_.held_out);
    if (static_cast<std::int64_t>(known.size()) <= options_.type_neighbours || asked.empty()) continue;
    const FloatRows references = copy_rows(cells_.points, known), queries = copy_rows(cells_.points, asked);
    const auto graph = kernels::exact_knn(references.points(), queries.points(), knn(options_.type_neighbours));
    for (std::size_t i = 0; i < asked.size(); ++i) {
      std::map<std::int32_t, int> votes;
      for (int k = 0; k < graph.k; ++k)
        ++votes[type_of(known[static_cast<std::size_t>(
            graph.index[i * static_cast<std::size_t>(graph.k) + static_cast<std::size_t>(k)])])];
      const auto winner = std::max_element(votes.begin(), votes.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
      type.push_back(type_of(asked[i]));
      right.push_back(winner->first == type.back() ? 1 : 0);
    }
  }
  if (static_cast<std::int64_t>(type.size()) < kFewest) return;
  std::vector<std::size_t> draw(type.size());
  for (std::size_t i = 0; i < draw.size(); ++i) draw[i] = i;
  const std::set<std::int32_t> kinds(type.begin(), type.end());
  Score score{"cell_type_accuracy",
              balanced_accuracy(type, right, draw),
              {},
              {},
              1 / static_cast<double>(kinds.size()),
              static_cast<std::int64_t>(type.size())};
  if (options_.bootstrap >= 40) {
    Rng rng(hash64("cell_types", options_.seed));
    std::vector<double> again;
    for (int round = 0; round < options_.bootstrap; ++round) {
      for (std::size_t& i : draw) i = static_cast<std::size_t>(rng.below(type.size()));
      again.push_back(balanced_accuracy(type, right, draw));
    }
    std::sort(again.begin(), again.end());
    const auto last = static_cast<double>(again.size() - 1);
    score.low = again[static_cast<std::size_t>(0.025 * last)];
    score.high = again[static_cast<std::size_t>(std::ceil(0.975 * last))];
  }
  result_.scores.push_back(std::move(score));
}

void Scorer::space() {
  if (cells_.xy.empty()) return;
  std::vector<double> share;
  double chance = 0, mean = 0;
  int slides = 0;
  for (int source = 0; source < cells_.sources; ++source) {
    Rows rows;
    std::vector<float> xy;
    for (std::int64_t row = 0; row < cells_.points.rows; ++row) {
      const float* at = cells_.xy.data() + 2 * row;
      if (source_of(row) != source || !std::isfinite(at[0]) || !std::isfinite(at[1])) continue;
      rows.push_back(row);
      xy.insert(xy.end(), at, at + 2);
    }
    const auto n = static_cast<std::int64_t>(rows.size());
    if (n <= options_.neighbours + kFewest) continue;
    const FloatRows points = copy_rows(cells_.points, rows);
    const auto near = embed::neighbour_graph(points.points(), knn(options_.neighbours));
    const auto beside = embed::neighbour_graph({xy.data(), n, 2}, knn(options_.neighbours));
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const auto begin = beside.index.begin() + i * beside.k;
      int both = 0;
      for (int k = 0; k < near.k; ++k)
        both += std::find(begin, begin + beside.k, near.index[static_cast<std::size_t>(i * near.k + k)]) !=
                begin + beside.k;
      share.push_back(static_cast<double>(both) / near.k);
      sum += share.back();
    }
    mean += sum / static_cast<double>(n);
    chance += static_cast<double>(options_.neighbours) / static_cast<double>(n - 1);
    ++slides;
  }
  if (slides == 0) return;
  mean /= slides;
  double squares = 0;
  for (const double value : share) squares += (value - mean) * (value - mean);
  const auto n = static_cast<double>(share.size());
  const double half = kNormal975 * std::sqrt(squares / (n - 1) / n);
  result_.scores.push_back({"spatial_overlap", mean, std::max(0.0, mean - half), std::min(1.0, mean + half),
                            chance / slides, static_cast<std::int64_t>(share.size())});
}

}  // namespace

const Score* AlignmentScores::find(const std::string& name) const {
  const auto found = std::find_if(scores.begin(), scores.end(), [&](const Score& score) { return score.name == name; });
  return found == scores.end() ? nullptr : &*found;
}

AlignmentScores alignment_scores(const ScoredCells& cells, const ScoreOptions& options) {
  check(cells);
  AlignmentScores result;
  Scorer scorer(cells, options, result);
  for (const auto score : {&Scorer::distances, &Scorer::probe, &Scorer::mixing, &Scorer::cell_types, &Scorer::space}) {
    if (options.stop.stop_requested()) break;
    (scorer.*score)();
  }
  return result;
}

}  // namespace geocyte::baselines
