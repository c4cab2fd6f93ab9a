// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

#include "engine/analysis/snapshot_rows.h"
#include "engine/core/check.h"
#include "engine/embed/pca.h"
#include "engine/kernels/knn.h"
#include "engine/stats/own_source_share.h"
#include "engine/stats/probe_classifier.h"
#include "engine/stats/source_distances.h"
#include "plugins/gems/embedding.h"

namespace geocyte::plugins::gems {
namespace {

using train::Measured;

constexpr int kComponents = 50;
constexpr std::int64_t kMostProbeCells = 2000;       // training cells of the fresh classifier
constexpr std::int64_t kMostPcaCells = 3000;
constexpr std::int64_t kMostProbeDims = 512;         // a classifier on thousands of genes takes minutes and says no more
constexpr double kSeparable = 0.75;                  // AUC above which two clouds are plainly different
constexpr int kShareNeighbours = 20, kTypeNeighbours = 15;

/// All cells in one space, row-major.
struct Space {
  std::string method;
  std::vector<float> values;
  std::int64_t dims = 0;

  kernels::Points points() const { return {values.data(), static_cast<std::int64_t>(values.size()) / dims, dims}; }
};

struct Rows {
  std::vector<float> values;
  kernels::Points points;
};

Rows take(const Space& space, std::span<const std::int64_t> rows) {
  Rows taken;
  taken.values.reserve(rows.size() * static_cast<std::size_t>(space.dims));
  for (const std::int64_t row : rows) {
    const float* from = space.values.data() + row * space.dims;
    taken.values.insert(taken.values.end(), from, from + space.dims);
  }
  taken.points = {taken.values.data(), static_cast<std::int64_t>(rows.size()), space.dims};
  return taken;
}

/// At most `most` of `rows`, each source in proportion.
std::vector<std::int64_t> some_of(const std::vector<std::int64_t>& rows, const Cells& cells, std::int64_t most, std::uint64_t seed) {
  std::vector<std::int32_t> codes;
  for (const std::int64_t row : rows) codes.push_back(cells.source_of_cell[static_cast<std::size_t>(row)]);
  std::vector<std::int64_t> chosen;
  for (const std::int64_t position : analysis::stratified(codes, most, seed)) chosen.push_back(rows[static_cast<std::size_t>(position)]);
  return chosen;
}

Space to_space(std::string method, const at::Tensor& values) {
  const at::Tensor host = values.to(at::kCPU, at::kFloat).contiguous();
  return {std::move(method), {host.const_data_ptr<float>(), host.const_data_ptr<float>() + host.numel()}, host.size(1)};
}

Space pca_space(const Space& raw, const Cells& cells, std::uint64_t seed) {
  const Rows training = take(raw, some_of(cells.split.train, cells, kMostPcaCells, seed));
  const embed::Pca pca = embed::fit_pca(training.points, kComponents);
  return {"pca", pca.transform_to_float(raw.points()), pca.count()};
}

/// Collects the numbers of one method.
class Judge {
 public:
  Judge(const Cells& cells, const train::EvaluationRequest& request, const StopToken& stop) : cells_(cells), request_(request), stop_(stop) {
    for (const std::int64_t row : cells.split.held_out) {
      source_.push_back(cells.source_of_cell[static_cast<std::size_t>(row)]);
      single_cell_.push_back(is_single_cell(row) ? 1 : 0);
    }
  }

  void judge(const Space& space, std::vector<Measured>& rows) const {
    const Rows held_out = take(space, cells_.split.held_out);
    distances(space, held_out, rows);
    if (stop_.stop_requested()) return;
    separability(space, held_out, rows);
    neighbours(space, held_out, rows);
    cell_types(space, rows);
  }

 private:
  bool is_single_cell(std::int64_t row) const {
    return cells_.sources[static_cast<std::size_t>(cells_.source_of_cell[static_cast<std::size_t>(row)])].modality == kSingleCells;
  }
  void add(std::vector<Measured>& rows, const Space& space, std::string metric, double value, std::optional<double> low,
           std::optional<double> high, std::optional<double> chance, std::int64_t n) const {
    rows.push_back({std::move(metric), space.method, value, low, high, chance, n, "held out: " + cells_.split.method});
  }
  void distances(const Space& space, const Rows& held_out, std::vector<Measured>& rows) const;
  void separability(const Space& space, const Rows& held_out, std::vector<Measured>& rows) const;
  void neighbours(const Space& space, const Rows& held_out, std::vector<Measured>& rows) const;
  void cell_types(const Space& space, std::vector<Measured>& rows) const;

  const Cells& cells_;
  const train::EvaluationRequest& request_;
  const StopToken& stop_;
  std::vector<std::int32_t> source_;         // of each held-out cell
  std::vector<std::uint8_t> single_cell_;
};

void Judge::distances(const Space& space, const Rows& held_out, std::vector<Measured>& rows) const {
  stats::SourceDistanceOptions options;
  options.bootstrap = request_.bootstrap;
  options.seed = request_.seed;
  options.stop = stop_;
  const auto sources = static_cast<int>(cells_.sources.size());
  const stats::SourceDistances d = stats::source_distances(held_out.points, source_, sources, options);
  const auto largest = [&](const char* metric, const Eigen::MatrixXd& value, const Eigen::MatrixXd& low, const Eigen::MatrixXd& high,
                           const Eigen::MatrixXd& floor) {
    int a = -1, b = -1;
    for (int i = 0; i < sources; ++i)
      for (int j = i + 1; j < sources; ++j)
        if (std::isfinite(value(i, j)) && (a < 0 || value(i, j) > value(a, b))) a = i, b = j;
    if (a < 0) return;
    const auto at = [&](const Eigen::MatrixXd& matrix) { return matrix.size() ? std::optional(matrix(a, b)) : std::nullopt; };
    add(rows, space, metric, value(a, b), at(low), at(high), floor(a, b), d.rows());
  };
  largest("align/max_centroid_distance", d.raw, d.raw_low, d.raw_high, d.floor);
  largest("align/max_standardised", d.standardised, d.standardised_low, d.standardised_high, d.floor_standardised);
  const auto middle = [&](const char* metric, const Eigen::MatrixXd& value, const Eigen::MatrixXd& floor) {
    add(rows, space, metric, stats::median(stats::upper_triangle(value)), std::nullopt, std::nullopt,
        stats::median(stats::upper_triangle(floor)), d.rows());
  };
  middle("align/median_centroid_distance", d.raw, d.floor);
  middle("align/median_standardised", d.standardised, d.floor_standardised);
}

void Judge::separability(const Space& space, const Rows& held_out, std::vector<Measured>& rows) const {
  constexpr std::int64_t kFewest = 10;
  const auto positives = std::count(single_cell_.begin(), single_cell_.end(), 1);
  if (space.dims > kMostProbeDims || positives < kFewest || static_cast<std::int64_t>(single_cell_.size()) - positives < kFewest) return;
  const auto chosen = some_of(cells_.split.train, cells_, kMostProbeCells, request_.seed);
  const Rows training = take(space, chosen);
  std::vector<std::uint8_t> labels;
  for (const std::int64_t row : chosen) labels.push_back(is_single_cell(row) ? 1 : 0);
  if (std::count(labels.begin(), labels.end(), 1) < kFewest || std::count(labels.begin(), labels.end(), 0) < kFewest) return;
  stats::ProbeOptions options;
  options.seed = request_.seed;
  options.stop = stop_;
  const stats::ProbeResult probe = stats::probe_separability({training.points, labels}, {held_out.points, single_cell_}, options);
  add(rows, space, "align/probe_auc", probe.auc.value, probe.auc.low, probe.auc.high, 0.5, held_out.points.rows);
}

void Judge::neighbours(const Space& space, const Rows& held_out, std::vector<Measured>& rows) const {
  if (held_out.points.rows <= kShareNeighbours) return;
  kernels::KnnOptions options;
  options.k = kShareNeighbours;
  options.threads = 0;
  const auto share = stats::own_source_share(kernels::exact_knn(held_out.points, options), source_, static_cast<int>(cells_.sources.size()));
  add(rows, space, "align/own_source_share", share.mean_share, std::nullopt, std::nullopt, share.mean_expected, held_out.points.rows);
}

/// Mean over types of the share of right answers; `draw[i]` is the cell that stands at place i.
double balanced_accuracy(const std::vector<std::int32_t>& type, const std::vector<std::uint8_t>& right, const std::vector<std::size_t>& draw) {
  std::map<std::int32_t, std::pair<double, double>> tally;   // right, all
  for (const std::size_t i : draw) {
    auto& [hits, all] = tally[type[i]];
    hits += right[i];
    all += 1;
  }
  double sum = 0;
  for (const auto& [code, counts] : tally) sum += counts.first / counts.second;
  return tally.empty() ? 0 : sum / static_cast<double>(tally.size());
}

void Judge::cell_types(const Space& space, std::vector<Measured>& rows) const {
  const auto labelled = [&](const std::vector<std::int64_t>& from) {
    std::vector<std::int64_t> kept;
    for (const std::int64_t row : from)
      if (cells_.types.codes[static_cast<std::size_t>(row)] >= 0 && is_single_cell(row)) kept.push_back(row);
    return kept;
  };
  const auto known = labelled(cells_.split.train), asked = labelled(cells_.split.held_out);
  if (known.size() <= kTypeNeighbours || asked.size() < 2) return;
  kernels::KnnOptions options;
  options.k = kTypeNeighbours;
  options.threads = 0;
  const Rows references = take(space, known), queries = take(space, asked);
  const kernels::KnnGraph graph = kernels::exact_knn(references.points, queries.points, options);
  std::vector<std::int32_t> type;
  std::vector<std::uint8_t> right;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    std::map<std::int32_t, int> votes;
    for (int k = 0; k < graph.k; ++k)
      ++votes[cells_.types.codes[static_cast<std::size_t>(known[static_cast<std::size_t>(graph.index[i * static_cast<std::size_t>(graph.k) + static_cast<std::size_t>(k)])])]];
    const auto winner = std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    type.push_back(cells_.types.codes[static_cast<std::size_t>(asked[i])]);
    right.push_back(winner->first == type.back() ? 1 : 0);
  }
  std::vector<std::size_t> draw(asked.size());
  for (std::size_t i = 0; i < draw.size(); ++i) draw[i] = i;
  const double value = balanced_accuracy(type, right, draw);
  const auto types = static_cast<double>(std::set<std::int32_t>(type.begin(), type.end()).size());
  std::optional<double> low, high;
  if (request_.bootstrap >= 40) {
    Rng rng(hash64("cell_types", request_.seed));
    std::vector<double> again;
    for (int round = 0; round < request_.bootstrap; ++round) {
      for (std::size_t& i : draw) i = static_cast<std::size_t>(rng.below(asked.size()));
      again.push_back(balanced_accuracy(type, right, draw));
    }
    std::sort(again.begin(), again.end());
    low = again[static_cast<std::size_t>(0.025 * static_cast<double>(again.size()))];
    high = again[static_cast<std::size_t>(0.975 * static_cast<double>(again.size()))];
  }
  add(rows, space, "biology/cell_type_accuracy", value, low, high, 1 / types, static_cast<std::int64_t>(asked.size()));
}

const Measured* find(const std::vector<Measured>& rows, const std::string& metric, const std::string& method) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Measured& row) { return row.metric == metric && row.method == method; });
  return found == rows.end() ? nullptr : &*found;
}

/// Below the other with both intervals (or values, where there are none) apart.
bool clearly_below(const Measured& one, const Measured& other) {
  return one.high.value_or(one.value) < other.low.value_or(other.value);
}

std::vector<store::Verdict> verdicts(const std::vector<Measured>& rows) {
  const Measured *model = find(rows, "align/max_standardised", "model"), *pca = find(rows, "align/max_standardised", "pca");
  if (!model || !pca) return {};
  store::Verdict verdict;
  verdict.id = "align/evaluation";
  verdict.workspace = "align";
  verdict.evidence = fmt::format("Largest standardised distance {:.2f} against {:.2f} of PCA (n = {} held-out cells; sampling alone gives {:.2f}).",
                                 model->value, pca->value, model->n, model->chance.value_or(0));
  const Measured *auc = find(rows, "align/probe_auc", "model"), *auc_pca = find(rows, "align/probe_auc", "pca");
  if (auc && auc_pca)
    verdict.evidence += fmt::format(" A fresh classifier tells spots from cells with AUC {:.3f} ({:.3f} in PCA; .5 is chance).", auc->value, auc_pca->value);
  const Measured *types = find(rows, "biology/cell_type_accuracy", "model"), *types_pca = find(rows, "biology/cell_type_accuracy", "pca");
  if (types && types_pca) {
    verdict.evidence += fmt::format(" Cell types are found with balanced accuracy {:.2f} ({:.2f} in PCA).", types->value, types_pca->value);
  }
  // Means that agree are necessary, not sufficient: a one-line centring brings them together as well.
  const bool better = clearly_below(*model, *pca);
  const bool separable = auc && auc->low.value_or(auc->value) > kSeparable;
  const bool loses_types = types && types_pca && clearly_below(*types, *types_pca);
  verdict.state = !better ? "bad" : separable || loses_types ? "warn" : "good";
  verdict.headline = !better                    ? "The encoder does not beat plain PCA."
                     : separable && loses_types ? "The means come together, but spots and cells can still be told apart and cell types are blurred."
                     : separable                ? "The means come together, but spots and cells can still be told apart."
                     : loses_types              ? "The encoder mixes the sources but blurs cell types."
                                                : "The encoder mixes the sources and keeps cell types.";
  verdict.why = "All numbers are of cells that training never saw. Distances are in units of the spread within sources, so that shrinking the "
                "embedding changes nothing. Compare with the baselines in the evaluation table before believing the picture.";
  return {verdict};
}

}  // namespace

train::Evaluation evaluate_alignment(const Cells& cells, const Model& model, const train::EvaluationRequest& request, const StopToken& stop) {
  train::Evaluation evaluation;
  if (cells.split.held_out.size() < 2) return evaluation;
  const Judge judge(cells, request, stop);
  const Space raw = to_space("raw", cells.expression);
  judge.judge(to_space("model", embed_cells(cells, model)), evaluation.rows);
  judge.judge(pca_space(raw, cells, request.seed), evaluation.rows);
  judge.judge(raw, evaluation.rows);
  evaluation.verdicts = verdicts(evaluation.rows);
  return evaluation;
}

}  // namespace geocyte::plugins::gems
