// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/geometry_scores.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/check.h"
#include "engine/kernels/parallel.h"
#include "engine/stats/counting_sort.h"

namespace geocyte::stats {
namespace {

constexpr Eigen::Index kBlockRows = 16;

/// Sums of a correlation, in double.
struct Moments {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  void add(double a, double b) {
    ++n;
    x += a;
    y += b;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  /// 0 where either does not vary beyond rounding.
  double correlation() const {
    const double vx = xx - x * x / n, vy = yy - y * y / n;
    return vx > 1e-12 * xx && vy > 1e-12 * yy ? (xy - x * y / n) / std::sqrt(vx * vy) : 0;
  }
};

double correlation(const float* a, const float* b, std::size_t n) {
  Moments moments;
  for (std::size_t i = 0; i < n; ++i) moments.add(a[i], b[i]);
  return moments.correlation();
}

/// One row without its own cell: values, and which cells they are of.
struct Row {
  std::vector<float> values, ranks;
  std::vector<std::uint32_t> order;        // places in values, rising
  std::vector<std::int32_t> place;         // of each place its position in the order, from 1

  Row(const Eigen::MatrixXf& d, Eigen::Index i) {
    values.reserve(d.rows() - 1);
    for (Eigen::Index j = 0; j < d.rows(); ++j)
      if (j != i) values.push_back(d(j, i));
    order = rising_order(values.data(), values.size());
    ranks = mid_ranks(values.data(), order);
    place.resize(values.size());
    for (std::size_t p = 0; p < order.size(); ++p) place[order[p]] = static_cast<std::int32_t>(p) + 1;
  }
};

/// sum over j among the k nearest of `near` and not of `by` of (place in `by` - k).
double intrusion(const Row& near, const Row& by, int k) {
  double sum = 0;
  for (int p = 0; p < k; ++p) sum += std::max(0, by.place[near.order[p]] - k);
  return sum;
}

int shared(const Row& a, const Row& b, int k) {
  int both = 0;
  for (int p = 0; p < k; ++p) both += b.place[a.order[p]] <= k;
  return both;
}

CellScore empty_score(Eigen::Index n) { return {Eigen::VectorXd::Zero(n), Eigen::VectorXd::Ones(n)}; }

void score_rows(const Eigen::MatrixXf& d, const Eigen::MatrixXf& t, const GeometryScoreOptions& options, std::vector<std::uint8_t>& edge, GeometryScores& scores) {
  const Eigen::Index n = d.rows();
  const double penalty = 2 / (scores.trust_k * (2.0 * static_cast<double>(n) - 3.0 * scores.trust_k - 1));
  kernels::parallel_blocks(options.threads, (n + kBlockRows - 1) / kBlockRows, [&](std::int64_t block) {
    for (Eigen::Index i = block * kBlockRows; i < std::min(n, (block + 1) * kBlockRows); ++i) {
      if (options.stop.stop_requested()) return;
      const Row p(d, i), y(t, i);
      scores.row_spearman.numerator[i] = correlation(p.ranks.data(), y.ranks.data(), p.ranks.size());
      scores.row_pearson.numerator[i] = correlation(p.values.data(), y.values.data(), p.values.size());
      const double both = shared(p, y, scores.k);
      scores.recall.numerator[i] = both / scores.k;
      scores.jaccard.numerator[i] = both / (2 * scores.k - both);
      scores.trustworthiness.numerator[i] = 1 - penalty * intrusion(p, y, scores.trust_k);
      scores.continuity.numerator[i] = 1 - penalty * intrusion(y, p, scores.trust_k);
      for (int e = 0; e < scores.k; ++e) {
        const auto j = static_cast<Eigen::Index>(y.order[e]);
        edge[static_cast<std::size_t>(i * n + (j < i ? j : j + 1))] = 1;
      }
    }
  });
}

void score_pairs(const Eigen::MatrixXf& d, const Eigen::MatrixXf& t, const GeometryScoreOptions& options, const std::vector<std::uint8_t>& edge, GeometryScores& scores) {
  const Eigen::Index n = d.rows();
  const auto pairs = static_cast<std::size_t>(n) * static_cast<std::size_t>(n - 1) / 2;
  std::vector<float> value[2] = {std::vector<float>(pairs), std::vector<float>(pairs)}, rank[2];
  std::vector<std::uint32_t> order[2];
  kernels::parallel_blocks(std::min(2, kernels::thread_count(options.threads)), 2, [&](std::int64_t side) {
    const auto& from = side == 0 ? d : t;
    std::size_t at = 0;
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = i + 1; j < n; ++j) value[side][at++] = from(j, i);
    order[side] = rising_order(value[side].data(), pairs);
    rank[side] = mid_ranks(value[side].data(), order[side]);
  });
  scores.spearman = correlation(rank[0].data(), rank[1].data(), pairs);
  scores.pearson = correlation(value[0].data(), value[1].data(), pairs);

  std::vector<std::uint8_t> near[2] = {std::vector<std::uint8_t>(pairs, 0), std::vector<std::uint8_t>(pairs, 0)};
  const auto chosen = static_cast<std::size_t>(options.nearest_share * static_cast<double>(pairs));
  for (int side = 0; side < 2; ++side)
    for (std::size_t p = 0; p < chosen; ++p) near[side][order[side][p]] = 1;
  double dd = 0, tt = 0, dt = 0, edges = 0, edge_ranks = 0;
  scores.precision.denominator.setZero();
  std::size_t at = 0;
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = i + 1; j < n; ++j, ++at) {
      const double a = value[0][at], b = value[1][at];
      dd += a * a;
      tt += b * b;
      dt += a * b;
      if (near[0][at]) {
        for (const auto end : {i, j}) {
          scores.precision.denominator[end] += 1;
          scores.precision.numerator[end] += near[1][at];
        }
      }
      if (edge[static_cast<std::size_t>(i * n + j)] || edge[static_cast<std::size_t>(j * n + i)]) {
        ++edges;
        edge_ranks += rank[0][at];
      }
    }
  scores.stress1 = tt > 0 ? std::sqrt(std::max(0.0, 1 - (dd > 0 ? dt * dt / dd : 0) / tt)) : 0;
  const double others = static_cast<double>(pairs) - edges;
  scores.edge_auc = edges > 0 && others > 0 ? 1 - (edge_ranks - edges * (edges + 1) / 2) / (edges * others) : 0.5;
}

std::vector<Eigen::Index> scored_cells(Eigen::Index n) {
  std::vector<Eigen::Index> cells;
  const auto count = std::min<Eigen::Index>(n, kScoredCells);
  for (Eigen::Index i = 0; i < count; ++i) cells.push_back(i * n / count);
  return cells;
}

/// Distances of chosen rows of points.
Eigen::MatrixXf distances_of(const Eigen::MatrixXd& points, const std::vector<Eigen::Index>& cells, int threads) {
  const Eigen::MatrixXd x = points(cells, Eigen::all);
  const Eigen::Index n = x.rows();
  Eigen::MatrixXf d(n, n);
  kernels::parallel_blocks(threads, (n + kBlockRows - 1) / kBlockRows, [&](std::int64_t block) {
    for (Eigen::Index i = block * kBlockRows; i < std::min(n, (block + 1) * kBlockRows); ++i) {
      Eigen::ArrayXd squared = Eigen::ArrayXd::Zero(n);
      for (Eigen::Index c = 0; c < x.cols(); ++c) squared += (x.col(c).array() - x(i, c)).square();
      d.col(i) = squared.sqrt().cast<float>().matrix();
    }
  });
  return d;
}

std::optional<GeometryScores> score(const Eigen::MatrixXf& d, const Eigen::MatrixXf& t, Eigen::Index given, const GeometryScoreOptions& options) {
  const Eigen::Index n = d.rows();
  require(options.k >= 1 && options.trust_k >= 1 && options.nearest_share > 0 && options.nearest_share < 1, "neighbours to score are at least one, the share of nearest pairs is between 0 and 1");
  GeometryScores scores;
  scores.n = n;
  scores.of = given;
  scores.k = static_cast<int>(std::min<Eigen::Index>(options.k, n - 1));
  scores.trust_k = static_cast<int>(std::max<Eigen::Index>(1, std::min<Eigen::Index>(options.trust_k, (n - 1) / 2)));   // beyond n / 2 it is not defined
  for (auto* one : {&scores.row_spearman, &scores.row_pearson, &scores.precision, &scores.recall, &scores.jaccard, &scores.trustworthiness, &scores.continuity}) *one = empty_score(n);
  std::vector<std::uint8_t> edge(static_cast<std::size_t>(n) * static_cast<std::size_t>(n), 0);
  score_rows(d, t, options, edge, scores);
  if (options.stop.stop_requested()) return std::nullopt;
  score_pairs(d, t, options, edge, scores);
  std::vector<double> rows(scores.row_spearman.numerator.begin(), scores.row_spearman.numerator.end());
  std::sort(rows.begin(), rows.end());
  scores.row_spearman_median = 0.5 * (rows[(rows.size() - 1) / 2] + rows[rows.size() / 2]);
  return scores;
}

void require_scorable(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth) {
  require(predicted.rows() == truth.rows(), "predicted and true places are of the same cells");
  if (truth.rows() < 4) throw Error(ErrorCode::bad_data, "scores of a tissue need at least four cells");
  if (!predicted.allFinite() || !truth.allFinite()) throw Error(ErrorCode::bad_data, "a predicted or true place is not finite");
}

}  // namespace

std::optional<GeometryScores> score_geometry(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth, const GeometryScoreOptions& options) {
  require_scorable(predicted, truth);
  const auto cells = scored_cells(truth.rows());
  return score(distances_of(predicted, cells, options.threads), distances_of(truth, cells, options.threads), truth.rows(), options);
}

std::optional<GeometryScores> score_distances(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth, const GeometryScoreOptions& options) {
  require(predicted.rows() == predicted.cols(), "a matrix of distances is square");
  require_scorable(predicted, truth);
  const auto cells = scored_cells(truth.rows());
  const Eigen::MatrixXf d = predicted(cells, cells).cast<float>();
  if (d.minCoeff() < 0) throw Error(ErrorCode::bad_data, "a predicted distance is negative");
  return score(d, distances_of(truth, cells, options.threads), truth.rows(), options);
}

}  // namespace geocyte::stats
