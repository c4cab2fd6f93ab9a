// SPDX-License-Identifier: GPL-3.0-or-later
// What a system says about itself without running: parameters, inputs, metrics with their chance level, arrays, views,
// presets, memory estimate. Torch-free, so that the window can link it. The window knows systems through this only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/alert_spec.h"
#include "engine/config/schema.h"

namespace geocyte::config {

enum class SlotKind { sources, graph, table, stream, artifact };
enum class Direction { lower_is_better, higher_is_better, neutral };

struct SlotSpec {
  std::string name;             ///< "sources"
  SlotKind kind = SlotKind::sources;
  std::string help;
  bool required = true;
};

/// A scalar the system writes. `path` may end in "*" for a family ("loss/*").
struct MetricSpec {
  std::string path;
  std::string title;
  std::string unit;
  Direction direction = Direction::lower_is_better;
  std::optional<double> chance; ///< what guessing gives, drawn as a dashed line
  std::string what;             ///< the card: what it is, in one sentence
  std::string formula;
  std::string good;             ///< what is good, and what would be suspicious
  std::string tile;             ///< "" = not on the default board; tiles with the same name share axes
};

/// A score of the held-out evaluation, as tables of it name and read it. `path` may begin or end in "*": "*/row_spearman" is that of each slide.
struct ScoreSpec {
  std::string path;
  std::string title;            ///< short: "cell types found"
  Direction direction = Direction::neutral;
  std::string what;             ///< one sentence
};

/// An array the system puts into snapshots.
struct ArraySpec {
  std::string name;
  std::vector<std::string> axes;
  std::string role;
  std::string caption;
};

/// An array that the analysis thread derives from snapshot arrays.
struct DerivedSpec {
  std::string method;                          ///< "pca", "umap", "centroid_distance"
  std::map<std::string, std::string> inputs;   ///< {"points","embedding"}, {"labels","source"}
  std::string makes;                           ///< prefix of the arrays it makes: "embedding/umap"
  Json parameters = Json::object();
  int every = 1;                               ///< every k-th snapshot
};

/// Binds a view type to arrays and metrics by name: {"matrix_heatmap", …, {{"values","align/centroid_distance"}}}.
struct ViewSpec {
  std::string type;
  std::string title;
  std::string workspace;                       ///< "monitor", "align"
  std::map<std::string, std::string> bindings;
};

/// What an array means that a view draws: the card behind a matrix, a cloud or a column, as MetricSpec is for scalars.
struct ArrayCard {
  std::string name;             ///< of the array: "align/centroid_distance"
  std::string title;
  std::string what;             ///< one sentence
  std::string formula;
  std::string good;             ///< what is good, and what would be suspicious
  std::string chance;           ///< what guessing, or sampling alone, gives; "" = does not apply
};

struct BaselineSpec {
  std::string name;
  std::string what;
};

/// A preset is a YAML text that names a parent preset ("parent: demo") or none.
struct PresetSpec {
  std::string id;               ///< "demo": asked for as "gems/demo"
  std::string title;
  std::string summary;
  std::string yaml;
};

/// Size of the data a run would see.
struct DataShape {
  std::int64_t cells = 0, genes = 0, sources = 0;
};

struct ResourceEstimate {
  double host_bytes = 0, device_bytes = 0, disk_bytes = 0;
  double seconds_cpu = 0;       ///< rough, on two cores
};

struct SystemSpec {
  std::string id;               ///< "gems"
  std::string title;            ///< "GEMS: one encoder for every source"
  std::string summary;          ///< two sentences for the start page and `systems`
  Schema parameters;
  std::vector<SlotSpec> slots;
  std::vector<MetricSpec> metrics;
  std::vector<ScoreSpec> scores;               ///< what tells most first; scores that are not here are read without a better side
  std::vector<ArraySpec> arrays;
  std::vector<DerivedSpec> derived;
  std::vector<ArrayCard> cards;
  std::vector<ViewSpec> views;
  std::vector<BaselineSpec> baselines;
  std::vector<AlertSpec> alerts;
  Schema probe_parameters;                     ///< what a probe of this system may be asked with, beside `rows`
  std::vector<PresetSpec> presets;             ///< filled from presets/*.yaml at build time
  std::function<ResourceEstimate(const Json& options, const DataShape& shape)> estimate;
};

}  // namespace geocyte::config
