// SPDX-License-Identifier: GPL-3.0-or-later
// Derivation "centroid_distance": how far the sources lie apart, against what sampling alone would give, as matrices,
// scalars and a verdict. Held-out cells only where the axis has a label "split" with a category "held_out".
//
// Inputs: points (array), labels (label of the axis, "source"), groups (label, "modality").
// Parameters: bootstrap 0; above 0, 95 % intervals are made as <matrix>_low and <matrix>_high.
// Makes, in the folder of <makes> ("align"): centroid_distance, centroid_distance_standardised, sampling_floor,
// ratio_to_floor (source, source; of raw and standardised the larger one, as the verdict judges); scalars max_centroid_distance, median_centroid_distance, max_standardised,
// participation_ratio, min_std. Formulas: stats/source_distances.h, stats/collapse.h.
#pragma once

#include "engine/analysis/derivation.h"

namespace geocyte::analysis {

class DeriveCentroidDistance : public Derivation {
 public:
  DeriveCentroidDistance(const config::DerivedSpec& spec, std::uint64_t seed);
  store::Snapshot derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) override;

 private:
  std::string points_, labels_, groups_, folder_;
  std::uint64_t seed_;
  int bootstrap_;
};

}  // namespace geocyte::analysis
