// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/source_maps.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/check.h"

namespace geocyte::baselines {
namespace {

Moments varying_moments(const std::string& method, const Eigen::MatrixXd& x, std::span<const Eigen::Index> rows,
                        const std::string& what) {
  Moments moments = moments_of(x, rows);
  if (moments.count < 2 || !(moments.covariance.trace() > 0))
    throw Error(ErrorCode::bad_data,
                fmt::format("{} needs training cells of {} that differ from each other", method, what),
                "give it more training cells, or leave it out");
  return moments;
}

}  // namespace

Eigen::MatrixXd SourceMaps::apply(const Cells& cells) const {
  check_cells(cells, method_);
  require(cells.x.cols() == to_.size() && cells.sources == static_cast<int>(maps_.size()),
          "cells have the dimension and the sources that the map was fitted on");
  Eigen::MatrixXd y = cells.x;
  const auto rows = rows_by_source(cells);
  for (std::size_t s = 0; s < maps_.size(); ++s) {
    if (rows[s].empty()) continue;
    if (!maps_[s].seen) throw_unseen_source(method_, static_cast<int>(s));
    if (maps_[s].stays) continue;
    Eigen::MatrixXd block(rows[s].size(), y.cols());
    for (std::size_t r = 0; r < rows[s].size(); ++r)
      block.row(static_cast<Eigen::Index>(r)) = cells.x.row(rows[s][r]) - maps_[s].from;
    block = ((block * maps_[s].linear).rowwise() + to_).eval();
    for (std::size_t r = 0; r < rows[s].size(); ++r) y.row(rows[s][r]) = block.row(static_cast<Eigen::Index>(r));
  }
  return y;
}

SourceMaps fit_source_maps(const std::string& method, const Cells& training, std::span<const std::uint8_t> reference,
                           double shrinkage, const LinearMap& linear, ReferenceSources treated) {
  check_cells(training, method);
  require(static_cast<int>(reference.size()) == training.sources, "one reference flag a source");
  const auto rows = rows_by_source(training);
  std::vector<Eigen::Index> pooled;
  for (std::size_t s = 0; s < rows.size(); ++s)
    if (reference[s] != 0) pooled.insert(pooled.end(), rows[s].begin(), rows[s].end());
  if (pooled.empty())
    throw Error(ErrorCode::bad_config, fmt::format("{} needs a reference source with training cells", method),
                "name at least one source as the reference");
  const Moments target = varying_moments(method, training.x, pooled, "the reference");
  const Eigen::MatrixXd wanted = shrunk(target.covariance, shrinkage);

  SourceMaps maps;
  maps.method_ = method;
  maps.to_ = target.mean;
  maps.maps_.resize(rows.size());
  for (std::size_t s = 0; s < rows.size(); ++s) {
    SourceMaps::Affine& map = maps.maps_[s];
    map.seen = !rows[s].empty();
    map.stays = treated == ReferenceSources::stay && reference[s] != 0;
    if (!map.seen || map.stays) continue;
    const Moments own = varying_moments(method, training.x, rows[s], fmt::format("source {}", s + 1));
    map.from = own.mean;
    map.linear = linear(shrunk(own.covariance, shrinkage), wanted);
  }
  return maps;
}

}  // namespace geocyte::baselines
