// SPDX-License-Identifier: GPL-3.0-or-later
// Is every pair of sources aligned? Two gates a pair, on held-out cells; both must hold.
//
//   distance   D^2 = (m_a - m_b)' S^-1 (m_a - m_b) - tr(S^-1 C_a) / n_a - tr(S^-1 C_b) / n_b
//              S = shrunk pooled covariance within sources of the TRAINING part, C of the held-out part: the terms taken off are
//              what sampling adds (d (1/n_a + 1/n_b) where C = S), so that D^2 is unbiased. Passes when its upper 95 % bound
//              (bootstrap of cells within sources, around D^2) is at most .36^2 + B, with B the bound that 95 % of splits of one and the same
//              source into n_a and n_b cells stay below. At D = .36 two Gaussians are told apart with an AUC of .60.
//   classifier AUC of a fresh classifier (probe_classifier.h) trained on the training cells of the pair. Fails when the two are told
//              apart by the rule of auc_gate.h, over all pairs together.
//
// An AUC clearly below .5 (one-sided .0025, Holm over pairs) is no success but the signature of statistics that leaked from held-out to
// training cells: `leak`, and such a pair does not pass. It is looked for in the classifier and in the linear score along the difference of the training means,
// because a classifier that stops early does not learn what only held-out cells contradict. Means alone, so per-source centring, pass the first gate and not the second; a linear adapter may pass
// the second in few dimensions only. z -> c z changes nothing. Where nothing varies within sources no pair passes.
// Guards: a pair with fewer than `fewest` held-out or training cells on one side is not judged. S is fitted on at least two
// training cells a source. Null splits draw, with replacement, from the held-out cells of both sources, each centred.
// Cost: O(n d^2 + d^3 + bootstrap n d) and a classifier a pair.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/kernels/points.h"
#include "engine/stats/auc_gate.h"

namespace geocyte::stats {

struct GateCells {
  kernels::Points points;
  std::span<const std::int32_t> source;           ///< of each row, in [0, sources)
  int sources = 0;
  std::span<const std::int64_t> train, held_out;  ///< rows
};

struct GateOptions {
  double distance = 0.36;              ///< within-source standard deviations
  double auc_margin = kAucMargin;
  double shrinkage = 0.1;
  int bootstrap = 200;                 ///< rounds, also of null splits; at least 20
  std::int64_t fewest = 10;
  std::int64_t most_training = 600;    ///< cells of each source of a pair that the classifier learns from
  bool classify_all = true;            ///< false: no classifier for pairs that fail by distance
  int threads = 1;
  std::uint64_t seed = 0;
  StopToken stop = {};                 ///< looked at between pairs; the rest is not judged
};

struct PairGate {
  int a = 0, b = 0;
  std::int64_t n_a = 0, n_b = 0;       ///< held-out cells
  double squared = 0;                  ///< D^2, floor taken off: below 0 for half of all mixed pairs
  double bound = 0, allowed = 0;       ///< upper bound of it, and the most it may be
  bool classified = false;
  Auc auc;
  Auc means_auc;                       ///< of the linear score along the difference of the training means
  bool distance_passes = false, auc_passes = false, below_chance = false;
  bool passes() const { return distance_passes && auc_passes && !below_chance; }
};

struct AlignmentGates {
  std::vector<PairGate> pairs;         ///< those judged, a < b
  int passed() const;
  bool leak() const;                   ///< some pair is below chance
  /// The pair that is farthest from passing; nullptr without pairs.
  const PairGate* worst() const;
};

/// Throws Error{bad_data} for values that are not finite and Error{internal} for labels of another length or out of range.
AlignmentGates alignment_gates(const GateCells& cells, const GateOptions& options = {});

}  // namespace geocyte::stats
