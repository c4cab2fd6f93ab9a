// SPDX-License-Identifier: GPL-3.0-or-later
// What an embedding of several sources is worth: are they mixed, and is the biology still there? No single number tells:
// means can agree while a classifier still tells sources apart, and a mixture can be bought with cell types.
//
//   unit distance     ||m_a - m_b|| / sqrt(tr S_w / d): in units of the root mean square deviation within sources
//   standardised      Mahalanobis distance with the shrunk S_w            (both: stats/source_distances.h, held-out cells)
//   probe AUC         of a fresh classifier between domains, trained on training cells       (stats/probe_classifier.h)
//   own domain share  of the 20 nearest neighbours, with as many held-out cells of each domain; .5 = mixed
//   own source share  the same with as many cells of each source; 1 / sources = mixed
//   iLISI             of domains and of sources in the same balanced sets; 1 = mixed                     (stats/ilisi.h)
//   cell types        balanced accuracy of 15 nearest training neighbours within the same domain, held-out cells
//   space             share of the 20 nearest neighbours in the embedding that are among the 20 nearest in the tissue,
//                     within a slide, all its cells
//
// A domain is what the alignment is to bridge: spots (0) and single cells (1). "across" is the largest distance between
// sources of different domains, "within" between two sources of one.
// Guards: balanced sets are drawn without replacement from a stream of `seed`; fewer than kFewest cells of a kind give no
// score instead of a noisy one. Balanced sets keep neighbours comparable: in an unbalanced set the larger domain has a
// large own share for nothing.
// Intervals (95 %): bootstrap of cells within sources (distances), DeLong (AUC), bootstrap of asked cells (types), normal
// over cells (space; neighbours share cells, so it is somewhat too narrow).
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
};

struct ScoreOptions {
  int neighbours = 20;
  int type_neighbours = 15;
  int lisi_neighbours = 90;
  double perplexity = 30;
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
};

struct AlignmentScores {
  Eigen::MatrixXd unit, unit_floor;            ///< sources x sources
  stats::SourceDistances distances;
  std::vector<Score> scores;                   ///< those that could be had, in the order above

  /// nullptr when it could not be had.
  const Score* find(const std::string& name) const;
};

/// Names: unit_across, unit_within, standardised_across, probe_auc, own_domain_share, own_source_share, ilisi_domain,
/// ilisi_source, cell_type_accuracy, spatial_overlap (mean over slides).
/// Throws Error{bad_data} for values that are not finite or an empty held-out part, and Error{internal} for labels of
/// another length or out of range.
AlignmentScores alignment_scores(const ScoredCells& cells, const ScoreOptions& options = {});

}  // namespace geocyte::baselines
