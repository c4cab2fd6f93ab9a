// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/derive_source_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/analysis/derivation_part.h"
#include "engine/analysis/parameters.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/analysis/sources_of_rows.h"
#include "engine/analysis/words.h"
#include "engine/core/check.h"
#include "engine/core/rng.h"
#include "engine/embed/knn.h"
#include "engine/stats/collapse.h"
#include "engine/stats/ilisi.h"
#include "engine/stats/own_source_share.h"
#include "engine/stats/source_distances.h"

namespace geocyte::analysis {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
constexpr double kPerplexityShare = 1.0 / 3;    // of the neighbours LISI looks at
constexpr std::size_t kFewest = 10;             // cells of a source in a balanced set

using Positions = std::vector<std::int64_t>;

std::vector<Positions> by_source(const std::vector<std::int32_t>& codes, std::size_t sources) {
  std::vector<Positions> of(sources);
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (codes[i] >= 0) of[static_cast<std::size_t>(codes[i])].push_back(static_cast<std::int64_t>(i));
  return of;
}

/// As many positions of each source that has enough; empty when fewer than two have.
Positions balanced(std::vector<Positions> of, std::uint64_t seed) {
  std::erase_if(of, [](const Positions& rows) { return rows.size() < kFewest; });
  if (of.size() < 2) return {};
  std::size_t smallest = of.front().size();
  for (const Positions& rows : of) smallest = std::min(smallest, rows.size());
  Rng rng(hash64("source_table", seed));
  Positions chosen;
  for (Positions& rows : of) {
    for (std::size_t i = 0; i < smallest; ++i) std::swap(rows[i], rows[i + rng.below(rows.size() - i)]);
    chosen.insert(chosen.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(smallest));
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::vector<float> rows_of(const RowsOfSnapshot& rows, const Positions& positions) {
  std::vector<float> values;
  for (const std::int64_t at : positions) values.insert(values.end(), rows.points().row(at), rows.points().row(at) + rows.dims);
  return values;
}

std::vector<float> to_float(const std::vector<double>& values) { return {values.begin(), values.end()}; }

}  // namespace

DeriveSourceTable::DeriveSourceTable(const config::DerivedSpec& spec, std::uint64_t seed)
    : points_(input_of(spec, "points", "embedding")),
      labels_(input_of(spec, "labels", "source")),
      groups_(input_of(spec, "groups", "modality")),
      folder_(spec.makes.substr(0, spec.makes.find('/'))),
      seed_(seed) {
  Parameters parameters(spec.method, spec.parameters);
  neighbours_ = parameters.get("neighbours", 20);
  lisi_neighbours_ = parameters.get("lisi_neighbours", 90);
  most_rows_ = parameters.get<std::int64_t>("most_rows", 4000);
  parameters.require_all_known();
  require(neighbours_ >= 1 && lisi_neighbours_ >= 3 && most_rows_ >= 2, "the source table looks at neighbours");
}

store::Snapshot DeriveSourceTable::derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) {
  store::Snapshot part = empty_part(raw, "source_table");
  auto rows = read_rows(raw, points_, axes);
  if (!rows) return part;
  if (const Positions held_out = split_of_rows(*rows, axes).held_out; !held_out.empty()) rows->keep(held_out);
  if (const auto all = read_labels(*rows, labels_, axes)) rows->keep(stratified(all->codes, most_rows_, seed_));
  const auto labels = read_labels(*rows, labels_, axes);
  if (!labels || labels->categories.size() < 2 || rows->count() < 3 || stop.stop_requested()) return part;
  const store::Axis* axis = find_axis(axes, labels_);
  const SourcesOfRows sources = sources_of_rows(*labels, axis);
  if (std::any_of(sources.codes.begin(), sources.codes.end(), [](std::int32_t code) { return code < 0; })) return part;
  const auto count = static_cast<int>(sources.names.size());
  const std::string who = fmt::format("n = {} held-out cells", grouped(rows->count()));
  const auto add = [&](const std::string& name, const std::vector<float>& values, const std::string& caption) {
    part.arrays.push_back(make_array<float>(folder_ + "/" + name, values, {count}, {labels_}, "values", caption));
  };

  const auto of = by_source(sources.codes, sources.names.size());
  std::vector<float> n, least, middle;
  for (const Positions& positions : of) {
    n.push_back(static_cast<float>(positions.size()));
    if (positions.size() < 2) {
      least.push_back(kNone), middle.push_back(kNone);
      continue;
    }
    const auto values = rows_of(*rows, positions);
    const stats::Collapse spread = stats::collapse_of({values.data(), static_cast<std::int64_t>(positions.size()), rows->dims});
    least.push_back(static_cast<float>(spread.min_std));
    middle.push_back(static_cast<float>(spread.median_std));
  }
  add("source_n", n, "held-out cells");
  add("source_std_min", least, "smallest deviation of a dimension, " + who);
  add("source_std_median", middle, "median deviation of the dimensions, " + who);

  stats::SourceDistanceOptions distance;
  distance.bootstrap = 0;
  const auto d = stats::source_distances(rows->points(), sources.codes, count, distance);
  std::vector<float> nearest(static_cast<std::size_t>(count), kNone), which = nearest;
  for (int a = 0; a < count; ++a)
    for (int b = 0; b < count; ++b) {
      const auto value = static_cast<float>(d.standardised(a, b));
      if (a == b || std::isnan(value) || value >= nearest[static_cast<std::size_t>(a)]) continue;
      nearest[static_cast<std::size_t>(a)] = value;
      which[static_cast<std::size_t>(a)] = static_cast<float>(b);
    }
  add("nearest_distance", nearest, "standardised distance to the nearest other source, " + who);
  add("nearest_source", which, "number of that source");
  if (stop.stop_requested()) return empty_part(raw, "source_table");

  kernels::KnnOptions knn;
  knn.k = std::min<int>(neighbours_, static_cast<int>(rows->count()) - 1);
  knn.stop = stop;
  const auto graph = embed::neighbour_graph(rows->points(), knn);
  if (!graph.complete) return empty_part(raw, "source_table");
  const auto share = stats::own_source_share(graph, sources.codes, count);
  add("own_share", to_float(share.share), fmt::format("share of the {} nearest neighbours from the source itself, {}", graph.k, who));
  add("own_share_expected", to_float(share.expected), "that share in a perfect mixture");
  if (const auto groups = read_labels(*rows, groups_, axes)) {
    const auto group = group_of_sources(sources.codes, sources.names.size(), *groups);
    std::vector<double> pure(static_cast<std::size_t>(count), 0);
    for (std::int64_t i = 0; i < graph.rows; ++i) {
      const auto own = static_cast<std::size_t>(sources.codes[static_cast<std::size_t>(i)]);
      int same = 0;
      for (int k = 0; k < graph.k; ++k) {
        const auto other = static_cast<std::size_t>(graph.index[static_cast<std::size_t>(i * graph.k + k)]);
        same += group[static_cast<std::size_t>(sources.codes[other])] == group[own];
      }
      pure[own] += static_cast<double>(same) / graph.k / static_cast<double>(of[own].size());
    }
    for (std::size_t s = 0; s < pure.size(); ++s)
      if (of[s].empty()) pure[s] = kNone;
    add("purity", to_float(pure), fmt::format("share of the {} nearest neighbours from the same {}, {}", graph.k, groups_, who));
  }
  if (axis)
    for (const auto& [from, caption] : {std::pair<const char*, const char*>{"depth", "median counts of a cell"}, {"zero_fraction", "share of zeros in the panel"}})
      for (const NamedArray& array : axis->arrays)
        if (array.name == from && array.size() == count) {
          const auto values = array.to_double();
          add(std::string("source_") + from, to_float(values), caption);
        }

  const Positions even = balanced(of, seed_);
  if (even.empty() || stop.stop_requested()) return part;
  const auto values = rows_of(*rows, even);
  std::vector<std::int32_t> codes;
  for (const std::int64_t at : even) codes.push_back(sources.codes[static_cast<std::size_t>(at)]);
  const kernels::Points points{values.data(), static_cast<std::int64_t>(even.size()), rows->dims};
  const auto near = embed::neighbour_graph(points, knn);
  knn.k = lisi_neighbours_;
  const auto wide = embed::neighbour_graph(points, knn);
  if (!near.complete || !wide.complete) return part;
  part.scalars[folder_ + "/own_source_share"] = stats::own_source_share(near, codes, count).mean_share;
  part.scalars[folder_ + "/ilisi_source"] = stats::ilisi(wide, codes, count, std::max(1.0, std::floor(lisi_neighbours_ * kPerplexityShare))).scaled;
  return part;
}

}  // namespace geocyte::analysis
