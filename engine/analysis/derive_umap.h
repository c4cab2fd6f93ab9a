// SPDX-License-Identifier: GPL-3.0-or-later
// Derivation "umap": a layout that follows the embedding while it is trained.
//
// 1. at most `max_rows` points, each source in proportion;  2. more than `components` dimensions are reduced by PCA;
// 3. exact k nearest neighbours;  4. the first layout starts at the first two principal components (which, unlike a
// spectral start, need no connected graph), every later one where the last ended, with fewer and smaller steps;
// 5. each is rotated and moved, never scaled, onto the one before it (Procrustes), so that points can be followed by eye.
// A stop between epochs gives no arrays and leaves the last layout as it was.
//
// Parameters: k 15, metric "cosine"|"euclidean", first_epochs 200, warm_epochs 50, warm_rate 0.25, components 50,
// max_rows 50000, threads 1. Makes <makes> (rows, xy) and, for a part of the axis, <makes>/row_index.
#pragma once

#include "engine/analysis/derivation.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/kernels/knn.h"

namespace geocyte::analysis {

class DeriveUmap : public Derivation {
 public:
  DeriveUmap(const config::DerivedSpec& spec, std::uint64_t seed);
  store::Snapshot derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) override;

 private:
  struct Reduced {
    std::vector<float> values;
    std::int64_t dims = 0;
    std::string note;                    ///< " of 50 principal components", or nothing
  };
  Reduced reduce(const RowsOfSnapshot& rows) const;
  std::vector<float> first_start(const kernels::Points& points) const;
  std::vector<float> aligned_to_last(std::span<const float> layout) const;

  std::string points_, labels_, makes_;
  std::uint64_t seed_;
  int k_, first_epochs_, warm_epochs_, components_, threads_;
  double warm_rate_;
  std::int64_t max_rows_;
  kernels::Metric metric_;

  std::int64_t last_step_ = -1;
  std::vector<std::int64_t> last_rows_;
  std::vector<float> last_layout_;
};

}  // namespace geocyte::analysis
