// SPDX-License-Identifier: GPL-3.0-or-later
// Derivation "alignment_gates": whether every pair of sources passes the gates on held-out cells, while training goes on.
// Needs a label "split" with a category "held_out": the classifiers learn from the other cells. Heavy (a classifier a pair):
// meant for every k-th snapshot.
//
// Inputs: points (array), labels (label of the axis, "source").
// Parameters: bootstrap 100, most_training 400 (cells of each source of a pair).
// Makes, in the folder of <makes> ("align"): pair_auc with pair_auc_low and pair_auc_high, auc_gate (1 = not told apart), gate_bound, gate_allowed, gate (1 = the pair
// passes, 0 = it does not) over (source, source), NaN where there is nothing to judge; scalars pairs_passed (share),
// max_pair_auc; verdict "align/gates" and the checks of
// the gates (alignment_checks.h). Formulas: stats/alignment_gates.h.
#pragma once

#include "engine/analysis/derivation.h"

namespace geocyte::analysis {

class DeriveAlignmentGates : public Derivation {
 public:
  DeriveAlignmentGates(const config::DerivedSpec& spec, std::uint64_t seed);
  store::Snapshot derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) override;

 private:
  std::string points_, labels_, folder_;
  std::uint64_t seed_;
  int bootstrap_;
  std::int64_t most_training_;
};

}  // namespace geocyte::analysis
