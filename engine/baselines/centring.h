// SPDX-License-Identifier: GPL-3.0-or-later
// Brings the means of all sources to the origin, or also their standard deviations to one, gene by gene.
//
//   centring  y = x - m_s                    z-score  y_j = (x_j - m_sj) / sd_sj          (s = source of the cell)
//
// m and sd (unbiased) come from training cells alone and are applied unchanged to any other cell. The one line that any
// trained alignment has to beat: centroid distances vanish, and a non-linear classifier still tells the sources apart.
// Guard: a dimension without spread in a source (sd <= 1e-12 |m|) is only centred, so that a gene that is off in all
// training cells of a source does not become infinite in a later one.
// Cost: O(n d).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "engine/baselines/cells.h"

namespace geocyte::baselines {

class SourceScaling {
 public:
  /// n x d, in the order of the cells. Throws Error{bad_data} for a source without training cells, another dimension
  /// is Error{internal}.
  Eigen::MatrixXd apply(const Cells& cells) const;

 private:
  friend SourceScaling fit_centring(const Cells&);
  friend SourceScaling fit_z_score(const Cells&);
  Eigen::MatrixXd mean_, inverse_sd_;      // sources x d
  std::vector<std::int64_t> count_;        // training cells of each source
};

/// Throw Error{bad_data} for no cells or a value that is not finite.
SourceScaling fit_centring(const Cells& training);
SourceScaling fit_z_score(const Cells& training);

}  // namespace geocyte::baselines
