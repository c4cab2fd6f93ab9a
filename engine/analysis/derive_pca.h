// SPDX-License-Identifier: GPL-3.0-or-later
// Derivation "pca": the first two principal components of the points.
// Each component takes the sign that agrees with the last snapshot, so that the picture does not flip while training.
// Parameters: none. Makes <makes> (rows, xy).
#pragma once

#include "engine/analysis/derivation.h"

namespace geocyte::analysis {

class DerivePca : public Derivation {
 public:
  explicit DerivePca(const config::DerivedSpec& spec);
  store::Snapshot derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) override;

 private:
  std::string points_, makes_;
  std::vector<std::int64_t> last_rows_;
  std::vector<float> last_layout_;
};

}  // namespace geocyte::analysis
