// SPDX-License-Identifier: GPL-3.0-or-later
// What the baselines work on: cells in rows, in double, each with the source it comes from; and the moments of a source.
//
//   m_s = mean over cells of s,   C_s = sum (x - m_s)' (x - m_s) / (n_s - 1),   shrunk C = (1 - a) C + a tr(C)/d I
//
// Memory: 8 bytes a value. A source may have no cells; statistics of it are then not there, and applying them is an Error.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernels/points.h"

namespace geocyte::baselines {

struct Cells {
  Eigen::MatrixXd x;                   ///< n x d
  std::vector<std::int32_t> source;    ///< n, in [0, sources)
  int sources = 0;

  std::int64_t count() const { return x.rows(); }
};

/// Copies points; labels as they are.
Cells cells_of(const kernels::Points& points, std::span<const std::int32_t> source, int sources);
/// Some of them, in the given order.
Cells take(const Cells& cells, std::span<const std::int64_t> rows);

/// Throws Error{bad_data} for no cells, no dimension or a value that is not finite, naming `what` and the row; and
/// Error{internal} for labels of another length or out of range.
void check_cells(const Cells& cells, std::string_view what);

/// Rows of each source, ascending.
std::vector<std::vector<Eigen::Index>> rows_by_source(const Cells& cells);

struct Moments {
  std::int64_t count = 0;
  Eigen::RowVectorXd mean;             ///< d
  Eigen::MatrixXd covariance;          ///< d x d, unbiased; zero for one row
};

/// Two passes, so that no large squares cancel. Needs at least one row.
Moments moments_of(const Eigen::MatrixXd& x, std::span<const Eigen::Index> rows);

/// (1 - share) C + share tr(C)/d I (Ledoit & Wolf 2004, with a fixed share).
Eigen::MatrixXd shrunk(const Eigen::MatrixXd& covariance, double share);

/// Float copy for the functions that work on points.
struct FloatRows {
  std::vector<float> values;           ///< row-major
  std::int64_t rows = 0, dims = 0;
  kernels::Points points() const { return {values.data(), rows, dims}; }
};
FloatRows to_float(const Eigen::MatrixXd& x);

/// Throws Error{bad_data}: `method` was fitted without a cell of that source.
[[noreturn]] void throw_unseen_source(std::string_view method, int source);

}  // namespace geocyte::baselines
