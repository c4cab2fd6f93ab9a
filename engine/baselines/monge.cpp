// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/monge.h"

#include <algorithm>

#include "engine/baselines/symmetric.h"

namespace geocyte::baselines {
namespace {

/// (C^{1/2} D C^{1/2})^{1/2} of a root C^{1/2}. The product is symmetric but for rounding.
Eigen::MatrixXd geometric_middle(const Eigen::MatrixXd& root, const Eigen::MatrixXd& d) {
  const Eigen::MatrixXd product = root * d * root;
  return symmetric_power((product + product.transpose()) / 2, 0.5);
}

}  // namespace

Eigen::MatrixXd monge_map(const Eigen::MatrixXd& from, const Eigen::MatrixXd& to) {
  const Eigen::MatrixXd inverse_root = symmetric_power(from, -0.5);
  const Eigen::MatrixXd map = inverse_root * geometric_middle(symmetric_power(from, 0.5), to) * inverse_root;
  return (map + map.transpose()) / 2;
}

double bures_squared(const Eigen::MatrixXd& c, const Eigen::MatrixXd& d) {
  const double common = geometric_middle(symmetric_power(c, 0.5), d).trace();
  return std::max(0.0, c.trace() + d.trace() - 2 * common);
}

SourceMaps fit_monge(const Cells& training, std::span<const std::uint8_t> reference, double shrinkage, ReferenceSources treated) {
  return fit_source_maps("the Monge map", training, reference, shrinkage, monge_map, treated);
}

}  // namespace geocyte::baselines
