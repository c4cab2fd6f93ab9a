// SPDX-License-Identifier: GPL-3.0-or-later
// Which source is odd, and why, before anything is trained: facts of each source, distances of their means against what
// sampling alone gives, the call, and findings in plain words.
//
// From data (diagnose_data): counts -> log-normalised -> panel of the most variable shared genes -> PCA fitted on equally
// many cells of each source -> distances of source means. The call is the first of these that holds:
//   none             every pair lies within 1.5 times its sampling floor, raw and standardised
//   outlier_source   one source has twice the median distance of the others and its nearest source is still 1.5 times that
//                    away (engine/stats/source_diagnosis.h)
//   modality, patient  median distance across these groups / within them >= 1.5; where both hold, the larger one
//   composition      the distances within cell types are at most half as large: sources hold other types, not other numbers
//   pairs            some pairs differ and nothing above explains them
// From a matrix (diagnose_matrix): the same without floors, against a gate; modality and patient are read from the names.
// Ratios only: D -> c D changes no call.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/core/stop_token.h"
#include "engine/data/dataset.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::analysis {

inline constexpr double kGroupsApart = 1.5;            ///< across/within of two groups that lie apart

enum class GapReason { none, outlier_source, modality, patient, composition, pairs, unknown };
const char* name_of(GapReason reason);

/// What a source is, before it is compared with any other. Numbers of a matrix's sources are not known (cells = 0).
struct SourceFacts {
  std::string name, patient, modality;     ///< modality "st", "sc" or "" = unknown
  std::int64_t cells = 0, genes = 0;
  std::string values;                      ///< "counts", "log-normalised", "normalised", "scaled", "empty"
  double target_sum = 0;                   ///< of normalised values: what the rows add up to; 0 = no common sum
  double depth = 0, depth_low = 0, depth_high = 0;   ///< sum of a cell's counts: median and quartiles
  double detected = 0;                     ///< median number of genes above zero
  double zero_fraction = 0;                ///< of the shared genes
  std::int64_t empty_cells = 0;            ///< without any count
  bool same_gene_order = true;             ///< the shared genes stand as in the first source
};

struct SourceReport {
  std::string kind;                        ///< "data", "matrix"
  std::vector<SourceFacts> sources;
  std::int64_t shared_genes = 0;
  std::string method;                      ///< the caption of the distances
  Eigen::MatrixXd raw, standardised;       ///< sources x sources; standardised is empty for a matrix
  Eigen::MatrixXd floor, floor_standardised;   ///< empty for a matrix
  double gate = 0;                         ///< of a matrix: a pair below it passes
  GapReason reason = GapReason::unknown;
  std::vector<int> outliers;
  store::Verdict call;                     ///< the first sentence
  std::vector<store::Verdict> findings;    ///< what else is worth knowing, worst first
};

struct DiagnosisOptions {
  std::int64_t genes = 1000;               ///< size of the panel
  std::int64_t cells = 2000;               ///< at most so many of a source are compared
  int components = 30;
  double target_sum = 1e4;
  std::uint64_t seed = 0;                  ///< of the choice of cells
  StopToken stop;
};

/// Throws Error{bad_data} where no two sources can be compared at all (no shared gene, fewer than 2 cells).
/// Cost: one pass over all values, then O(sources cells genes) + PCA of min(genes, sources x 300).
SourceReport diagnose_data(const std::vector<data::Source>& sources, const DiagnosisOptions& options = {});

/// A matrix of distances with its labels, as it was written down.
struct LabelledMatrix {
  std::vector<std::string> names;
  Eigen::MatrixXd distance;                ///< NaN where nothing stands
};

/// Reads a matrix out of pasted text, a CSV or a TSV: a line of labels (with or without a corner), then a label and its
/// distances a line; text before and after is passed over. Throws Error{bad_data} in one sentence for no matrix, a wrong number
/// of values, labels that do not agree, a negative distance, a diagonal that is not 0, or two entries of a pair that differ.
LabelledMatrix parse_distance_matrix(const std::string& text);

SourceReport diagnose_matrix(const LabelledMatrix& matrix, double gate = 1.0);

/// "P2_ST1" is a spot source of patient P2; "SC", "sc1", "cells" are single cells. Empty where the name does not say.
struct NameParts { std::string patient, modality; };
NameParts parts_of_name(const std::string& name);

/// {"format": 1, "kind", "reason", "outliers", "call", "findings", "sources", "distances", …}; documented in
/// resources/docs/run-directory.md.
Json to_json(const SourceReport& report);
/// For a terminal.
std::string to_text(const SourceReport& report);

}  // namespace geocyte::analysis
