// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/harmony.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/check.h"
#include "engine/core/rng.h"

namespace geocyte::baselines {
namespace {

constexpr int kHalvings = 7;
constexpr int kStartRounds = 15;  // of hard k-means
constexpr double kNoMass = 1e-8;  // cells: a lighter cluster is empty

Eigen::MatrixXd unit_rows(const Eigen::MatrixXd& x) {
  Eigen::MatrixXd unit = x;
  for (Eigen::Index i = 0; i < unit.rows(); ++i)
    if (const double norm = unit.row(i).norm(); norm > 0) unit.row(i) /= norm;
  return unit;
}

/// r log r, 0 at 0.
double entropy_sum(const Eigen::MatrixXd& r) {
  return r.unaryExpr([](double value) { return value > 0 ? value * std::log(value) : 0.0; }).sum();
}

/// Centres by k-means++ (Arthur & Vassilvitskii 2007) and a few rounds of Lloyd, on the sphere.
Eigen::MatrixXd first_centres(const Eigen::MatrixXd& z, Eigen::Index clusters, Rng& rng) {
  Eigen::MatrixXd y(clusters, z.cols());
  Eigen::VectorXd nearest = Eigen::VectorXd::Constant(z.rows(), std::numeric_limits<double>::infinity());
  for (Eigen::Index k = 0; k < clusters; ++k) {
    Eigen::Index chosen = static_cast<Eigen::Index>(rng.below(static_cast<std::uint64_t>(z.rows())));
    if (const double total = nearest.sum(); k > 0 && total > 0) {
      double left = rng.uniform() * total;
      for (chosen = 0; chosen + 1 < z.rows() && left >= nearest[chosen]; ++chosen) left -= nearest[chosen];
    }
    y.row(k) = z.row(chosen);
    nearest = nearest.cwiseMin((z.rowwise() - y.row(k)).rowwise().squaredNorm());
  }
  for (int round = 0; round < kStartRounds; ++round) {
    const Eigen::MatrixXd similarity = z * y.transpose();
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(clusters, z.cols());
    for (Eigen::Index i = 0; i < z.rows(); ++i) {
      Eigen::Index best = 0;
      similarity.row(i).maxCoeff(&best);
      sum.row(best) += z.row(i);
    }
    for (Eigen::Index k = 0; k < clusters; ++k)
      if (const double norm = sum.row(k).norm(); norm > 0) y.row(k) = sum.row(k) / norm;
  }
  return y;
}

/// R, y and the counts O; descends F for fixed z.
class SoftClusters {
 public:
  SoftClusters(const Cells& cells, const Eigen::MatrixXd& z, Eigen::Index clusters, const HarmonyOptions& options)
      : cells_(cells), options_(options), rng_(hash64("harmony", options.seed)) {
    share_ = Eigen::RowVectorXd::Zero(cells.sources);
    for (const std::int32_t source : cells.source) share_[source] += 1.0 / static_cast<double>(cells.count());
    y_ = first_centres(z, clusters, rng_);
    r_ = soft_assignment(2 * (1 - (z * y_.transpose()).array()), Eigen::MatrixXd::Zero(clusters, cells.sources),
                         all_rows());
    observed_ = counts(r_, all_rows());
  }

  /// One pass: centres, then all responsibilities in blocks of cells in random order. Returns F.
  double step(const Eigen::MatrixXd& z) {
    update_centres(z);
    const Eigen::MatrixXd distance = 2 * (1 - (z * y_.transpose()).array());  // n x K
    std::vector<Eigen::Index> order = all_rows();
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng_.below(i)]);
    const auto size =
        std::max<std::size_t>(1, static_cast<std::size_t>(options_.block_share * static_cast<double>(order.size())));
    for (std::size_t first = 0; first < order.size(); first += size)
      update_block(distance, {order.begin() + static_cast<std::ptrdiff_t>(first),
                              order.begin() + static_cast<std::ptrdiff_t>(std::min(first + size, order.size()))});
    observed_ = counts(r_, all_rows());  // anew, so that rounding does not add up
    return r_.cwiseProduct(distance).sum() + options_.sigma * entropy_sum(r_) + penalty(observed_);
  }

  const Eigen::MatrixXd& responsibility() const { return r_; }

 private:
  using Rows = std::vector<Eigen::Index>;

  Rows all_rows() const {
    Rows rows(static_cast<std::size_t>(cells_.count()));
    std::iota(rows.begin(), rows.end(), Eigen::Index{0});
    return rows;
  }
  std::int32_t source(Eigen::Index row) const { return cells_.source[static_cast<std::size_t>(row)]; }

  /// K x sources: mass that `r`, whose rows are the cells `rows`, gives each cluster from each source.
  Eigen::MatrixXd counts(const Eigen::MatrixXd& r, const Rows& rows) const {
    Eigen::MatrixXd mass = Eigen::MatrixXd::Zero(r.cols(), cells_.sources);
    for (std::size_t i = 0; i < rows.size(); ++i)
      mass.col(source(rows[i])) += r.row(static_cast<Eigen::Index>(i)).transpose();
    return mass;
  }
  /// log((O + 1) / (E + 1)), K x sources.
  Eigen::MatrixXd excess(const Eigen::MatrixXd& observed) const {
    const Eigen::MatrixXd expected = observed.rowwise().sum() * share_;
    return ((observed.array() + 1) / (expected.array() + 1)).log();
  }
  double penalty(const Eigen::MatrixXd& observed) const {
    return options_.sigma * options_.theta * ((observed.array() + 1) * excess(observed).array()).sum();
  }
  /// `distance` and the result have the cells `rows` as rows.
  Eigen::MatrixXd soft_assignment(const Eigen::MatrixXd& distance, const Eigen::MatrixXd& log_excess,
                                  const Rows& rows) const {
    Eigen::MatrixXd r(distance.rows(), distance.cols());
    for (Eigen::Index i = 0; i < r.rows(); ++i) {
      r.row(i) = -distance.row(i) / options_.sigma -
                 options_.theta * log_excess.col(source(rows[static_cast<std::size_t>(i)])).transpose();
      r.row(i) = (r.row(i).array() - r.row(i).maxCoeff()).exp().eval();
      r.row(i) /= r.row(i).sum();
    }
    return r;
  }

  void update_centres(const Eigen::MatrixXd& z) {
    const Eigen::MatrixXd sum = r_.transpose() * z;
    for (Eigen::Index k = 0; k < sum.rows(); ++k)
      if (const double norm = sum.row(k).norm(); norm > 0) y_.row(k) = sum.row(k) / norm;
  }

  void update_block(const Eigen::MatrixXd& distance, const Rows& rows) {
    const auto n = static_cast<Eigen::Index>(rows.size());
    Eigen::MatrixXd own(n, r_.cols()), far(n, r_.cols());
    for (Eigen::Index i = 0; i < n; ++i) {
      own.row(i) = r_.row(rows[static_cast<std::size_t>(i)]);
      far.row(i) = distance.row(rows[static_cast<std::size_t>(i)]);
    }
    const Eigen::MatrixXd others = (observed_ - counts(own, rows)).cwiseMax(0.0);
    // The part of F that this block can change.
    const auto part = [&](const Eigen::MatrixXd& r) {
      return r.cwiseProduct(far).sum() + options_.sigma * entropy_sum(r) + penalty(others + counts(r, rows));
    };
    const double before = part(own);
    const Eigen::MatrixXd direction = soft_assignment(far, excess(others), rows) - own;
    double length = 1;
    for (int halving = 0; halving <= kHalvings; ++halving, length /= 2) {
      const Eigen::MatrixXd tried = own + length * direction;
      if (part(tried) > before) continue;
      for (Eigen::Index i = 0; i < n; ++i) r_.row(rows[static_cast<std::size_t>(i)]) = tried.row(i);
      observed_ = others + counts(tried, rows);
      return;
    }
  }

  const Cells& cells_;
  const HarmonyOptions& options_;
  Rng rng_;
  Eigen::RowVectorXd share_;  // n_b / n
  Eigen::MatrixXd y_, r_;     // K x d, n x K
  Eigen::MatrixXd observed_;  // O, K x sources
};

/// X minus what each cluster's ridge regression ascribes to the source.
Eigen::MatrixXd corrected(const Cells& cells, const Eigen::MatrixXd& r, double lambda) {
  const Eigen::Index sources = cells.sources;
  Eigen::MatrixXd result = cells.x;
  for (Eigen::Index k = 0; k < r.cols(); ++k) {
    Eigen::VectorXd mass = Eigen::VectorXd::Zero(sources + 1);  // total, then by source
    Eigen::MatrixXd moment = Eigen::MatrixXd::Zero(sources + 1, cells.x.cols());
    for (Eigen::Index i = 0; i < r.rows(); ++i) {
      const Eigen::Index row = 1 + cells.source[static_cast<std::size_t>(i)];
      mass[row] += r(i, k);
      moment.row(row) += r(i, k) * cells.x.row(i);
    }
    mass[0] = mass.tail(sources).sum();
    moment.row(0) = moment.bottomRows(sources).colwise().sum();
    if (mass[0] < kNoMass) continue;
    Eigen::MatrixXd design = mass.asDiagonal();
    design.row(0) = mass.transpose();
    design.col(0) = mass;
    design.diagonal().tail(sources).array() += lambda;
    const Eigen::MatrixXd w = design.ldlt().solve(moment);
    for (Eigen::Index i = 0; i < r.rows(); ++i)
      result.row(i) -= r(i, k) * w.row(1 + cells.source[static_cast<std::size_t>(i)]);
  }
  return result;
}

void check_options(const HarmonyOptions& options, std::int64_t cells) {
  const auto wanted = [](bool holds, const char* promise) {
    if (!holds) throw Error(ErrorCode::bad_config, fmt::format("Harmony: {}", promise));
  };
  wanted(options.clusters >= 0 && options.clusters <= cells, "clusters lies between 0 and the number of cells");
  wanted(options.theta >= 0 && std::isfinite(options.theta), "theta is not negative");
  wanted(options.sigma > 0 && std::isfinite(options.sigma), "sigma is positive");
  wanted(options.lambda > 0 && std::isfinite(options.lambda), "lambda is positive");
  wanted(options.max_iter >= 1 && options.cluster_rounds >= 1, "max_iter and cluster_rounds are at least 1");
  wanted(options.block_share > 0 && options.block_share <= 1, "block_share lies in (0, 1]");
}

bool settled(double before, double now, double tolerance) { return before - now < tolerance * std::abs(before); }

}  // namespace

HarmonyResult harmony(const Cells& cells, const HarmonyOptions& options) {
  check_cells(cells, "Harmony");
  check_options(options, cells.count());
  const auto by_size = std::clamp<std::int64_t>(cells.count() / 30, 1, 100);
  const Eigen::Index clusters = options.clusters > 0 ? options.clusters : by_size;

  HarmonyResult result;
  result.corrected = cells.x;
  Eigen::MatrixXd z = unit_rows(cells.x);
  SoftClusters soft(cells, z, clusters, options);
  for (int round = 0; round < options.max_iter && !options.stop.stop_requested(); ++round) {
    auto& objective = result.objective.emplace_back();
    for (int step = 0; step < options.cluster_rounds && !options.stop.stop_requested(); ++step) {
      objective.push_back(soft.step(z));
      if (step > 0 && settled(objective[objective.size() - 2], objective.back(), options.cluster_tolerance)) break;
    }
    result.corrected = corrected(cells, soft.responsibility(), options.lambda);
    z = unit_rows(result.corrected);
    if (round > 0 && !objective.empty() && options.tolerance > 0 &&
        settled(result.objective[result.objective.size() - 2].back(), objective.back(), options.tolerance)) {
      result.converged = true;
      break;
    }
  }
  result.responsibility = soft.responsibility();
  return result;
}

}  // namespace geocyte::baselines
