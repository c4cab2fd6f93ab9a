// SPDX-License-Identifier: GPL-3.0-or-later
// A run directory without training: the real writer, made-up curves and snapshots, the same each time. For tests of the
// window only.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/named_array.h"
#include "engine/store/run_writer.h"

namespace geocyte::test {

class FakeRun {
 public:
  /// Six sources of 60 cells. `config_yaml` = the parameters, resolved. `about` = more of run.json.
  FakeRun(const std::filesystem::path& runs, const std::string& id, const std::string& name, const std::string& config_yaml = {}, const Json& about = Json::object()) {
    store::RunStart start;
    start.about = about;
    start.id = id;
    start.system = "gems";
    start.preset = "gems/" + name;
    start.name = name;
    start.seed = 7;
    start.config_yaml = config_yaml;
    writer_ = store::RunWriter::create(runs / id, start);
    writer_->write_axes({cells(), sources()});
  }

  store::RunWriter& writer() { return *writer_; }
  std::filesystem::path directory() const { return writer_->directory(); }

  void say(store::RunState state, std::int64_t step, std::int64_t total = 1000) {
    store::Status status;
    status.state = state;
    status.stage = "encode";
    status.step = step;
    status.total_steps = total;
    status.rate = 118;
    status.eta_s = static_cast<double>(total - step) / 118;
    status.time_share.analysis = 0.09;
    writer_->status(status);
  }

  /// Scalars of the steps [from, to): falling losses with a ripple.
  void train(std::int64_t from, std::int64_t to) {
    for (std::int64_t step = from; step < to; ++step) {
      const double t = static_cast<double>(step) / 400, ripple = 0.08 * std::sin(0.7 * static_cast<double>(step)) + 0.05 * std::sin(2.3 * static_cast<double>(step));
      writer_->scalar("loss/total", step, 1.2 + 3 * std::exp(-t) + ripple);
      writer_->scalar("loss/vicreg", step, 0.7 + std::exp(-t) + ripple / 2);
      writer_->scalar("loss/domain_coral", step, 0.01 + 0.3 * std::exp(-2 * t) * (1 + ripple));
      writer_->scalar("adversary/balanced_accuracy", step, 0.5 + 0.45 * std::exp(-t) + ripple / 4);
      writer_->scalar("grad/norm", step, 0.4 + std::exp(-t) + ripple);
    }
  }

  /// The raw arrays of a step and the parts that the analysis would derive from them.
  void snapshot(std::int64_t step) {
    const double gap = 1 + 2 * std::exp(-static_cast<double>(step) / 400);
    store::Snapshot raw;
    raw.step = step;
    raw.stage = "encode";
    raw.arrays = {points("embedding", 8, gap, "")};
    writer_->snapshot(raw);
    store::Snapshot layout = raw;
    layout.part = "umap";
    layout.arrays = {points("embedding/umap", 2, gap, "UMAP, k=15, cosine, seed 7, 360 of 360 cells")};
    writer_->snapshot(layout);
    store::Snapshot distances = raw;
    distances.part = "source_distances";
    distances.arrays = {matrix("align/centroid_distance", gap), matrix("align/ratio_to_floor", 2 * gap), matrix("align/sampling_floor", 0.5)};
    distances.scalars = {{"align/max_centroid_distance", 1.1 * gap}, {"align/median_centroid_distance", 0.4 * gap}};
    distances.verdicts = {{"align/outlier_source", "align", "warn", "P2_SC is the outlier source.", "It is 1.9–2.6 times its noise floor from every other source.",
                           "Each source's distance to all others, against what sampling alone would give."},
                          {"train/learning", "monitor", "good", "Learning.", "Total loss fell 38 % in the last 200 steps; no alert.", "The slope of the total loss."}};
    writer_->snapshot(distances);
  }

  static constexpr int kSources = 6, kPerSource = 60, kCells = kSources * kPerSource;

 private:
  static std::vector<std::string> names() { return {"P2_ST1", "P2_ST2", "P2_ST3", "P2_SC", "P10_ST3", "P10_SC"}; }

  static store::Axis cells() {
    store::Axis axis{"cell", {}, {{"source", {}, names()}, {"cell_type", {}, {"epithelial", "stroma", "immune"}}}, {}};
    for (int cell = 0; cell < kCells; ++cell) {
      axis.ids.push_back("cell" + std::to_string(cell));
      axis.labels[0].codes.push_back(cell / kPerSource);
      axis.labels[1].codes.push_back(cell % 3);
    }
    return axis;
  }

  static store::Axis sources() { return {"source", names(), {}, {}}; }

  /// A cloud in which source 3 stands apart by `gap`. Spread by irrational steps, so that no generator is needed.
  static NamedArray points(const std::string& name, std::int64_t dimensions, double gap, const std::string& caption) {
    std::vector<float> values;
    for (int cell = 0; cell < kCells; ++cell) {
      const double angle = 2.399963 * cell, radius = std::sqrt((cell * 0.618034) - std::floor(cell * 0.618034));
      const double shift = cell / kPerSource == 3 ? gap : 0.15 * (cell / kPerSource);
      for (std::int64_t d = 0; d < dimensions; ++d)
        values.push_back(static_cast<float>(d == 0 ? radius * std::cos(angle) + shift : d == 1 ? radius * std::sin(angle) + 0.8 * (cell % 3) : 0.1 * d));
    }
    return make_array<float>(name, values, {kCells, dimensions}, {"cell", dimensions == 2 ? "xy" : "latent"}, "points", caption);
  }

  static NamedArray matrix(const std::string& name, double scale) {
    std::vector<double> values(kSources * kSources, 0.0);
    for (int a = 0; a < kSources; ++a)
      for (int b = 0; b < kSources; ++b)
        if (a != b) values[static_cast<std::size_t>(a * kSources + b)] = scale * (a == 3 || b == 3 ? 1.0 : 0.15 + 0.05 * ((a + b) % 5));
    return make_array<double>(name, values, {kSources, kSources}, {"source", "source"}, "values", "held-out cells, 72 in all");
  }

  std::unique_ptr<store::RunWriter> writer_;
};

}  // namespace geocyte::test
