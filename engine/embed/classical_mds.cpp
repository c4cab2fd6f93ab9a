// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/classical_mds.h"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "engine/core/check.h"
#include "engine/core/rng.h"

namespace geocyte::embed {
namespace {

constexpr Eigen::Index kWhole = 100;       // matrices up to here are decomposed as a whole
constexpr int kDepth = 12, kRestarts = 12; // products before the space is compressed, and how often it is
constexpr double kConverged = 1e-9;        // residual relative to the largest eigenvalue

struct Leading {
  Eigen::VectorXd values;                  // falling
  Eigen::MatrixXd vectors;
};

Leading leading_of(const Eigen::MatrixXd& symmetric, Eigen::Index count) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  return {solver.eigenvalues().tail(count).reverse(), solver.eigenvectors().rightCols(count).rowwise().reverse()};
}

Eigen::MatrixXd orthonormal(const Eigen::MatrixXd& columns) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(columns);
  return qr.householderQ() * Eigen::MatrixXd::Identity(columns.rows(), columns.cols());
}

std::optional<Leading> krylov(const Eigen::MatrixXd& b, Eigen::Index count, const StopToken& stop) {
  const Eigen::Index n = b.rows(), block = count + 3;
  Rng rng(7);
  Eigen::MatrixXd start = Eigen::MatrixXd::NullaryExpr(n, block, [&rng] { return rng.normal(); });
  Leading found;
  for (int restart = 0; restart < kRestarts; ++restart) {
    Eigen::MatrixXd space(n, block * kDepth);
    space.leftCols(block) = orthonormal(start);
    Eigen::MatrixXd images(n, block * kDepth);
    for (int i = 0; i < kDepth; ++i) {
      if (stop.stop_requested()) return std::nullopt;
      const auto have = space.leftCols(block * (i + 1));
      images.middleCols(block * i, block).noalias() = b * space.middleCols(block * i, block);
      if (i + 1 == kDepth) break;
      Eigen::MatrixXd next = images.middleCols(block * i, block);
      for (int twice = 0; twice < 2; ++twice) next -= have * (have.transpose() * next);
      // A block that has run dry is filled with new directions.
      for (Eigen::Index c = 0; c < block; ++c)
        if (next.col(c).norm() < 1e-12 * (1 + b.cwiseAbs().maxCoeff())) next.col(c) = Eigen::VectorXd::NullaryExpr(n, [&rng] { return rng.normal(); });
      for (int twice = 0; twice < 2; ++twice) {
        next -= have * (have.transpose() * next);
        next = orthonormal(next);
      }
      space.middleCols(block * (i + 1), block) = next;
    }
    const Eigen::MatrixXd projected = space.transpose() * images;
    const Leading ritz = leading_of(0.5 * (projected + projected.transpose()), block);
    start = space * ritz.vectors;
    found = {ritz.values.head(count), start.leftCols(count)};
    const double scale = ritz.values.cwiseAbs().maxCoeff();
    const double residual = (images * ritz.vectors.leftCols(count) - found.vectors * found.values.asDiagonal()).colwise().norm().maxCoeff();
    if (residual <= kConverged * scale) break;
  }
  return found;
}

}  // namespace

void require_distances(const Eigen::MatrixXd& distances) {
  require(distances.rows() == distances.cols(), "a matrix of distances is square");
  if (!distances.allFinite() || (distances.size() > 0 && distances.minCoeff() < 0))
    throw Error(ErrorCode::bad_data, "a distance is negative or not finite", "check the prediction that the distances come from");
}

Eigen::MatrixXd distance_matrix(const Eigen::MatrixXd& points) {
  const Eigen::Index n = points.rows();
  Eigen::MatrixXd squared = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index c = 0; c < points.cols(); ++c) squared.col(j).array() += (points.col(c).array() - points(j, c)).square();
  return squared.cwiseSqrt();
}

std::optional<Eigen::MatrixXd> classical_mds(const Eigen::MatrixXd& distances, int dims, const StopToken& stop) {
  require_distances(distances);
  const Eigen::Index n = distances.rows();
  require(n >= 2 && dims >= 1 && dims <= n, "classical scaling needs at least two points and no more dimensions than points");
  Eigen::MatrixXd b = distances.cwiseAbs2();
  b = 0.5 * (b + b.transpose()).eval();
  const Eigen::VectorXd mean = b.rowwise().mean();
  b.colwise() -= mean;
  b.rowwise() -= mean.transpose();
  b.array() = -0.5 * (b.array() + mean.mean());

  const auto leading = n <= kWhole || 3 * (dims + 3) * kDepth > n ? std::optional(leading_of(b, dims)) : krylov(b, dims, stop);
  if (!leading) return std::nullopt;
  Eigen::MatrixXd x = leading->vectors * leading->values.cwiseMax(0.0).cwiseSqrt().asDiagonal();
  for (Eigen::Index c = 0; c < x.cols(); ++c) {
    const double limit = x.col(c).cwiseAbs().maxCoeff() * (1 - 1e-9);
    Eigen::Index at = 0;
    while (std::abs(x(at, c)) < limit) ++at;
    if (x(at, c) < 0) x.col(c) *= -1;
  }
  return x;
}

}  // namespace geocyte::embed
