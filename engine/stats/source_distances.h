// SPDX-License-Identifier: GPL-3.0-or-later
// How far the sources of a data set lie apart in an embedding, beside what sampling alone would give.
//
//   raw           ||m_a - m_b||,                                    m_a = mean of source a
//   S_w           mean over sources of C_a;  shrunk S = (1 - s) S_w + s tr(S_w)/d I,  s = .1
//   standardised  sqrt((m_a - m_b)' S^-1 (m_a - m_b))        (Mahalanobis 1936; shrunk as by Ledoit & Wolf 2004)
//   floor         sqrt(tr S_w (1/n_a + 1/n_b)): root mean square of raw when both means are equal
//   floor_standardised  sqrt(tr(S^-1 Sigma) (1/n_a + 1/n_b)): the same for standardised; the trace is estimated by leaving
//                 each row out of S in turn, because with few rows a dimension S^-1 fits the rows it has seen too well
//
// Everything but raw and floor stays as it is under z -> c z; standardised and both ratios are what verdicts use.
// Interval: 95 % percentile bootstrap over the rows within each source, S kept. Resampling adds one floor^2 to the squared
// distance, which is taken off again; else the interval would lie above the value it belongs to.
// Guards: sources with one row have no covariance and are left out of S_w; where nothing varies (tr S_w below the
// resolution of float, 1e-14 |m|^2) standardised and ratios are 0 for equal means and infinite otherwise.
// A source without rows has NaN in its row and column.
// Cost: O(n d^2 + d^3 + bootstrap n d).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/rng.h"
#include "engine/core/stop_token.h"
#include "engine/kernels/points.h"

namespace geocyte::stats {

struct SourceDistanceOptions {
  double shrinkage = 0.1;
  int bootstrap = 200;                ///< 0 = no interval
  std::uint64_t seed = 0;
  StopToken stop = {};                ///< looked at between bootstrap rounds; the interval is then left out
};

/// Matrices are sources x sources, symmetric with a zero diagonal.
struct SourceDistances {
  std::vector<std::int64_t> count;                   ///< rows of each source
  std::int64_t dims = 0;
  Eigen::MatrixXd mean;                              ///< sources x d
  double within_trace = 0;                           ///< tr S_w
  Eigen::MatrixXd raw, standardised;
  Eigen::MatrixXd floor, floor_standardised;
  Eigen::MatrixXd ratio, ratio_standardised;         ///< raw / floor, standardised / floor_standardised
  Eigen::MatrixXd raw_low, raw_high, standardised_low, standardised_high;   ///< empty without bootstrap

  std::int64_t sources() const { return static_cast<std::int64_t>(count.size()); }
  std::int64_t rows() const;
};

/// `source[i]` in [0, sources) is the source of row i; -1 leaves the row out. Throws Error{bad_data} when a value is not
/// finite and Error{internal} for labels of another length or out of range.
SourceDistances source_distances(const kernels::Points& points, std::span<const std::int32_t> source, int sources,
                                 const SourceDistanceOptions& options = {});

/// AUC of the best linear score between two Gaussians of equal covariance: Phi(D / sqrt 2).
double auc_of_mahalanobis(double distance);

/// The values above the diagonal, row by row; NaN left out.
std::vector<double> upper_triangle(const Eigen::MatrixXd& matrix);
double median(std::vector<double> values);           ///< NaN when empty

}  // namespace geocyte::stats
