// SPDX-License-Identifier: GPL-3.0-or-later
// Derivation "source_table": what there is to say of each source on held-out cells, one array over the sources a column.
//
// Inputs: points (array), labels (label of the axis, "source"), groups (label, "modality").
// Parameters: neighbours 20, lisi_neighbours 90, most_rows 4000 (held-out cells, each source in proportion).
// Makes, in the folder of <makes> ("align"), over (source):
//   source_n          held-out cells
//   own_share         of the nearest neighbours, from the source itself (stats/own_source_share.h); own_share_expected beside it
//   purity            of the nearest neighbours, from sources of the same group
//   source_std_min, source_std_median   smallest and median deviation of the embedding's dimensions within the source
//   nearest_distance  Mahalanobis distance to the nearest other source (stats/source_distances.h); nearest_source is its number
//   source_depth, source_zero_fraction  as the axis of the sources has them, where it has arrays "depth" and "zero_fraction"
// and scalars own_source_share, ilisi_source (stats/ilisi.h), on as many cells of each source as the smallest has.
#pragma once

#include "engine/analysis/derivation.h"

namespace geocyte::analysis {

class DeriveSourceTable : public Derivation {
 public:
  DeriveSourceTable(const config::DerivedSpec& spec, std::uint64_t seed);
  store::Snapshot derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) override;

 private:
  std::string points_, labels_, groups_, folder_;
  std::uint64_t seed_;
  int neighbours_, lisi_neighbours_;
  std::int64_t most_rows_;
};

}  // namespace geocyte::analysis
