// SPDX-License-Identifier: GPL-3.0-or-later
// Derivation "alignment_checks": are sources mixed on held-out cells, and was it bought with biology? While training goes on, by
// the scores and guards of the evaluation at the end (baselines/alignment_scores.h, alignment_guards.h), on the same cells. Not judged here, because it takes every training cell: spots against cells by a classifier.
//
// Inputs: points (array), labels (label of the axis, "source"), groups ("modality"), types ("cell_type"), expression and places
// (arrays of the axis of the rows, "expression" and "coordinates").
// Parameters: most_rows 3000 (training cells and as many held-out ones, each source in proportion), most_fitted 800 (training
// cells that plain PCA is fitted on), components 50, bootstrap 100 (rounds, of the accuracy of types).
// Makes checks (analysis/alignment_checks.h): mixing and guards. Bounds of guards are plain PCA's, worked out once a run; without
// expression on the axis (large data) guards wait for the end and say so.
// Cost: neighbours O(n^2 d) of most_rows cells, once O(n G min(n, G)) for the components: of 8,510 cells .1 s, the first time .4 s (500 genes)
// to .8 s (2,000).
#pragma once

#include <optional>

#include "engine/analysis/derivation.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/baselines/alignment_scores.h"

namespace geocyte::analysis {

class DeriveAlignmentChecks : public Derivation {
 public:
  DeriveAlignmentChecks(const config::DerivedSpec& spec, std::uint64_t seed);
  store::Snapshot derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) override;

 private:
  /// What plain PCA and the genes themselves make of the judged cells.
  struct Plain {
    std::vector<std::int64_t> row;             ///< of each judged cell in the axis
    std::vector<float> components;             ///< cells x dims
    std::int64_t dims = 0;
    baselines::AlignmentScores pca, raw;
  };
  /// nullptr when the axis has no expression, or when it was stopped.
  const Plain* plain_of(const RowsOfSnapshot& rows, const store::Axis& axis, baselines::ScoredCells cells, const StopToken& stop);
  baselines::ScoreOptions options(const StopToken& stop) const;

  std::string points_, labels_, groups_, types_, expression_, places_;
  std::uint64_t seed_;
  std::int64_t most_rows_, most_fitted_;
  int components_, bootstrap_;
  std::optional<Plain> plain_;
};

}  // namespace geocyte::analysis
