// SPDX-License-Identifier: GPL-3.0-or-later
// What a mixture must not be bought with. Gates ask whether sources mix; each of them can be passed by an embedding that has thrown
// the biology away. Guards ask what is left, against plain PCA of the same cells, so that none depends on the scale:
//
//   spread         least_std: the flattest dimension over the median one; at least .9 times that of PCA
//   dimensions     participation_ratio; at least .9 times that of PCA
//   space          spatial_overlap of slides that were held out whole, of all held-out spots where there is none
//   expression     expression_overlap with PCA; not below that of raw expression with PCA: as much as two views of one and the
//                  same cells without any model agree in
//   types          cell_type_accuracy
//
// The last three hold when their 95 % interval reaches what PCA (expression: raw) has, as the gate of the AUC does. Scores:
// alignment_scores.h. A guard whose score cannot be had (no places, no types) is not judged, and named. Cost: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/baselines/alignment_scores.h"

namespace geocyte::baselines {

inline constexpr double kGuardShare = 0.9;

struct Guard {
  std::string name, title;             ///< "types", "Cell types"
  double value = 0, bound = 0;
  std::optional<double> low, high;     ///< 95 % interval
  std::int64_t n = 0;                  ///< cells behind it
  std::string rule;                    ///< in words: "not below plain PCA on the same cells"
  bool holds = false;
};

struct AlignmentGuards {
  std::vector<Guard> judged;
  std::vector<Guard> missing;          ///< those that could not be judged: name, title and rule only
  int held() const;
  bool hold() const { return held() == static_cast<int>(judged.size()); }
};

/// `pca` and `raw` are scores of the same cells (nullptr: guards that need them are not judged); `whole` the sources without
/// training cells.
AlignmentGuards alignment_guards(const AlignmentScores& scores, const AlignmentScores* pca, const AlignmentScores* raw, const std::vector<int>& whole);

}  // namespace geocyte::baselines
