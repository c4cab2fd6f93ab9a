// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/cells.h"

#include <fmt/format.h>

#include "engine/core/check.h"

namespace geocyte::baselines {

using RowMajorF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Cells cells_of(const kernels::Points& points, std::span<const std::int32_t> source, int sources) {
  return {Eigen::Map<const RowMajorF>(points.data, points.rows, points.dims).cast<double>(),
          {source.begin(), source.end()},
          sources};
}

Cells take(const Cells& cells, std::span<const std::int64_t> rows) {
  Cells taken{Eigen::MatrixXd(rows.size(), cells.x.cols()), {}, cells.sources};
  taken.source.reserve(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    require(rows[r] >= 0 && rows[r] < cells.count(), "a row of the cells is in range");
    taken.x.row(static_cast<Eigen::Index>(r)) = cells.x.row(rows[r]);
    taken.source.push_back(cells.source[static_cast<std::size_t>(rows[r])]);
  }
  return taken;
}

void check_cells(const Cells& cells, std::string_view what) {
  require(static_cast<std::int64_t>(cells.source.size()) == cells.count(), "one source label a cell");
  for (const std::int32_t source : cells.source)
    require(source >= 0 && source < cells.sources, "a source label is in range");
  if (cells.count() < 1 || cells.x.cols() < 1)
    throw Error(ErrorCode::bad_data, fmt::format("{} needs cells with coordinates, but there are {} x {}", what,
                                                 cells.count(), cells.x.cols()));
  if (cells.x.allFinite()) return;
  for (Eigen::Index row = 0; row < cells.x.rows(); ++row)
    if (!cells.x.row(row).allFinite())
      throw Error(ErrorCode::bad_data, fmt::format("{}: row {} has a value that is not finite", what, row + 1));
}

std::vector<std::vector<Eigen::Index>> rows_by_source(const Cells& cells) {
  std::vector<std::vector<Eigen::Index>> rows(static_cast<std::size_t>(cells.sources));
  for (std::size_t i = 0; i < cells.source.size(); ++i)
    rows[static_cast<std::size_t>(cells.source[i])].push_back(static_cast<Eigen::Index>(i));
  return rows;
}

Moments moments_of(const Eigen::MatrixXd& x, std::span<const Eigen::Index> rows) {
  require(!rows.empty(), "moments need at least one row");
  Moments moments;
  moments.count = static_cast<std::int64_t>(rows.size());
  Eigen::MatrixXd block(rows.size(), x.cols());
  for (std::size_t r = 0; r < rows.size(); ++r) block.row(static_cast<Eigen::Index>(r)) = x.row(rows[r]);
  moments.mean = block.colwise().mean();
  block.rowwise() -= moments.mean;
  moments.covariance = Eigen::MatrixXd::Zero(x.cols(), x.cols());
  if (rows.size() > 1) {
    moments.covariance.selfadjointView<Eigen::Lower>().rankUpdate(block.transpose(),
                                                                  1.0 / static_cast<double>(rows.size() - 1));
    moments.covariance.triangularView<Eigen::StrictlyUpper>() = moments.covariance.transpose();
  }
  return moments;
}

Eigen::MatrixXd shrunk(const Eigen::MatrixXd& covariance, double share) {
  require(share >= 0 && share <= 1, "shrinkage lies in [0, 1]");
  Eigen::MatrixXd result = (1 - share) * covariance;
  result.diagonal().array() += share * covariance.trace() / static_cast<double>(covariance.rows());
  return result;
}

FloatRows to_float(const Eigen::MatrixXd& x) {
  FloatRows rows{std::vector<float>(static_cast<std::size_t>(x.size())), x.rows(), x.cols()};
  Eigen::Map<RowMajorF>(rows.values.data(), x.rows(), x.cols()) = x.cast<float>();
  return rows;
}

void throw_unseen_source(std::string_view method, int source) {
  throw Error(ErrorCode::bad_data, fmt::format("{} saw no training cell of source {}", method, source + 1),
              "give every source some training cells, or leave it out");
}

}  // namespace geocyte::baselines
