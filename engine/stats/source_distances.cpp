// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/source_distances.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/check.h"

namespace geocyte::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastLeftOver = 1e-3;   // of a row's weight, where a row spans a direction alone
constexpr double kFloatVariance = 1e-14;  // square of what float coordinates resolve
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Groups {
  std::vector<std::vector<std::int64_t>> rows;  ///< row numbers of each source
};

Groups group_rows(const kernels::Points& points, std::span<const std::int32_t> source, int sources) {
  require(static_cast<std::int64_t>(source.size()) == points.rows, "one source label a row");
  require(sources >= 1 && points.dims >= 1, "distances need sources and dimensions");
  Groups groups;
  groups.rows.resize(sources);
  for (std::int64_t i = 0; i < points.rows; ++i) {
    if (source[i] == -1) continue;
    require(source[i] >= 0 && source[i] < sources, "a source label is in range");
    for (std::int64_t d = 0; d < points.dims; ++d)
      if (!std::isfinite(points.row(i)[d]))
        throw Error(ErrorCode::bad_data,
                    "the embedding has a value that is not finite in row " + std::to_string(i + 1));
    groups.rows[source[i]].push_back(i);
  }
  return groups;
}

Eigen::MatrixXd rows_of(const kernels::Points& points, const std::vector<std::int64_t>& rows) {
  Eigen::MatrixXd block(rows.size(), points.dims);
  for (std::size_t r = 0; r < rows.size(); ++r)
    block.row(r) = Eigen::Map<const Eigen::RowVectorXf>(points.row(rows[r]), points.dims).cast<double>();
  return block;
}

/// What is fixed by the data: centred rows of each source, their means and the pooled covariance.
struct Within {
  std::vector<Eigen::MatrixXd> centred;  ///< sources of n_a x d
  Eigen::MatrixXd mean;                  ///< sources x d
  Eigen::MatrixXd covariance;            ///< S_w, d x d
  int counted = 0;                       ///< sources with a covariance
};

Within within_sources(const kernels::Points& points, const Groups& groups) {
  Within within;
  within.mean = Eigen::MatrixXd::Constant(groups.rows.size(), points.dims, kNan);
  within.covariance = Eigen::MatrixXd::Zero(points.dims, points.dims);
  for (std::size_t s = 0; s < groups.rows.size(); ++s) {
    Eigen::MatrixXd block = rows_of(points, groups.rows[s]);
    if (block.rows() > 0) {
      within.mean.row(s) = block.colwise().mean();
      block.rowwise() -= Eigen::RowVectorXd(within.mean.row(s));
    }
    if (block.rows() > 1) {
      within.covariance.selfadjointView<Eigen::Lower>().rankUpdate(block.transpose(),
                                                                   1.0 / static_cast<double>(block.rows() - 1));
      ++within.counted;
    }
    within.centred.push_back(std::move(block));
  }
  if (within.counted > 0) within.covariance /= within.counted;
  within.covariance.triangularView<Eigen::StrictlyUpper>() = within.covariance.transpose();
  const double size = within.mean.unaryExpr([](double value) { return std::isnan(value) ? 0 : value; }).squaredNorm();
  if (within.covariance.trace() <= kFloatVariance * size / static_cast<double>(groups.rows.size()))
    within.covariance.setZero();
  return within;
}

/// Turns differences of means into whitened coordinates: ||W x|| = sqrt(x' S^-1 x).
struct Whitening {
  Eigen::LLT<Eigen::MatrixXd> factor;
  bool possible = false;
  double effective_dims = 0;  ///< tr(S^-1 Sigma), each row judged by an S that has not seen it

  Whitening(const Within& within, double shrinkage) {
    const double trace = within.covariance.trace();
    if (!(trace > 0)) return;
    const auto dims = static_cast<double>(within.covariance.rows());
    Eigen::MatrixXd shrunk = (1 - shrinkage) * within.covariance;
    shrunk.diagonal().array() += shrinkage * trace / dims;
    factor.compute(shrunk);
    possible = factor.info() == Eigen::Success;
    if (!possible) return;
    // Row x enters S with weight c: x' S_without^-1 x = q / (1 - c q) with q = x' S^-1 x (Sherman & Morrison 1950).
    for (const auto& rows : within.centred) {
      if (rows.rows() < 2) continue;
      const double weight = 1.0 / (within.counted * static_cast<double>(rows.rows() - 1));
      const Eigen::ArrayXd q = (*this)(rows).rowwise().squaredNorm().array();
      effective_dims += weight * (q / (1 - (1 - shrinkage) * weight * q).max(kLeastLeftOver)).sum();
    }
  }
  Eigen::MatrixXd operator()(const Eigen::MatrixXd& rows) const {
    return factor.matrixL().solve(rows.transpose()).transpose();
  }
};

Eigen::MatrixXd pairwise(const Eigen::MatrixXd& rows) {
  Eigen::MatrixXd distance = Eigen::MatrixXd::Zero(rows.rows(), rows.rows());
  for (Eigen::Index a = 0; a < rows.rows(); ++a) {
    if (!rows.row(a).allFinite()) distance(a, a) = kNan;
    for (Eigen::Index b = a + 1; b < rows.rows(); ++b)
      distance(a, b) = distance(b, a) = (rows.row(a) - rows.row(b)).norm();
  }
  return distance;
}

/// Distances where nothing varies within a source: 0 between equal means, infinite otherwise.
Eigen::MatrixXd degenerate(const Eigen::MatrixXd& raw) {
  return raw.unaryExpr([](double value) { return value > 0 ? kInfinity : value; });
}

Eigen::MatrixXd ratio_of(const Eigen::MatrixXd& distance, const Eigen::MatrixXd& floor) {
  return distance.binaryExpr(floor, [](double value, double noise) {
    if (noise > 0) return value / noise;
    return value > 0 ? kInfinity : value;
  });
}

Eigen::MatrixXd floor_matrix(double squared_scale, const std::vector<std::int64_t>& count) {
  const auto sources = static_cast<Eigen::Index>(count.size());
  Eigen::MatrixXd floor = Eigen::MatrixXd::Zero(sources, sources);
  for (Eigen::Index a = 0; a < sources; ++a)
    for (Eigen::Index b = 0; b < sources; ++b) {
      if (count[a] == 0 || count[b] == 0)
        floor(a, b) = kNan;
      else if (a != b)
        floor(a, b) =
            std::sqrt(squared_scale * (1.0 / static_cast<double>(count[a]) + 1.0 / static_cast<double>(count[b])));
    }
  return floor;
}

double quantile_of_sorted(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

/// Collects distances of bootstrap rounds and turns them into an interval.
class Interval {
 public:
  explicit Interval(Eigen::Index sources) : squared_(sources * sources) {}
  void add(const Eigen::MatrixXd& distance, const Eigen::MatrixXd& floor) {
    for (Eigen::Index i = 0; i < distance.size(); ++i)
      squared_[i].push_back(distance(i) * distance(i) - floor(i) * floor(i));
  }
  void finish(Eigen::Index sources, Eigen::MatrixXd& low, Eigen::MatrixXd& high) {
    low = high = Eigen::MatrixXd::Zero(sources, sources);
    for (Eigen::Index i = 0; i < low.size(); ++i) {
      auto& values = squared_[i];
      if (std::any_of(values.begin(), values.end(), [](double value) { return !std::isfinite(value); })) {
        low(i) = high(i) = kNan;
        continue;
      }
      std::sort(values.begin(), values.end());
      low(i) = std::sqrt(std::max(0.0, quantile_of_sorted(values, 0.025)));
      high(i) = std::sqrt(std::max(0.0, quantile_of_sorted(values, 0.975)));
    }
  }

 private:
  std::vector<std::vector<double>> squared_;
};

Eigen::RowVectorXd resampled_offset(const Eigen::MatrixXd& centred, Rng& rng) {
  const auto n = static_cast<std::uint64_t>(centred.rows());
  Eigen::VectorXd times = Eigen::VectorXd::Zero(centred.rows());
  for (std::uint64_t draw = 0; draw < n; ++draw) times[static_cast<Eigen::Index>(rng.below(n))] += 1;
  return times.transpose() * centred / static_cast<double>(n);
}

void add_intervals(const Within& within, const Whitening& whiten, const SourceDistanceOptions& options,
                   SourceDistances& result) {
  Rng rng(hash64("source_distances", options.seed));
  const Eigen::Index sources = within.mean.rows();
  Interval raw(sources), standardised(sources);
  for (int round = 0; round < options.bootstrap; ++round) {
    if (options.stop.stop_requested()) return;
    Eigen::MatrixXd mean = within.mean;
    for (Eigen::Index s = 0; s < sources; ++s)
      if (within.centred[s].rows() > 0) mean.row(s) += resampled_offset(within.centred[s], rng);
    raw.add(pairwise(mean), result.floor);
    if (whiten.possible) standardised.add(pairwise(whiten(mean)), result.floor_standardised);
  }
  raw.finish(sources, result.raw_low, result.raw_high);
  if (whiten.possible)
    standardised.finish(sources, result.standardised_low, result.standardised_high);
  else
    result.standardised_low = result.standardised_high = result.standardised;
}

}  // namespace

std::int64_t SourceDistances::rows() const { return std::accumulate(count.begin(), count.end(), std::int64_t{0}); }

SourceDistances source_distances(const kernels::Points& points, std::span<const std::int32_t> source, int sources,
                                 const SourceDistanceOptions& options) {
  require(options.shrinkage >= 0 && options.shrinkage <= 1, "shrinkage lies in [0, 1]");
  const Groups groups = group_rows(points, source, sources);
  const Within within = within_sources(points, groups);
  const Whitening whiten(within, options.shrinkage);

  SourceDistances result;
  for (const auto& rows : groups.rows) result.count.push_back(static_cast<std::int64_t>(rows.size()));
  result.dims = points.dims;
  result.mean = within.mean;
  result.within_trace = within.covariance.trace();
  result.raw = pairwise(within.mean);
  result.standardised = whiten.possible ? pairwise(whiten(within.mean)) : degenerate(result.raw);
  result.floor = floor_matrix(result.within_trace, result.count);
  result.floor_standardised = floor_matrix(whiten.effective_dims, result.count);
  result.ratio = ratio_of(result.raw, result.floor);
  result.ratio_standardised = ratio_of(result.standardised, result.floor_standardised);
  if (options.bootstrap > 0) add_intervals(within, whiten, options, result);
  return result;
}

double auc_of_mahalanobis(double distance) { return 0.5 * std::erfc(-distance / 2); }

std::vector<double> upper_triangle(const Eigen::MatrixXd& matrix) {
  std::vector<double> values;
  for (Eigen::Index a = 0; a < matrix.rows(); ++a)
    for (Eigen::Index b = a + 1; b < matrix.cols(); ++b)
      if (!std::isnan(matrix(a, b))) values.push_back(matrix(a, b));
  return values;
}

double median(std::vector<double> values) {
  if (values.empty()) return kNan;
  const std::size_t half = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + half, values.end());
  if (values.size() % 2 == 1) return values[half];
  return (values[half] + *std::max_element(values.begin(), values.begin() + half)) / 2;
}

}  // namespace geocyte::stats
