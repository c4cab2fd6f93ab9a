// SPDX-License-Identifier: GPL-3.0-or-later
// What an embedding of several sources is worth: are they mixed, and is the biology still there? No single number tells:
// means can agree while a classifier still tells sources apart, and a mixture can be bought with cell types.
//
//   distances         ||m_a - m_b||; unit: over sqrt(tr S_w / d), the root mean square deviation within sources; standardised:
//                     Mahalanobis with the shrunk S_w                        (stats/source_distances.h, held-out cells)
//   probe_auc         of a fresh classifier between domains, trained on training cells       (stats/probe_classifier.h)
//   own_*_share       of the 20 nearest neighbours, with as many held-out cells of each domain or source; .5 = mixed domains
//   ilisi_*, kbet     of domains and of sources in the same balanced sets; 1 (.95) = mixed       (stats/ilisi.h, kbet.h)
//   kbet_by_type      sources within each type of single cells, all held-out ones; .95 = mixed   (stats/kbet_by_type.h)
//   source_variance   share of the variance that the source explains; 0 = none        (stats/pcr_comparison.h)
//   bras              are sources mixed within each cell type?                          (stats/bras.h)
//   cell_type_accuracy, region_accuracy   balanced accuracy of the 15 nearest training neighbours within the same domain,
//                     held-out cells: types of single cells, regions of spots
//   type_transfer     types carried from single cells to held-out spots (share of each type among the 15 nearest single
//                     cells), against given proportions: mean over types of Spearman's correlation over spots
//   clisi, graph_connectivity, isolated_labels   of cell types, held-out cells of domain 1      (stats/)
//   spatial_overlap   share of the 20 nearest neighbours in the embedding that are among the 20 nearest in the tissue: of held-out
//                     spots among all of their slide; the mean over slides, then each slide (Score::source)
//   expression_overlap   share of the 15 nearest neighbours within the source that are the same as in `expression`
//   participation_ratio, least_std   does it still use its dimensions? least_std is the smallest over the median one
//                                                                                         (stats/collapse.h)
//
// A domain is what the alignment is to bridge: spots (0) and single cells (1). "across" is the largest distance between
// sources of different domains, "within" between two sources of one, "max" of all.
// Guards: balanced sets are drawn without replacement from a stream of `seed`; fewer than kFewest cells of a kind give no
// score instead of a noisy one. Balanced sets keep neighbours comparable: in an unbalanced set the larger domain has a
// large own share for nothing.
// Intervals (95 %): bootstrap of cells within sources (distances), DeLong (AUC), bootstrap of asked cells (types), order
// statistics of cells (LISI), normal over cells (shares, overlaps; neighbours share cells, so they are somewhat too narrow).
// Cost: O(n^2 d) for neighbours, O(n d^2 + d^3) for the pooled covariance; the probe is left out above max_probe_dims.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/kernels/points.h"
#include "engine/stats/source_distances.h"

namespace geocyte::baselines {

inline constexpr std::int64_t kFewest = 10;   ///< cells of each kind

struct ScoredCells {
  kernels::Points points;                      ///< the embedding, all cells
  std::span<const std::int32_t> source;        ///< of each cell, in [0, sources)
  int sources = 0;
  std::span<const std::uint8_t> domain;        ///< of each source: 0 spots, 1 single cells
  std::span<const std::int64_t> train, held_out;  ///< rows
  std::span<const std::int32_t> cell_type = {};   ///< of each cell, -1 = unknown; empty = none
  std::span<const float> xy = {};                 ///< n x 2, NaN = no place; empty = none
  kernels::Points expression = {};                ///< n x p, what neighbours in expression are sought in; no rows = none
  std::span<const float> proportions = {};        ///< n x types of a spot, NaN = unknown; empty = none
  int types = 0;                                  ///< columns of `proportions`
  std::span<const std::int32_t> type_column = {}; ///< column of each code of cell_type, -1 = none; empty = the code itself
};

struct ScoreOptions {
  int neighbours = 20;
  int type_neighbours = 15;
  int lisi_neighbours = 90;
  double perplexity = 30;
  int kbet_neighbours = 49;                    ///< and the cell itself
  int bootstrap = 200;                         ///< 0 = no bootstrap intervals
  std::int64_t max_probe_dims = 2048;
  int threads = 1;
  std::uint64_t seed = 0;
  StopToken stop = {};                         ///< looked at between scores; the rest is left out
};

struct Score {
  std::string name;                            ///< "probe_auc"
  double value = 0;
  std::optional<double> low, high;
  std::optional<double> chance;                ///< what sampling alone or a perfect mixture would give
  std::int64_t n = 0;                          ///< cells behind it
  int source = -1;                             ///< of one slide only
  int worst = -1;                              ///< the source that is farthest from good, where that is known
};

struct AlignmentScores {
  Eigen::MatrixXd unit, unit_floor;            ///< sources x sources
  stats::SourceDistances distances;
  std::vector<Score> scores;                   ///< those that could be had, in the order above

  /// nullptr when it could not be had.
  const Score* find(const std::string& name) const;
};

/// Names: max_distance, median_distance, unit_across, unit_within, standardised_across, max_standardised, median_standardised
/// and those above; own_domain_share, ilisi_domain, own_source_share, ilisi_source.
/// Throws Error{bad_data} for values that are not finite or an empty held-out part, and Error{internal} for labels of
/// another length or out of range.
AlignmentScores alignment_scores(const ScoredCells& cells, const ScoreOptions& options = {});

}  // namespace geocyte::baselines
