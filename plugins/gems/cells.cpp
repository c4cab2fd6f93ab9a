// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/cells.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/core/text.h"
#include "engine/data/predicted_places.h"

namespace geocyte::plugins::gems {
namespace {

std::int64_t modality_named(const data::Source& source) {
  if (source.modality == "st") return kSpots;
  if (source.modality == "sc") return kSingleCells;
  throw Error(ErrorCode::bad_data, "source '" + source.name + "' has the modality '" + source.modality + "'",
              "set its modality to st (spots) or sc (single cells)");
}

/// Index of `name` in `names`, appended when it is new.
std::int32_t code_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::int32_t>(found - names.begin());
  names.push_back(name);
  return static_cast<std::int32_t>(names.size() - 1);
}

/// Row of the data set that is cell `i` of the source.
std::int64_t dataset_row(const data::Source& source, std::int64_t i) {
  return source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)];
}

void add_types(const data::Source& source, store::AxisLabels& types) {
  const data::Column* column = source.label_column.empty() ? nullptr : source.dataset->obs.find(source.label_column);
  for (std::int64_t i = 0; i < source.size(); ++i) {
    const std::string text = column ? column->text_at(static_cast<std::size_t>(dataset_row(source, i))) : std::string();
    types.codes.push_back(text.empty() ? -1 : code_of(types.categories, text));
  }
}

/// (N, G) on the host, source by source, so that only one source is dense twice at a time.
at::Tensor stack_expression(const train::Inputs& inputs, const Cells& cells, std::vector<preprocess::SourceStatistics>& statistics) {
  at::Tensor all = at::empty({cells.count(), cells.genes()}, at::kFloat);
  float* to = all.mutable_data_ptr<float>();
  for (const data::Source& source : inputs.sources) {
    const data::DenseMatrix values = cells.recipe.log_normalised(source);
    if (cells.recipe.by_source() != preprocess::BySource::none) statistics.push_back(cells.recipe.statistics(source.name, values));
    std::memcpy(to, values.values.data(), values.values.size() * sizeof(float));
    to += values.values.size();
  }
  return all;
}

at::Tensor means_of_sources(const at::Tensor& expression, const std::vector<std::vector<std::int64_t>>& rows) {
  at::Tensor means = at::empty({static_cast<std::int64_t>(rows.size()), expression.size(1)}, expression.options());
  for (std::size_t s = 0; s < rows.size(); ++s)
    means.select(0, static_cast<std::int64_t>(s)).copy_(expression.index_select(0, at::tensor(rows[s], at::kLong)).mean(0));   // (G)
  return means;
}

/// Indices of the sources that are held out whole.
std::vector<int> whole_sources(const Cells& cells, const GemsOptions& options) {
  std::vector<std::string> names;
  for (const SourceFacts& source : cells.sources) names.push_back(source.name);
  std::vector<int> whole;
  for (const std::string& name : options.held_out_sources) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
      throw Error(ErrorCode::bad_config, "held_out.sources names " + quoted(name) + ", but no source is called so",
                  "The sources are " + listed(names) + ".");
    whole.push_back(static_cast<int>(found - names.begin()));
  }
  if (names.size() - std::set(whole.begin(), whole.end()).size() < 2)
    throw Error(ErrorCode::bad_config, "held_out.sources leaves fewer than two sources to train on", "hold fewer sources out");
  return whole;
}

/// (N, 2), NaN where a cell has no place; nothing when no cell has one.
std::vector<NamedArray> coordinates_of(const Cells& cells, const train::Inputs& inputs) {
  std::vector<float> xy(static_cast<std::size_t>(cells.count()) * 2, std::numeric_limits<float>::quiet_NaN());
  bool any = false;
  for (std::size_t s = 0; s < cells.sources.size(); ++s) {
    const data::Source& source = inputs.sources[s];
    const auto found = source.spatial_key.empty() ? source.dataset->obsm.end() : source.dataset->obsm.find(source.spatial_key);
    if (found == source.dataset->obsm.end() || found->second.cols < 2) continue;
    any = true;
    for (std::int64_t i = 0; i < source.size(); ++i) {
      const auto place = found->second.row(dataset_row(source, i));
      const auto at = static_cast<std::size_t>(cells.sources[s].first + i) * 2;
      xy[at] = place[0];
      xy[at + 1] = place[1];
    }
  }
  if (!any) return {};
  return {make_array<float>("coordinates", xy, {cells.count(), 2}, {"cell", "xy"}, "coordinates", "place on the slide as in the file")};
}

/// Places of cells on their slides, and whose may be used in training.
void add_places(const train::Inputs& inputs, const GemsOptions& options, Cells& cells, train::TrainContext& ctx) {
  cells.slide_of_cell.assign(static_cast<std::size_t>(cells.count()), -1);
  for (const std::string& name : options.held_out_coordinates)
    if (std::none_of(cells.sources.begin(), cells.sources.end(), [&](const SourceFacts& source) { return source.name == name; }))
      throw Error(ErrorCode::bad_config, "held_out.coordinates names " + quoted(name) + ", but no source is called so", "name sources of this run");
  const std::vector<NamedArray> found = coordinates_of(cells, inputs);
  if (found.empty()) return;
  const auto values = found.front().as<float>();
  cells.places.assign(values.begin(), values.end());
  cells.xy = at::empty({cells.count(), 2}, at::kFloat);
  for (std::int64_t i = 0; i < cells.count() * 2; ++i) {
    const float value = values[static_cast<std::size_t>(i)];
    cells.xy.mutable_data_ptr<float>()[i] = std::isfinite(value) ? value : 0;
  }
  cells.xy = cells.xy.to(ctx.device(), ctx.dtype());
  for (std::int64_t i = 0; i < cells.count(); ++i) {
    const auto source = static_cast<std::size_t>(cells.source_of_cell[static_cast<std::size_t>(i)]);
    const auto& hidden = options.held_out_coordinates;
    if (std::isfinite(values[static_cast<std::size_t>(2 * i)]) && std::find(hidden.begin(), hidden.end(), cells.sources[source].name) == hidden.end())
      cells.slide_of_cell[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(source);
  }
}

/// Places that a spatial run predicted, of cells whose own place training may not see.
void add_predicted_places(const train::Inputs& inputs, Cells& cells, train::TrainContext& ctx) {
  at::Tensor xy = at::zeros({cells.count(), 2}, at::kFloat);
  std::vector<float> uncertainty(static_cast<std::size_t>(cells.count()), std::numeric_limits<float>::infinity());
  bool any = false;
  for (std::size_t s = 0; s < cells.sources.size(); ++s) {
    const data::DenseMatrix* predicted = data::predicted_places_of(*inputs.sources[s].dataset);
    if (predicted == nullptr) continue;
    for (std::int64_t i = 0; i < inputs.sources[s].size(); ++i) {
      const auto place = predicted->row(dataset_row(inputs.sources[s], i));
      const auto cell = static_cast<std::size_t>(cells.sources[s].first + i);
      if (!std::isfinite(place[0]) || !std::isfinite(place[1]) || cells.slide_of_cell[cell] >= 0) continue;
      std::copy_n(place.data(), 2, xy.mutable_data_ptr<float>() + 2 * cell);
      uncertainty[cell] = std::isfinite(place[2]) ? place[2] : 0;
      any = true;
    }
  }
  if (!any) return;
  cells.predicted_xy = xy.to(ctx.device(), ctx.dtype());
  cells.predicted_uncertainty = std::move(uncertainty);
}

store::AxisLabels labels(std::string name, std::vector<std::string> categories) {
  store::AxisLabels made;
  made.name = std::move(name);
  made.categories = std::move(categories);
  return made;
}

/// What a view colours cells with; left out where it would be more than a run directory should carry.
void add_expression(const Cells& cells, store::Axis& axis) {
  constexpr std::int64_t kMostBytes = 100'000'000;
  if (cells.count() * cells.genes() * std::int64_t{sizeof(float)} > kMostBytes) return;
  const at::Tensor values = cells.expression.to(at::kCPU, at::kFloat).contiguous();
  axis.arrays.push_back(make_array<float>("expression", std::span(values.const_data_ptr<float>(), static_cast<std::size_t>(values.numel())),
                                          {cells.count(), cells.genes()}, {"cell", "gene"}, "values", "log-normalised expression"));
}

store::Axis cell_axis(const Cells& cells, const train::Inputs& inputs) {
  store::Axis axis;
  axis.name = "cell";
  axis.ids.reserve(static_cast<std::size_t>(cells.count()));
  store::AxisLabels source = labels("source", {}), patient = labels("patient", cells.patients), modality = labels("modality", {"st", "sc"}),
                    split = labels("split", {"train", "held_out"});
  split.codes.assign(static_cast<std::size_t>(cells.count()), 0);
  for (const std::int64_t row : cells.split.held_out) split.codes[static_cast<std::size_t>(row)] = 1;
  for (std::size_t s = 0; s < cells.sources.size(); ++s) {
    const SourceFacts& facts = cells.sources[s];
    source.categories.push_back(facts.name);
    for (std::int64_t i = 0; i < facts.size; ++i) {
      const auto row = static_cast<std::size_t>(dataset_row(inputs.sources[s], i));
      axis.ids.push_back(facts.name + "/" + inputs.sources[s].dataset->obs.index.at(row));
      patient.codes.push_back(static_cast<std::int32_t>(facts.patient));
      modality.codes.push_back(static_cast<std::int32_t>(facts.modality));
    }
  }
  source.codes = cells.source_of_cell;
  axis.labels = {std::move(source), std::move(patient), std::move(modality)};
  if (!cells.types.categories.empty()) axis.labels.push_back(cells.types);
  axis.labels.push_back(std::move(split));
  axis.arrays = coordinates_of(cells, inputs);
  add_expression(cells, axis);
  return axis;
}

/// Of each source: median counts of a cell, and the share of zeros among its cells and the genes of the panel.
std::vector<NamedArray> facts_of_sources(const Cells& cells) {
  std::vector<float> depth, zeros;
  for (const SourceFacts& facts : cells.sources) {
    depth.push_back(cells.library.narrow(0, facts.first, facts.size).median().item<float>());
    const at::Tensor some = cells.expression.narrow(0, facts.first, facts.size).count_nonzero();
    zeros.push_back(static_cast<float>(1 - some.item<double>() / static_cast<double>(facts.size * cells.genes())));
  }
  const auto count = static_cast<std::int64_t>(cells.sources.size());
  return {make_array<float>("depth", depth, {count}, {"source"}, "values", "median counts of a cell, of the depth that training sees"),
          make_array<float>("zero_fraction", zeros, {count}, {"source"}, "values", "share of zeros among cells and genes of the panel")};
}

}  // namespace

at::Tensor Cells::labels_in_training(const std::vector<std::int64_t>& of_source) const {
  std::vector<std::int64_t> labels(static_cast<std::size_t>(count()), -1);
  for (const std::int64_t row : split.train)
    labels[static_cast<std::size_t>(row)] = of_source[static_cast<std::size_t>(source_of_cell[static_cast<std::size_t>(row)])];
  return at::tensor(labels, at::kLong).to(expression.device());
}

std::vector<std::int64_t> Cells::modality_of_source() const {
  std::vector<std::int64_t> all;
  for (const SourceFacts& source : sources) all.push_back(source.modality);
  return all;
}

std::vector<std::int64_t> Cells::patient_of_source() const {
  std::vector<std::int64_t> all;
  for (const SourceFacts& source : sources) all.push_back(source.patient);
  return all;
}

std::vector<std::vector<std::int64_t>> Cells::by_source(std::span<const std::int64_t> rows) const {
  std::vector<std::vector<std::int64_t>> all(sources.size());
  for (const std::int64_t row : rows) all[static_cast<std::size_t>(source_of_cell[static_cast<std::size_t>(row)])].push_back(row);
  return all;
}

Cells prepare_cells(const train::Inputs& inputs, const GemsOptions& options, train::TrainContext& ctx) {
  if (inputs.sources.size() < 2)
    throw Error(ErrorCode::bad_data, "gems brings sources together and needs at least two of them",
                "add a source to the list `sources`, or split one by an obs column with `by`");
  Cells cells;
  cells.types.name = "cell_type";
  for (const data::Source& source : inputs.sources) {
    SourceFacts facts{source.name, source.patient, source.label_column, modality_named(source), -1, cells.count(), source.size()};
    if (!source.patient.empty()) facts.patient = code_of(cells.patients, source.patient);
    cells.source_of_cell.insert(cells.source_of_cell.end(), static_cast<std::size_t>(facts.size),
                                static_cast<std::int32_t>(cells.sources.size()));
    add_types(source, cells.types);
    cells.sources.push_back(std::move(facts));
  }
  RngStreams of_split(options.held_out_seed < 0 ? ctx.rng().seed() : static_cast<std::uint64_t>(options.held_out_seed));
  Rng& split_rng = options.held_out_seed < 0 ? ctx.rng().stream("split") : of_split.stream("split");
  cells.split = data::split_by_source(cells.source_of_cell, static_cast<int>(cells.sources.size()), options.held_out_fraction,
                                      split_rng, whole_sources(cells, options));
  if (!options.held_out_sources.empty()) cells.split.method += ", all of " + listed(options.held_out_sources);
  preprocess::RecipeOptions recipe;
  recipe.target_sum = options.target_sum;
  recipe.genes = options.genes;
  recipe.variability = preprocess::variability_named(options.panel);
  recipe.by_source = preprocess::by_source_named(options.by_source);
  recipe.thin = options.depth == "thin";
  recipe.seed = ctx.rng().seed();
  recipe.unseen = options.held_out_sources;
  recipe.stop = ctx.stop();
  cells.recipe = preprocess::Recipe::fit(inputs.sources, cells.split.train, recipe);
  std::vector<preprocess::SourceStatistics> statistics;
  at::Tensor expression = stack_expression(inputs, cells, statistics);
  if (!statistics.empty()) cells.scaling = InputScaling::of(statistics, cells.recipe.by_source(), ctx.device(), ctx.dtype());
  // A source that is held out whole is centred by itself, as one that comes later would be.
  auto rows = cells.by_source(cells.split.train), held_out = cells.by_source(cells.split.held_out);
  for (std::size_t s = 0; s < rows.size(); ++s)
    if (rows[s].empty()) rows[s] = std::move(held_out[s]);
  cells.source_mean = means_of_sources(expression, rows).to(ctx.device(), ctx.dtype());
  add_places(inputs, options, cells, ctx);
  add_predicted_places(inputs, cells, ctx);
  std::vector<double> library;
  for (const data::Source& source : inputs.sources) {
    const auto sizes = cells.recipe.library_sizes(source);
    library.insert(library.end(), sizes.begin(), sizes.end());
  }
  cells.library = at::tensor(library, at::kDouble).to(ctx.device(), ctx.dtype());
  cells.source_number = at::tensor(std::vector<std::int64_t>(cells.source_of_cell.begin(), cells.source_of_cell.end()), at::kLong).to(ctx.device());
  cells.expression = expression.to(ctx.device(), ctx.dtype());
  return cells;
}

std::vector<store::Axis> make_axes(const Cells& cells, const train::Inputs& inputs) {
  store::Axis gene, source;
  gene.name = "gene";
  gene.ids = cells.recipe.panel();
  source.name = "source";
  store::AxisLabels patient = labels("patient", cells.patients), modality = labels("modality", {"st", "sc"});
  for (const SourceFacts& facts : cells.sources) {
    source.ids.push_back(facts.name);
    patient.codes.push_back(static_cast<std::int32_t>(facts.patient));
    modality.codes.push_back(static_cast<std::int32_t>(facts.modality));
  }
  source.labels = {std::move(patient), std::move(modality)};
  source.arrays = facts_of_sources(cells);
  return {cell_axis(cells, inputs), std::move(gene), std::move(source)};
}

}  // namespace geocyte::plugins::gems
