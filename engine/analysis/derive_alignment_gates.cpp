// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/derive_alignment_gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/analysis/alignment_checks.h"
#include "engine/analysis/derivation_part.h"
#include "engine/analysis/gate_verdict.h"
#include "engine/analysis/parameters.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/analysis/sources_of_rows.h"
#include "engine/analysis/words.h"
#include "engine/core/check.h"

namespace geocyte::analysis {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

std::string folder_of(const std::string& makes) { return makes.substr(0, makes.find('/')); }

}  // namespace

DeriveAlignmentGates::DeriveAlignmentGates(const config::DerivedSpec& spec, std::uint64_t seed)
    : points_(input_of(spec, "points", "embedding")), labels_(input_of(spec, "labels", "source")), folder_(folder_of(spec.makes)), seed_(seed) {
  Parameters parameters(spec.method, spec.parameters);
  bootstrap_ = parameters.get("bootstrap", 100);
  most_training_ = parameters.get<std::int64_t>("most_training", 400);
  parameters.require_all_known();
  require(bootstrap_ >= 20 && most_training_ >= 20, "gates need 20 bootstrap rounds and training cells");
}

store::Snapshot DeriveAlignmentGates::derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) {
  store::Snapshot part = empty_part(raw, "alignment_gates");
  auto rows = read_rows(raw, points_, axes);
  if (!rows) return part;
  const auto labels = read_labels(*rows, labels_, axes);
  const SplitOfRows split = split_of_rows(*rows, axes);
  if (!labels || labels->categories.size() < 2 || split.held_out.empty() || stop.stop_requested()) return part;
  SourcesOfRows sources = sources_of_rows(*labels, find_axis(axes, labels_));
  stats::GateCells cells{rows->points(), sources.codes, static_cast<int>(sources.names.size()), split.train, split.held_out};
  if (std::any_of(sources.codes.begin(), sources.codes.end(), [](std::int32_t code) { return code < 0; })) return part;
  stats::GateOptions options;
  options.bootstrap = bootstrap_;
  options.most_training = most_training_;
  options.seed = seed_;
  options.stop = stop;
  const stats::AlignmentGates gates = stats::alignment_gates(cells, options);
  if (stop.stop_requested() || gates.pairs.empty()) return part;

  const auto count = static_cast<std::int64_t>(sources.names.size());
  const auto add = [&](const std::string& name, const std::string& caption, const auto& value) {
    std::vector<float> matrix(static_cast<std::size_t>(count * count), kNone);
    for (const stats::PairGate& pair : gates.pairs)
      matrix[static_cast<std::size_t>(pair.a * count + pair.b)] = matrix[static_cast<std::size_t>(pair.b * count + pair.a)] = static_cast<float>(value(pair));
    part.arrays.push_back(make_array<float>(folder_ + "/" + name, matrix, {count, count}, {labels_, labels_}, "values",
                                            fmt::format("{}, n = {} held-out cells", caption, grouped(static_cast<std::int64_t>(split.held_out.size())))));
  };
  using Pair = stats::PairGate;
  add("pair_auc", "AUC of a fresh classifier, 0.5 = not to be told apart", [](const Pair& pair) { return pair.auc.value; });
  add("pair_auc_low", "lower 95 % limit of the AUC", [](const Pair& pair) { return pair.auc.low; });
  add("pair_auc_high", "upper 95 % limit of the AUC", [](const Pair& pair) { return pair.auc.high; });
  add("auc_gate", "gate of the classifier, 1 = its interval reaches 0.5 ± 0.10 over all pairs together",
      [](const Pair& pair) { return !pair.classified ? std::numeric_limits<double>::quiet_NaN() : pair.auc_passes ? 1.0 : 0.0; });
  add("gate_bound", "upper 95 % bound of the squared standardised distance, sampling taken off", [](const Pair& pair) { return pair.bound; });
  add("gate_allowed", "the most that bound may be", [](const Pair& pair) { return pair.allowed; });
  add("gate", "gates of a pair, 1 = both hold", [](const Pair& pair) { return pair.passes() ? 1.0 : 0.0; });
  double largest = 0;
  for (const Pair& pair : gates.pairs) largest = std::max(largest, pair.auc.value);
  part.scalars[folder_ + "/pairs_passed"] = static_cast<double>(gates.passed()) / static_cast<double>(gates.pairs.size());
  part.scalars[folder_ + "/max_pair_auc"] = largest;
  part.verdicts.push_back(gate_verdict(gates, sources.names));
  part.checks = gate_checks(gates, sources.names);
  part.attributes["pairs"] = gates.pairs.size();
  return part;
}

}  // namespace geocyte::analysis
