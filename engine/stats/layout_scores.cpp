// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/layout_scores.h"

#include <Eigen/Geometry>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/core/check.h"
#include "engine/embed/procrustes.h"
#include "engine/kernels/knn.h"

namespace geocyte::stats {
namespace {

constexpr int kDirections = 64;
constexpr double kBoundary = 0.05;

struct Unit {
  Eigen::MatrixXd points;
  double rms = 0;
};

Unit unit_of(const Eigen::MatrixXd& x) {
  Unit unit{x.rowwise() - x.colwise().mean(), 0};
  unit.rms = std::sqrt(unit.points.squaredNorm() / static_cast<double>(x.rows()));
  if (unit.rms > 0) unit.points /= unit.rms;
  return unit;
}

/// Even directions on the half circle, or a spiral on the sphere (the axes beyond three dimensions).
Eigen::MatrixXd directions(Eigen::Index dims) {
  if (dims == 1) return Eigen::MatrixXd::Ones(1, 1);
  if (dims > 3) return Eigen::MatrixXd::Identity(dims, dims);
  Eigen::MatrixXd u(dims, kDirections);
  for (int i = 0; i < kDirections; ++i) {
    const double step = (i + 0.5) / kDirections;
    if (dims == 2) {
      u.col(i) << std::cos(M_PI * step), std::sin(M_PI * step);
    } else {
      const double z = 1 - 2 * step, r = std::sqrt(1 - z * z), turn = i * M_PI * (3 - std::sqrt(5.0));
      u.col(i) << r * std::cos(turn), r * std::sin(turn), z;
    }
  }
  return u;
}

double sliced(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y) {
  const Eigen::MatrixXd u = directions(x.cols());
  Eigen::MatrixXd a = x * u, b = y * u;
  for (Eigen::Index c = 0; c < u.cols(); ++c) {
    std::sort(a.col(c).begin(), a.col(c).end());
    std::sort(b.col(c).begin(), b.col(c).end());
  }
  return std::sqrt((a - b).squaredNorm() / static_cast<double>(a.size()));
}

Eigen::VectorXd sorted_radii(const Eigen::MatrixXd& x, int k) {
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> values = x.cast<float>();
  const auto graph = kernels::exact_knn({values.data(), values.rows(), values.cols()}, {.k = k});
  Eigen::VectorXd radius(x.rows());
  for (Eigen::Index i = 0; i < x.rows(); ++i) radius[i] = graph.distance[i * k + k - 1];
  std::sort(radius.begin(), radius.end());
  return radius;
}

double last_to_first(const Eigen::MatrixXd& centred) {
  const Eigen::VectorXd s = Eigen::JacobiSVD<Eigen::MatrixXd>(centred).singularValues();
  return s[0] > 0 ? s[s.size() - 1] / s[0] : 0;
}

double share_at_hull(const Eigen::MatrixXd& points, const Eigen::MatrixXd& hull) {
  const Eigen::Index corners = hull.rows();
  double near = 0;
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (Eigen::Index c = 0; c < corners; ++c) {
      const Eigen::RowVector2d a = hull.row(c), along = hull.row((c + 1) % corners) - a, to = points.row(i) - a;
      const double length = along.squaredNorm();
      nearest = std::min(nearest, (to - std::clamp(length > 0 ? to.dot(along) / length : 0.0, 0.0, 1.0) * along).norm());
    }
    near += nearest <= kBoundary;
  }
  return near / static_cast<double>(points.rows());
}

}  // namespace

double LayoutScores::rms() const { return std::sqrt(squared_error.value()); }

Eigen::MatrixXd convex_hull(const Eigen::MatrixXd& points) {
  require(points.cols() == 2 && points.rows() >= 1, "a convex hull is of points in the plane");
  std::vector<Eigen::Index> order(points.rows());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return points(a, 0) != points(b, 0) ? points(a, 0) < points(b, 0) : points(a, 1) < points(b, 1); });
  const auto turn = [&](Eigen::Index a, Eigen::Index b, Eigen::Index c) {
    return (points(b, 0) - points(a, 0)) * (points(c, 1) - points(a, 1)) - (points(b, 1) - points(a, 1)) * (points(c, 0) - points(a, 0));
  };
  std::vector<Eigen::Index> hull;
  for (int half = 0; half < 2; ++half) {
    const std::size_t base = hull.size();
    for (const auto i : order) {
      while (hull.size() >= base + 2 && turn(hull[hull.size() - 2], hull.back(), i) <= 0) hull.pop_back();
      hull.push_back(i);
    }
    if (hull.size() > base + 1) hull.pop_back();                                   // the end of one half begins the other
    std::reverse(order.begin(), order.end());
  }
  return points(hull, Eigen::all);
}

double polygon_area(const Eigen::MatrixXd& corners) {
  double twice = 0;
  for (Eigen::Index i = 0; i < corners.rows(); ++i) {
    const Eigen::Index j = (i + 1) % corners.rows();
    twice += corners(i, 0) * corners(j, 1) - corners(j, 0) * corners(i, 1);
  }
  return 0.5 * std::abs(twice);
}

Eigen::MatrixXd aligned_to(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth, bool scale) {
  return embed::fit_procrustes(predicted, truth, {.reflection = true, .scale = scale}).apply(predicted);
}

LayoutScores score_layout(const Eigen::MatrixXd& predicted, const Eigen::MatrixXd& truth, int k) {
  require(predicted.rows() == truth.rows() && predicted.cols() == truth.cols() && k >= 1, "a layout and the truth have one shape");
  if (truth.rows() < 4) throw Error(ErrorCode::bad_data, "scores of a tissue need at least four cells");
  if (!predicted.allFinite() || !truth.allFinite()) throw Error(ErrorCode::bad_data, "a predicted or true place is not finite");
  const auto n = static_cast<double>(truth.rows());
  const Unit y = unit_of(truth), p = unit_of(predicted);
  const auto fit = embed::fit_procrustes(p.points, y.points);
  const Eigen::MatrixXd x = fit.apply(p.points);

  LayoutScores scores;
  scores.squared_error = {(x - y.points).rowwise().squaredNorm(), Eigen::VectorXd::Ones(truth.rows())};
  scores.rssd = std::sqrt(scores.squared_error.numerator.sum());
  // Of two sets of unit rms, fit without scale: |x - y|^2 = 2n - 2 sum s, so sum s / n follows from the residual.
  const double agreement = p.rms > 0 && y.rms > 0 ? 1 - scores.rssd * scores.rssd / (2 * n) : 0;
  scores.disparity = std::max(0.0, 1 - agreement * agreement);
  scores.sliced_w2 = sliced(x, y.points);
  const int neighbours = static_cast<int>(std::min<Eigen::Index>(k, truth.rows() - 1));
  scores.knn_w1 = (sorted_radii(p.points, neighbours) - sorted_radii(y.points, neighbours)).cwiseAbs().mean();
  scores.scale_ratio = y.rms > 0 ? p.rms / y.rms : 0;
  scores.s2_s1 = last_to_first(p.points);
  scores.s2_s1_truth = last_to_first(y.points);
  scores.hull_ratio = scores.boundary = scores.boundary_truth = std::numeric_limits<double>::quiet_NaN();
  if (truth.cols() == 2) {
    const Eigen::MatrixXd hull = convex_hull(p.points), true_hull = convex_hull(y.points);
    const double area = polygon_area(true_hull);
    scores.hull_ratio = area > 0 ? polygon_area(hull) / area : 0;
    scores.boundary = share_at_hull(p.points, hull);
    scores.boundary_truth = share_at_hull(y.points, true_hull);
  }
  return scores;
}

}  // namespace geocyte::stats
