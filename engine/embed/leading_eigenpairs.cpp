// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/embed/leading_eigenpairs.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/core/check.h"
#include "engine/core/rng.h"

namespace geocyte::embed {
namespace {

constexpr Eigen::Index kSmall = 200;      // below it the full decomposition takes no time
constexpr Eigen::Index kShare = 4;        // and above a quarter of all vectors it is the quicker one
constexpr int kIterations = 5;
constexpr double kGood = 1e-9;
constexpr double kEpsilon = 2.3e-16;

Eigenpairs by_full_decomposition(const Eigen::MatrixXd& lower, Eigen::Index count) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(lower);  // ascending
  require(solver.info() == Eigen::Success, "the eigenvalues of a symmetric matrix converge");
  return {solver.eigenvalues().tail(count).reverse(), solver.eigenvectors().rightCols(count).rowwise().reverse()};
}

/// T - shift I = P L U with U of three diagonals.
class ShiftedTridiagonal {
 public:
  ShiftedTridiagonal(const Eigen::VectorXd& diagonal, const Eigen::VectorXd& off, double shift, double scale)
      : u0_(diagonal.array() - shift), u1_(Eigen::VectorXd::Zero(diagonal.size())), u2_(u1_), factor_(u1_), swapped_(diagonal.size(), false) {
    const Eigen::Index n = diagonal.size();
    const double tiny = kEpsilon * scale;
    for (Eigen::Index i = 0; i + 1 < n; ++i) u1_[i] = off[i];
    for (Eigen::Index i = 0; i + 1 < n; ++i) {
      double below0 = off[i], below1 = u0_[i + 1], below2 = i + 2 < n ? off[i + 1] : 0;
      if (std::abs(below0) > std::abs(u0_[i])) {
        std::swap(below0, u0_[i]);
        std::swap(below1, u1_[i]);
        std::swap(below2, u2_[i]);
        swapped_[static_cast<std::size_t>(i)] = true;
      }
      if (std::abs(u0_[i]) < tiny) u0_[i] = tiny;
      factor_[i] = below0 / u0_[i];
      u0_[i + 1] = below1 - factor_[i] * u1_[i];
      if (i + 2 < n) u1_[i + 1] = below2 - factor_[i] * u2_[i];
    }
    if (std::abs(u0_[n - 1]) < tiny) u0_[n - 1] = tiny;
  }

  void solve(Eigen::VectorXd& x) const {
    const Eigen::Index n = x.size();
    for (Eigen::Index i = 0; i + 1 < n; ++i) {
      if (swapped_[static_cast<std::size_t>(i)]) std::swap(x[i], x[i + 1]);
      x[i + 1] -= factor_[i] * x[i];
    }
    for (Eigen::Index i = n - 1; i >= 0; --i) {
      if (i + 1 < n) x[i] -= u1_[i] * x[i + 1];
      if (i + 2 < n) x[i] -= u2_[i] * x[i + 2];
      x[i] /= u0_[i];
    }
  }

 private:
  Eigen::VectorXd u0_, u1_, u2_, factor_;
  std::vector<bool> swapped_;
};

/// Eigenvectors of T, orthonormal by construction.
Eigen::MatrixXd vectors_of(const Eigen::VectorXd& diagonal, const Eigen::VectorXd& off, const Eigen::VectorXd& values) {
  Rng rng(hash64("leading_eigenpairs"));
  const double scale = std::max(diagonal.cwiseAbs().maxCoeff(), off.size() > 0 ? off.cwiseAbs().maxCoeff() : 0.0);
  Eigen::MatrixXd vectors(diagonal.size(), values.size());
  for (Eigen::Index j = 0; j < values.size(); ++j) {
    // Equal eigenvalues are told apart a little, so that the start does not decide alone.
    const ShiftedTridiagonal shifted(diagonal, off, values[j] + static_cast<double>(j) * 10 * kEpsilon * scale, scale);
    Eigen::VectorXd x(diagonal.size());
    for (double& value : x) value = rng.normal();
    for (int iteration = 0; iteration < kIterations; ++iteration) {
      shifted.solve(x);
      x /= x.norm();
      for (int twice = 0; twice < 2; ++twice)
        if (j > 0) x -= vectors.leftCols(j) * (vectors.leftCols(j).transpose() * x).eval();
      x /= x.norm();
    }
    vectors.col(j) = x;
  }
  return vectors;
}

bool is_good(const Eigen::MatrixXd& lower, const Eigenpairs& pairs) {
  if (!pairs.vectors.allFinite()) return false;
  const Eigen::MatrixXd residual = lower.selfadjointView<Eigen::Lower>() * pairs.vectors - pairs.vectors * pairs.values.asDiagonal();
  const Eigen::MatrixXd products = pairs.vectors.transpose() * pairs.vectors;
  const double largest = std::max(pairs.values.cwiseAbs().maxCoeff(), 1e-300);
  return residual.colwise().norm().maxCoeff() <= kGood * largest && products.isIdentity(kGood);
}

}  // namespace

Eigenpairs leading_eigenpairs(const Eigen::MatrixXd& lower, Eigen::Index count) {
  require(lower.rows() == lower.cols() && count >= 1 && count <= lower.rows(), "a square matrix has as many eigenvalues as rows");
  if (lower.rows() < kSmall || count * kShare > lower.rows()) return by_full_decomposition(lower, count);
  const Eigen::Tridiagonalization<Eigen::MatrixXd> form(lower);
  const Eigen::VectorXd diagonal = form.diagonal(), off = form.subDiagonal();
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, off, Eigen::EigenvaluesOnly);
  Eigenpairs pairs;
  if (solver.info() == Eigen::Success) {
    pairs.values = solver.eigenvalues().tail(count).reverse();
    pairs.vectors = form.matrixQ() * vectors_of(diagonal, off, pairs.values);
    if (is_good(lower, pairs)) return pairs;
  }
  return by_full_decomposition(lower, count);
}

}  // namespace geocyte::embed
