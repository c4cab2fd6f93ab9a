// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/alignment_gates.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/kernels/parallel.h"
#include "engine/stats/probe_classifier.h"

namespace geocyte::stats {
namespace {

using Rows = std::vector<std::int64_t>;
constexpr double kBoundLevel = 0.95;
constexpr double kFloatVariance = 1e-14;   // square of what float coordinates resolve
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<Rows> by_source(const GateCells& cells, std::span<const std::int64_t> rows) {
  std::vector<Rows> of(static_cast<std::size_t>(cells.sources));
  for (const std::int64_t row : rows) {
    require(row >= 0 && row < cells.points.rows, "a row of the split is in range");
    const std::int32_t source = cells.source[static_cast<std::size_t>(row)];
    require(source >= 0 && source < cells.sources, "a source label is in range");
    for (std::int64_t d = 0; d < cells.points.dims; ++d)
      if (!std::isfinite(cells.points.row(row)[d])) throw Error(ErrorCode::bad_data, "the embedding has a value that is not finite");
    of[static_cast<std::size_t>(source)].push_back(row);
  }
  return of;
}

Eigen::MatrixXd matrix_of(const kernels::Points& points, const Rows& rows) {
  Eigen::MatrixXd x(rows.size(), points.dims);
  for (std::size_t r = 0; r < rows.size(); ++r)
    x.row(static_cast<Eigen::Index>(r)) = Eigen::Map<const Eigen::RowVectorXf>(points.row(rows[r]), points.dims).cast<double>();
  return x;
}

/// Mean over sources of the covariance of their training cells, shrunk.
Eigen::MatrixXd pooled_covariance(const kernels::Points& points, const std::vector<Rows>& training, double shrinkage) {
  Eigen::MatrixXd pooled = Eigen::MatrixXd::Zero(points.dims, points.dims);
  int counted = 0;
  double size = 0;
  for (const Rows& rows : training) {
    if (rows.size() < 2) continue;
    Eigen::MatrixXd x = matrix_of(points, rows);
    const Eigen::RowVectorXd mean = x.colwise().mean();
    x.rowwise() -= mean;
    size += mean.squaredNorm();
    pooled.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose(), 1.0 / static_cast<double>(rows.size() - 1));
    ++counted;
  }
  if (counted == 0 || pooled.trace() <= kFloatVariance * size) return {};
  pooled.triangularView<Eigen::StrictlyUpper>() = pooled.transpose();
  pooled *= (1 - shrinkage) / counted;
  pooled.diagonal().array() += shrinkage / (1 - shrinkage) * pooled.trace() / static_cast<double>(points.dims);
  return pooled;
}

/// Held-out cells of a source in coordinates in which S is the identity.
struct Whitened {
  Eigen::RowVectorXd mean;
  Eigen::MatrixXd centred;               ///< n x d
  double floor = 0;                      ///< tr(C) / n: what sampling adds to a squared distance
};

Eigen::RowVectorXd offset_of_draw(const Eigen::MatrixXd& centred, std::int64_t draws, Rng& rng) {
  Eigen::VectorXd times = Eigen::VectorXd::Zero(centred.rows());
  for (std::int64_t i = 0; i < draws; ++i) times[static_cast<Eigen::Index>(rng.below(static_cast<std::uint64_t>(centred.rows())))] += 1;
  return times.transpose() * centred / static_cast<double>(draws);
}

double upper_bound(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(std::ceil(kBoundLevel * static_cast<double>(values.size() - 1)))];
}

/// Upper bound of D^2 of a difference of means. Draws are made around the distance that is left when the floor is off: around
/// the observed one, which sampling has made longer, they would spread sqrt(3) times too far between equal means.
double bound_of(const Eigen::RowVectorXd& apart, const Eigen::MatrixXd& offsets, double floor) {
  const double observed = apart.squaredNorm(), left = std::max(0.0, observed - floor);
  const Eigen::RowVectorXd centre = apart * std::sqrt(left / std::max(observed, std::numeric_limits<double>::min()));
  const Eigen::VectorXd again = (offsets.rowwise() + centre).rowwise().squaredNorm();
  return observed - floor + upper_bound({again.data(), again.data() + again.size()}) - floor - left;
}

class DistanceGate {
 public:
  DistanceGate(const GateCells& cells, const std::vector<Rows>& training, const std::vector<Rows>& held_out, const GateOptions& options)
      : options_(options), sources_(held_out.size()) {
    const Eigen::MatrixXd pooled = pooled_covariance(cells.points, training, options.shrinkage);
    if (pooled.size() == 0) return;
    factor_.compute(pooled);
    if (factor_.info() != Eigen::Success) return;
    possible_ = true;
    for (std::size_t s = 0; s < sources_.size(); ++s) {
      if (held_out[s].size() < 2) continue;
      Whitened& w = sources_[s];
      w.centred = factor_.matrixL().solve(matrix_of(cells.points, held_out[s]).transpose()).transpose();
      w.mean = w.centred.colwise().mean();
      w.centred.rowwise() -= w.mean;
      const auto n = static_cast<double>(held_out[s].size());
      w.floor = w.centred.squaredNorm() / (n - 1) / n;
    }
  }

  void judge(PairGate& pair) const {
    if (!possible_) {
      pair.squared = pair.bound = kInfinity;
      pair.allowed = options_.distance * options_.distance;
      return;
    }
    const Whitened &a = sources_[static_cast<std::size_t>(pair.a)], &b = sources_[static_cast<std::size_t>(pair.b)];
    const Eigen::RowVectorXd apart = a.mean - b.mean;
    const double floor = a.floor + b.floor;
    pair.squared = apart.squaredNorm() - floor;
    Rng rng(hash64("alignment_gates", options_.seed + static_cast<std::uint64_t>(pair.a) * 4096 + static_cast<std::uint64_t>(pair.b)));
    Eigen::MatrixXd offsets(options_.bootstrap, apart.size());   // what drawing the cells again adds to the difference of means
    for (Eigen::Index round = 0; round < offsets.rows(); ++round)
      offsets.row(round) = offset_of_draw(a.centred, pair.n_a, rng) - offset_of_draw(b.centred, pair.n_b, rng);
    pair.bound = bound_of(apart, offsets, floor);
    std::vector<double> splits;   // two parts of one source differ by such an offset and nothing else
    for (Eigen::Index round = 0; round < offsets.rows(); ++round) splits.push_back(bound_of(offsets.row(round), offsets, floor));
    pair.allowed = options_.distance * options_.distance + std::max(0.0, upper_bound(std::move(splits)));
    pair.distance_passes = pair.bound <= pair.allowed;
  }

  /// AUC on held-out cells of the linear score along the difference of the training means.
  void judge_means(PairGate& pair, const GateCells& cells, const std::vector<Rows>& training) const {
    if (!possible_) return;
    const auto mean = [&](int source) { return Eigen::RowVectorXd(matrix_of(cells.points, training[static_cast<std::size_t>(source)]).colwise().mean()); };
    const Eigen::RowVectorXd apart = mean(pair.b) - mean(pair.a);
    const Eigen::RowVectorXd direction = factor_.matrixL().solve(apart.transpose()).transpose();
    std::vector<double> score;
    std::vector<std::uint8_t> positive;
    for (const int source : {pair.a, pair.b}) {
      const Whitened& w = sources_[static_cast<std::size_t>(source)];
      const Eigen::VectorXd along = (w.centred.rowwise() + w.mean) * direction.transpose();
      score.insert(score.end(), along.begin(), along.end());
      positive.insert(positive.end(), static_cast<std::size_t>(along.size()), source == pair.b);
    }
    pair.means_auc = auc(score, positive);
  }

 private:
  const GateOptions& options_;
  std::vector<Whitened> sources_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  bool possible_ = false;
};

Rows some_of(Rows rows, std::int64_t most, Rng& rng) {
  const auto wanted = std::min<std::size_t>(rows.size(), static_cast<std::size_t>(most));
  for (std::size_t i = 0; i < wanted; ++i) std::swap(rows[i], rows[i + rng.below(rows.size() - i)]);
  rows.resize(wanted);
  return rows;
}

struct ProbeCells {
  std::vector<float> values;
  std::vector<std::uint8_t> positive;
  std::int64_t dims = 0;

  void add(const kernels::Points& points, const Rows& rows, std::uint8_t label) {
    dims = points.dims;
    for (const std::int64_t row : rows) {
      values.insert(values.end(), points.row(row), points.row(row) + points.dims);
      positive.push_back(label);
    }
  }
  LabelledPoints view() const { return {{values.data(), static_cast<std::int64_t>(positive.size()), dims}, positive}; }
};

void classify(PairGate& pair, const GateCells& cells, const std::vector<Rows>& training, const std::vector<Rows>& held_out,
              const GateOptions& options) {
  const auto a = static_cast<std::size_t>(pair.a), b = static_cast<std::size_t>(pair.b);
  Rng rng(hash64("gate_classifier", options.seed + a * 4096 + b));
  ProbeCells known, asked;
  known.add(cells.points, some_of(training[a], options.most_training, rng), 0);
  known.add(cells.points, some_of(training[b], options.most_training, rng), 1);
  asked.add(cells.points, held_out[a], 0);
  asked.add(cells.points, held_out[b], 1);
  ProbeOptions how;
  how.seed = options.seed;
  how.stop = options.stop;
  pair.auc = probe_separability(known.view(), asked.view(), how).auc;
  pair.classified = true;
}

void judge_classifiers(std::vector<PairGate>& pairs, double margin) {
  std::vector<PairGate*> classified;
  std::vector<Auc> aucs;
  std::vector<double> below;
  for (PairGate& pair : pairs) {
    below.push_back(p_below_chance(pair.means_auc));
    if (!pair.classified) continue;
    classified.push_back(&pair);
    aucs.push_back(pair.auc);
    below.back() = std::min(below.back(), p_below_chance(pair.auc));
  }
  const auto apart = told_apart(aucs, margin), leaks = below_chance(below);
  for (std::size_t i = 0; i < classified.size(); ++i) classified[i]->auc_passes = !apart[i];
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].below_chance = leaks[i];
}

}  // namespace

int AlignmentGates::passed() const {
  return static_cast<int>(std::count_if(pairs.begin(), pairs.end(), [](const PairGate& pair) { return pair.passes(); }));
}

bool AlignmentGates::leak() const {
  return std::any_of(pairs.begin(), pairs.end(), [](const PairGate& pair) { return pair.below_chance; });
}

const PairGate* AlignmentGates::worst() const {
  // Failing pairs before passing ones, then by how far the bound lies above what is allowed, in units of it.
  const auto excess = [](const PairGate& pair) {
    const double by_distance = pair.bound / pair.allowed, by_classifier = pair.classified ? std::abs(pair.auc.value - 0.5) : 0;
    return std::pair(!pair.passes(), std::max(by_distance, 10 * by_classifier));
  };
  const auto found = std::max_element(pairs.begin(), pairs.end(), [&](const PairGate& a, const PairGate& b) { return excess(a) < excess(b); });
  return found == pairs.end() ? nullptr : &*found;
}

AlignmentGates alignment_gates(const GateCells& cells, const GateOptions& options) {
  require(static_cast<std::int64_t>(cells.source.size()) == cells.points.rows, "one source label a row");
  require(options.bootstrap >= 20 && options.shrinkage >= 0 && options.shrinkage < 1, "gates bootstrap 20 rounds at least, shrinkage below 1");
  const auto training = by_source(cells, cells.train), held_out = by_source(cells, cells.held_out);
  AlignmentGates gates;
  const auto enough = [&](const Rows& rows) { return static_cast<std::int64_t>(rows.size()) >= options.fewest; };
  for (int a = 0; a < cells.sources; ++a)
    for (int b = a + 1; b < cells.sources; ++b) {
      const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
      if (!enough(training[i]) || !enough(training[j]) || !enough(held_out[i]) || !enough(held_out[j])) continue;
      PairGate pair;
      pair.a = a, pair.b = b;
      pair.n_a = static_cast<std::int64_t>(held_out[i].size());
      pair.n_b = static_cast<std::int64_t>(held_out[j].size());
      gates.pairs.push_back(pair);
    }
  const DistanceGate distance(cells, training, held_out, options);
  std::vector<std::uint8_t> judged(gates.pairs.size(), 0);
  kernels::parallel_blocks(options.threads, static_cast<std::int64_t>(gates.pairs.size()), [&](std::int64_t i) {
    if (options.stop.stop_requested()) return;
    PairGate& pair = gates.pairs[static_cast<std::size_t>(i)];
    distance.judge(pair);
    distance.judge_means(pair, cells, training);
    if (pair.distance_passes || options.classify_all) classify(pair, cells, training, held_out, options);
    judged[static_cast<std::size_t>(i)] = 1;
  });
  std::vector<PairGate> done;
  for (std::size_t i = 0; i < judged.size(); ++i)
    if (judged[i]) done.push_back(gates.pairs[i]);
  gates.pairs = std::move(done);
  judge_classifiers(gates.pairs, options.auc_margin);
  return gates;
}

}  // namespace geocyte::stats
