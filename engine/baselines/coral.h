// SPDX-License-Identifier: GPL-3.0-or-later
// Correlation alignment in closed form: whiten with the covariance of the source, colour with that of the reference.
//
//   A = C_s^{-1/2} C_r^{1/2},   A' C_s A = C_r         (Sun, Feng & Saenko 2016, doi:10.1609/aaai.v30i1.10306)
//
// Of all maps with A' C_s A = C_r this is one choice; monge.h is the one that moves the cells least.
#pragma once

#include "engine/baselines/source_maps.h"

namespace geocyte::baselines {

/// d x d. `from` and `to` are symmetric positive semidefinite; where `from` has no variance, neither has the image.
Eigen::MatrixXd coral_map(const Eigen::MatrixXd& from, const Eigen::MatrixXd& to);

/// See source_maps.h for shapes and errors.
SourceMaps fit_coral(const Cells& training, std::span<const std::uint8_t> reference, double shrinkage = 0.1,
                     ReferenceSources treated = ReferenceSources::moved);

}  // namespace geocyte::baselines
