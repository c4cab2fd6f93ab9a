// SPDX-License-Identifier: GPL-3.0-or-later
// Affine maps that move each source onto a reference: what CORAL and the Monge map have in common.
//
//   y = (x - m_s) A(C_s, C_r) + m_r        m_r, C_r = moments of all training cells of the reference sources together
//
// A single reference source stays where it is (A = I). Several are by default brought together as well; with
// ReferenceSources::stay they are left as they are, as in the first uses of CORAL, and stay as far apart as they were. Covariances are shrunk (cells.h) before A is made, because a source with few cells for its
// dimensions has directions it has not seen.
// Cost: O(n d^2 + sources d^3).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/baselines/cells.h"

namespace geocyte::baselines {

/// Linear part for row vectors that takes covariance `from` to covariance `to`: A' from A = to.
using LinearMap = std::function<Eigen::MatrixXd(const Eigen::MatrixXd& from, const Eigen::MatrixXd& to)>;

enum class ReferenceSources { moved, stay };

class SourceMaps {
 public:
  /// n x d. Throws Error{bad_data} for a source without training cells; another dimension is Error{internal}.
  Eigen::MatrixXd apply(const Cells& cells) const;

 private:
  friend SourceMaps fit_source_maps(const std::string&, const Cells&, std::span<const std::uint8_t>, double,
                                    const LinearMap&, ReferenceSources);
  struct Affine {
    bool seen = false, stays = false;
    Eigen::RowVectorXd from;
    Eigen::MatrixXd linear;
  };
  std::string method_;
  Eigen::RowVectorXd to_;
  std::vector<Affine> maps_;
};

/// `reference[s]` is 1 for sources that are the reference. Throws Error{bad_config} when none or no cell is in it, and
/// Error{bad_data} for fewer than two training cells or no variation in a source that has any, and for values that are
/// not finite.
SourceMaps fit_source_maps(const std::string& method, const Cells& training, std::span<const std::uint8_t> reference,
                           double shrinkage, const LinearMap& linear, ReferenceSources treated = ReferenceSources::moved);

}  // namespace geocyte::baselines
