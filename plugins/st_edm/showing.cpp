// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/showing.h"

#include <limits>
#include <utility>
#include <vector>

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include "engine/analysis/snapshot_rows.h"
#include "plugins/st_edm/frames.h"

namespace geocyte::plugins::st_edm {
namespace {

NamedArray places_array(const char* name, const at::Tensor& places, std::string caption) {
  const at::Tensor host = places.to(at::kCPU, at::kFloat).contiguous();
  return make_array<float>(name, {host.const_data_ptr<float>(), static_cast<std::size_t>(host.numel())}, {host.size(0), host.size(1)}, {"cell", "xy"},
                           "points", std::move(caption));
}

NamedArray values_array(const char* name, const at::Tensor& values, std::string caption) {
  const at::Tensor host = values.to(at::kFloat).contiguous();
  return make_array<float>(name, {host.const_data_ptr<float>(), static_cast<std::size_t>(host.numel())}, {host.size(0)}, {"cell"}, "values", std::move(caption));
}

}  // namespace

void show_places(store::Snapshot& snapshot, const Tissue& tissue, const Layouts& layouts, std::int64_t max_rows, std::uint64_t seed) {
  SourceFacts everything;
  everything.size = tissue.count();
  std::vector<at::Tensor> places;
  for (const SourceFacts& source : tissue.sources) places.push_back(layouts.places(source));
  at::Tensor shown = shown_places(tissue, places, layouts.joint(everything));
  at::Tensor target = tissue.places.to(at::kCPU, at::kFloat).clone();
  for (const SourceFacts& source : tissue.sources)
    if (!source.has_places()) target.narrow(0, source.first, source.size).fill_(std::numeric_limits<float>::quiet_NaN());

  const bool sure = layouts.samples || layouts.uncertainty;
  at::Tensor uncertainty = at::zeros({tissue.count()}, at::kFloat), samples, off;
  std::vector<at::Tensor> drawn;
  for (const SourceFacts& source : tissue.sources) {
    const at::Tensor own = shown.narrow(0, source.first, source.size);
    if (layouts.samples) drawn.push_back(layouts.samples(source, own));
    if (sure) uncertainty.narrow(0, source.first, source.size).copy_(layouts.uncertainty ? layouts.uncertainty(source) : layouts.calibration.uncertainty(spread_about(drawn.back(), own)));
  }
  if (layouts.samples) samples = at::cat(drawn, 1);
  if (layouts.samples) {
    ErrorsAndSpreads held_out;
    for (const std::size_t s : tissue.sources_with(Role::held_out)) {
      const SourceFacts& source = tissue.sources[s];
      held_out.add(shown.narrow(0, source.first, source.size), target.narrow(0, source.first, source.size), spread_about(drawn[s], shown.narrow(0, source.first, source.size)));
    }
    show_coverage(snapshot, coverage_curve(layouts.calibration, held_out, tissue.split));
  }
  if (sure) off = off_tissue_scores(tissue.profile, tissue.components, layouts.threads);

  std::vector<std::int64_t> rows;
  if (tissue.count() > max_rows) {
    rows = analysis::stratified(tissue.source_of_cell, max_rows, seed);
    const at::Tensor at_rows = at::tensor(rows, at::kLong);
    for (at::Tensor* values : {&shown, &target, &uncertainty, &off})
      if (values->defined()) *values = values->index_select(0, at_rows);
    if (samples.defined()) samples = samples.index_select(1, at_rows);
  }
  snapshot.arrays.push_back(places_array("coordinates/predicted", shown, layouts.how + ", each source laid onto its true places where they are known"));
  snapshot.arrays.push_back(places_array("coordinates/target", target, "true places, unit radius"));
  if (sure) {
    snapshot.arrays.push_back(values_array("coordinates/uncertainty", uncertainty, layouts.uncertainty_caption));
    snapshot.arrays.push_back(values_array("coordinates/off_tissue", off, "distance to the 10th nearest training cell over the 95 % quantile of training cells"));
  }
  if (samples.defined()) {
    samples = samples.contiguous();
    snapshot.arrays.push_back(make_array<float>("coordinates/samples", {samples.const_data_ptr<float>(), static_cast<std::size_t>(samples.numel())},
                                                {samples.size(0), samples.size(1), samples.size(2)}, {"sample", "cell", "xy"}, "samples", layouts.samples_caption));
  }
  if (rows.empty()) return;
  for (std::size_t i = snapshot.arrays.size(); i > 0; --i)
    if (snapshot.arrays[i - 1].name.starts_with("coordinates/"))
      snapshot.arrays.push_back(make_array<std::int64_t>(snapshot.arrays[i - 1].name + "/row_index", rows, {static_cast<std::int64_t>(rows.size())}, {"cell"}, "row_index"));
}

void show_skill(store::Snapshot& snapshot, const SkillPanel& panel) {
  if (panel.levels.empty()) return;
  for (NamedArray& array : skill_arrays(panel)) snapshot.arrays.push_back(std::move(array));
  snapshot.verdicts.push_back(skill_verdict(panel));
}

void add_skill_rows(train::Evaluation& evaluation, const SkillPanel& panel, std::optional<double> coverage) {
  if (panel.levels.empty()) return;
  const auto add = [&](const char* what, const SkillLevel& level, double value, std::optional<double> low, std::optional<double> high, std::optional<double> chance) {
    evaluation.rows.push_back({fmt::format("skill/{} at {:.1f} sigma_data", what, level.sigma), "model", value, low, high, chance, panel.cells, panel.split});
  };
  for (const SkillLevel& level : panel.levels) {
    add("ratio", level, level.ratio, level.low, level.high, 1.0);
    if (panel.live < panel.axes) add("ratio_all_axes", level, level.all, level.all_low, level.all_high, 1.0);
    add("f_ratio", level, level.f_ratio, {}, {}, 0.0);
    add("scale", level, level.scale, {}, {}, {});
    add("scale_ceiling", level, level.ceiling, {}, {}, {});
    add("gain_row_spearman", level, level.generator - level.refined, level.gain_low, level.gain_high, 0.0);
  }
  if (coverage) evaluation.rows.push_back({"skill/coverage_90", "refined", *coverage, {}, {}, {}, panel.cells, panel.split});
  evaluation.verdicts.push_back(skill_verdict(panel));
}

}  // namespace geocyte::plugins::st_edm
