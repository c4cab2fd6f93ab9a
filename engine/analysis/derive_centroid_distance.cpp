// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/derive_centroid_distance.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/analysis/derivation_part.h"
#include "engine/analysis/parameters.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/analysis/source_verdict.h"
#include "engine/analysis/sources_of_rows.h"
#include "engine/analysis/words.h"
#include "engine/core/check.h"
#include "engine/stats/collapse.h"
#include "engine/stats/source_distances.h"

namespace geocyte::analysis {
namespace {

/// "align" of "align/centroid_distance", "align/" and "align".
std::string folder_of(std::string makes) {
  const std::string name = "centroid_distance";
  if (makes.ends_with(name)) makes.resize(makes.size() - name.size());
  while (makes.ends_with('/')) makes.pop_back();
  return makes;
}

/// Keeps held-out points where a split is known; returns what the rest are called.
std::string keep_judged(RowsOfSnapshot& rows, const std::vector<store::Axis>& axes) {
  const std::vector<std::int64_t> positions = split_of_rows(rows, axes).held_out;
  if (positions.empty()) return "cells (no held-out part)";
  rows.keep(positions);
  return "held-out cells";
}

std::vector<float> to_float(const Eigen::MatrixXd& matrix) {
  std::vector<float> values;
  for (Eigen::Index a = 0; a < matrix.rows(); ++a)
    for (Eigen::Index b = 0; b < matrix.cols(); ++b) values.push_back(static_cast<float>(matrix(a, b)));
  return values;
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

}  // namespace

DeriveCentroidDistance::DeriveCentroidDistance(const config::DerivedSpec& spec, std::uint64_t seed)
    : points_(input_of(spec, "points", "embedding")),
      labels_(input_of(spec, "labels", "source")),
      groups_(input_of(spec, "groups", "modality")),
      folder_(folder_of(spec.makes)),
      seed_(seed) {
  Parameters parameters(spec.method, spec.parameters);
  bootstrap_ = parameters.get("bootstrap", 0);
  parameters.require_all_known();
  require(bootstrap_ >= 0, "the number of bootstrap rounds is not negative");
}

store::Snapshot DeriveCentroidDistance::derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes,
                                               const StopToken& stop) {
  store::Snapshot part = empty_part(raw, "centroid_distance");
  auto rows = read_rows(raw, points_, axes);
  if (!rows) return part;
  const std::string cells = keep_judged(*rows, axes);
  const auto labels = read_labels(*rows, labels_, axes);
  if (!labels || labels->categories.empty() || rows->count() < 2 || stop.stop_requested()) return part;
  const SourcesOfRows sources = sources_of_rows(*labels, find_axis(axes, labels_));

  stats::SourceDistanceOptions options;
  options.bootstrap = bootstrap_;
  options.seed = seed_;
  options.stop = stop;
  SourceVerdictInput found;
  found.distances =
      stats::source_distances(rows->points(), sources.codes, static_cast<int>(sources.names.size()), options);
  found.collapse = stats::collapse_of(rows->points());
  found.names = sources.names;
  found.cells = cells;
  if (const auto groups = read_labels(*rows, groups_, axes)) {
    found.group = group_of_sources(sources.codes, sources.names.size(), *groups);
    found.group_names = groups->categories;
  }
  if (stop.stop_requested()) return part;

  const stats::SourceDistances& d = found.distances;
  const std::string who = fmt::format("n = {} {}", grouped(d.rows()), cells);
  const auto add = [&](const std::string& name, const Eigen::MatrixXd& matrix, const std::string& caption) {
    if (matrix.size() == 0) return;
    part.arrays.push_back(make_array<float>(folder_ + "/" + name, to_float(matrix), {d.sources(), d.sources()},
                                            {labels_, labels_}, "values", caption + ", " + who));
  };
  const std::string raw_caption = "distance of means";
  const std::string standardised_caption = "Mahalanobis distance of means";
  add("centroid_distance", d.raw, raw_caption);
  add("centroid_distance_standardised", d.standardised, standardised_caption);
  add("sampling_floor", d.floor, "distance of means that sampling alone gives");
  // As the verdict judges, so that the pairs it counts are those that the matrix marks.
  if (d.ratio.size() == d.ratio_standardised.size()) add("ratio_to_floor", d.ratio.cwiseMax(d.ratio_standardised), "distance of means over its sampling floor, raw or standardised, the larger one");
  add("centroid_distance_low", d.raw_low, "lower 95 % bootstrap limit of the " + raw_caption);
  add("centroid_distance_high", d.raw_high, "upper 95 % bootstrap limit of the " + raw_caption);
  add("centroid_distance_standardised_low", d.standardised_low,
      "lower 95 % bootstrap limit of the " + standardised_caption);
  add("centroid_distance_standardised_high", d.standardised_high,
      "upper 95 % bootstrap limit of the " + standardised_caption);

  const auto raw_pairs = stats::upper_triangle(d.raw);
  if (!raw_pairs.empty()) {
    part.scalars[folder_ + "/max_centroid_distance"] = largest(raw_pairs);
    part.scalars[folder_ + "/median_centroid_distance"] = stats::median(raw_pairs);
    part.scalars[folder_ + "/max_standardised"] = largest(stats::upper_triangle(d.standardised));
  }
  part.scalars[folder_ + "/participation_ratio"] = found.collapse.participation_ratio;
  part.scalars[folder_ + "/min_std"] = found.collapse.min_std;
  part.scalars[folder_ + "/median_std"] = found.collapse.median_std;
  part.verdicts.push_back(source_verdict(found));
  part.attributes["n"] = d.rows();
  if (bootstrap_ > 0) part.attributes["bootstrap"] = bootstrap_;
  return part;
}

}  // namespace geocyte::analysis
