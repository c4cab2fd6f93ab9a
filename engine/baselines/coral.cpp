// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/coral.h"

#include "engine/baselines/symmetric.h"

namespace geocyte::baselines {

Eigen::MatrixXd coral_map(const Eigen::MatrixXd& from, const Eigen::MatrixXd& to) {
  return symmetric_power(from, -0.5) * symmetric_power(to, 0.5);
}

SourceMaps fit_coral(const Cells& training, std::span<const std::uint8_t> reference, double shrinkage, ReferenceSources treated) {
  return fit_source_maps("CORAL", training, reference, shrinkage, coral_map, treated);
}

}  // namespace geocyte::baselines
