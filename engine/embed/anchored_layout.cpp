// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/anchored_layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/embed/classical_mds.h"
#include "engine/kernels/parallel.h"

namespace geocyte::embed {
namespace {

using Row = Eigen::ArrayXf;
constexpr std::int64_t kBlockRows = 32;
constexpr float kTiny = 1e-12f;

/// What one point contributes: sums over its partners.
struct PointSums {
  double weight = 0, stress = 0, q = 0;    // sum w, sum w (d - D)^2, sum q
  double attraction = 0;                   // -sum p log q
};

/// The layout as float columns, and the graph's weights brought to sum 1.
struct Problem {
  const FuzzyGraph& graph;
  const AnchoredOptions& options;
  float share = 1;                         // 1 / sum p
  Eigen::Index n = 0, dims = 0;
};

Problem problem_of(const FuzzyGraph& graph, const Eigen::MatrixXd& start, const AnchoredOptions& options) {
  require(start.rows() >= 2 && graph.rows() == start.rows(), "the graph and the start of a layout have one row a point");
  require(options.scale > 0 && options.offset > 0 && options.lambda >= 0 && options.iterations >= 0 && options.partners >= 1, "widths of a layout are above 0");
  if (!start.allFinite()) throw Error(ErrorCode::bad_data, "the start of a layout has a coordinate that is not finite");
  const double sum = std::accumulate(graph.weight.begin(), graph.weight.end(), 0.0);
  return {graph, options, sum > 0 ? static_cast<float>(1 / sum) : 0.0f, start.rows(), start.cols()};
}

Row weights_of(const Row& wanted, const AnchoredOptions& options) {
  const Row base = wanted + static_cast<float>(options.offset);
  if (options.power == 1) return base.inverse();
  if (options.power == 0) return Row::Ones(wanted.size());
  return base.pow(-static_cast<float>(options.power));
}

/// Sums over the pairs (i, partners) and the three pulls on i, each m x dims summed: `stress` and `push` over the partners, `pull` over the graph.
/// difference[c] is y_ic - y_jc of the partners; `own` the place of i among them, or -1.
PointSums pairs_of(const Problem& problem, const std::vector<Row>& difference, const Row& wanted, Eigen::Index own, float* stress, float* push) {
  Row squared = Row::Zero(wanted.size());
  for (const auto& along : difference) squared += along.square();
  const Row d = (squared + kTiny).sqrt();
  Row w = weights_of(wanted, problem.options);
  Row q = (squared * static_cast<float>(1 / (problem.options.scale * problem.options.scale)) + 1).inverse();
  if (own >= 0) w[own] = q[own] = 0;
  const Row error = d - wanted;
  PointSums sums;
  sums.weight = w.sum();
  sums.stress = (w * error.square()).sum();
  sums.q = q.sum();
  const Row along_stress = w * error / d, along_push = q.square();
  for (Eigen::Index c = 0; c < problem.dims; ++c) {
    stress[c] = (along_stress * difference[c]).sum();
    push[c] = (along_push * difference[c]).sum();
  }
  return sums;
}

double pull_of(const Problem& problem, const Eigen::MatrixXf& y, Eigen::Index i, float* pull) {
  const float inverse = static_cast<float>(1 / (problem.options.scale * problem.options.scale));
  std::fill(pull, pull + problem.dims, 0.0f);
  double attraction = 0;
  for (auto e = problem.graph.begin[i]; e < problem.graph.begin[i + 1]; ++e) {
    const auto difference = (y.row(i) - y.row(problem.graph.column[e])).eval();
    const float p = problem.graph.weight[e] * problem.share, ratio = difference.squaredNorm() * inverse;
    attraction += static_cast<double>(p) * std::log1p(static_cast<double>(ratio));
    for (Eigen::Index c = 0; c < problem.dims; ++c) pull[c] += p / (1 + ratio) * difference[c];
  }
  return attraction;
}

/// One evaluation of L: calls pairs(i, y, stress, push) -> PointSums for each point.
template <class Pairs>
double evaluate(const Problem& problem, const Eigen::MatrixXf& y, const Pairs& pairs, Eigen::MatrixXf& gradient) {
  const Eigen::Index n = problem.n, dims = problem.dims;
  Eigen::MatrixXf stress(dims, n), push(dims, n), pull(dims, n);
  std::vector<PointSums> sums(n);
  kernels::parallel_blocks(problem.options.threads, (n + kBlockRows - 1) / kBlockRows, [&](std::int64_t block) {
    for (Eigen::Index i = block * kBlockRows; i < std::min<Eigen::Index>(n, (block + 1) * kBlockRows); ++i) {
      sums[i] = pairs(i, y, stress.col(i).data(), push.col(i).data());
      sums[i].attraction = pull_of(problem, y, i, pull.col(i).data());
    }
  });
  PointSums all;
  for (const auto& one : sums) {
    all.weight += one.weight;
    all.stress += one.stress;
    all.q += one.q;
    all.attraction += one.attraction;
  }
  const double inverse = 1 / (problem.options.scale * problem.options.scale), lambda = problem.options.lambda;
  gradient = (4 * ((1 / all.weight) * stress.cast<double>() + lambda * inverse * (pull.cast<double>() - push.cast<double>() / all.q))).cast<float>().transpose();
  return all.stress / all.weight + lambda * (all.attraction + std::log(all.q));
}

template <class Pairs>
AnchoredLayout minimise(const Problem& problem, const Eigen::MatrixXd& start, const Pairs& pairs) {
  const auto& options = problem.options;
  Eigen::MatrixXd centred = start.rowwise() - start.colwise().mean();
  const double rms = std::sqrt(centred.squaredNorm() / static_cast<double>(problem.n));
  Eigen::MatrixXf y = (centred / (rms > 0 ? rms : 1)).cast<float>(), gradient;
  Eigen::ArrayXXf first = Eigen::ArrayXXf::Zero(problem.n, problem.dims), second = first;
  AnchoredLayout layout;
  for (int t = 0; t < options.iterations; ++t) {
    if (options.stop.stop_requested()) {
      layout.complete = false;
      break;
    }
    layout.objective = evaluate(problem, y, [&](Eigen::Index i, const Eigen::MatrixXf& at, float* stress, float* push) { return pairs(t, i, at, stress, push); }, gradient);
    first = 0.9f * first + 0.1f * gradient.array();
    second = 0.999f * second + 0.001f * gradient.array().square();
    const double rate = options.learning_rate * (1 - static_cast<double>(t) / options.iterations) + options.last_rate;
    const auto step = static_cast<float>(rate / (1 - std::pow(0.9, t + 1)));
    const auto correction = static_cast<float>(1 / (1 - std::pow(0.999, t + 1)));
    y.array() -= step * first / ((second * correction).sqrt() + 1e-8f);
  }
  layout.points = y.cast<double>().rowwise() - y.cast<double>().colwise().mean();
  return layout;
}

/// All partners of point i, with distances as a column of `wanted`.
auto all_pairs(const Problem& problem, const Eigen::MatrixXf& wanted) {
  return [&problem, &wanted](int, Eigen::Index i, const Eigen::MatrixXf& y, float* stress, float* push) {
    std::vector<Row> difference(problem.dims);
    for (Eigen::Index c = 0; c < problem.dims; ++c) difference[c] = y(i, c) - y.col(c).array();
    return pairs_of(problem, difference, wanted.col(i), i, stress, push);
  };
}

/// Distances brought to a mean square of 2 (the diagonal counts as 0).
Eigen::MatrixXf normalised(const Eigen::MatrixXd& distances) {
  const double square = distances.squaredNorm() / static_cast<double>(distances.size());
  return (distances * (square > 0 ? std::sqrt(2 / square) : 1)).cast<float>();
}

}  // namespace

AnchoredObjective anchored_objective(const Eigen::MatrixXd& distances, const FuzzyGraph& graph, const Eigen::MatrixXd& points, const AnchoredOptions& options) {
  require_distances(distances);
  const auto problem = problem_of(graph, points, options);
  require(distances.rows() == problem.n, "distances are those of the layout");
  const Eigen::MatrixXf wanted = distances.cast<float>();
  const auto pairs = all_pairs(problem, wanted);
  Eigen::MatrixXf gradient;
  AnchoredObjective objective;
  objective.value = evaluate(problem, points.cast<float>(), [&](Eigen::Index i, const Eigen::MatrixXf& y, float* stress, float* push) { return pairs(0, i, y, stress, push); }, gradient);
  objective.gradient = gradient.cast<double>();
  return objective;
}

AnchoredLayout anchored_layout(const Eigen::MatrixXd& distances, const FuzzyGraph& graph, const Eigen::MatrixXd& start, const AnchoredOptions& options) {
  require_distances(distances);
  const auto problem = problem_of(graph, start, options);
  require(distances.rows() == problem.n, "distances are those of the layout");
  const Eigen::MatrixXf wanted = normalised(distances);
  return minimise(problem, start, all_pairs(problem, wanted));
}

AnchoredLayout anchored_layout(const DistanceRow& distances, const FuzzyGraph& graph, const Eigen::MatrixXd& start, const AnchoredOptions& options) {
  const auto problem = problem_of(graph, start, options);
  const Eigen::Index n = problem.n;
  if (n <= options.dense_limit) {
    std::vector<std::int32_t> everyone(n);
    std::iota(everyone.begin(), everyone.end(), 0);
    Eigen::MatrixXf all(n, n);
    for (Eigen::Index i = 0; i < n; ++i) distances(i, everyone, {all.col(i).data(), static_cast<std::size_t>(n)});
    return anchored_layout(Eigen::MatrixXd(all.cast<double>()), graph, start, options);
  }
  const auto draw = [&problem, n](int t, Eigen::Index i) {
    Rng rng(problem.options.seed * 0x9e3779b97f4a7c15ULL + static_cast<std::uint64_t>(t) * static_cast<std::uint64_t>(n) + static_cast<std::uint64_t>(i));
    std::vector<std::int32_t> partners(problem.options.partners);
    for (auto& partner : partners) {
      const auto other = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(n - 1)));
      partner = other < i ? other : other + 1;
    }
    return partners;
  };
  double square = 0;
  for (Eigen::Index i = 0; i < n; i += std::max<Eigen::Index>(1, n / 1000)) {
    const auto partners = draw(-1, i);
    Row wanted(static_cast<Eigen::Index>(partners.size()));
    distances(i, partners, {wanted.data(), partners.size()});
    if (!wanted.allFinite() || wanted.minCoeff() < 0) throw Error(ErrorCode::bad_data, "a distance is negative or not finite", "check the prediction that the distances come from");
    square += wanted.square().mean() / static_cast<double>((n + n / 1000 - 1) / std::max<Eigen::Index>(1, n / 1000));
  }
  const auto unit = static_cast<float>(square > 0 ? std::sqrt(2 / square) : 1);
  // Sums over a sample stand for those over all other points.
  const double every = static_cast<double>(n - 1) / options.partners;
  return minimise(problem, start, [&](int t, Eigen::Index i, const Eigen::MatrixXf& y, float* stress, float* push) {
    const auto partners = draw(t, i);
    const auto m = static_cast<Eigen::Index>(partners.size());
    Row wanted(m);
    distances(i, partners, {wanted.data(), partners.size()});
    wanted *= unit;
    std::vector<Row> difference(problem.dims, Row(m));
    for (Eigen::Index j = 0; j < m; ++j)
      for (Eigen::Index c = 0; c < problem.dims; ++c) difference[c][j] = y(i, c) - y(partners[j], c);
    auto sums = pairs_of(problem, difference, wanted, -1, stress, push);
    for (double* sum : {&sums.weight, &sums.stress, &sums.q}) *sum *= every;
    for (Eigen::Index c = 0; c < problem.dims; ++c) {
      stress[c] *= static_cast<float>(every);
      push[c] *= static_cast<float>(every);
    }
    return sums;
  });
}

}  // namespace geocyte::embed
