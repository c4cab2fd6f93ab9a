// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/tissue.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/core/text.h"
#include "plugins/st_edm/panel_input.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kFewestToLearnFrom = 20;   // of a slide that distances are learned from

/// Row of the data set that is cell `i` of the source.
std::int64_t dataset_row(const data::Source& source, std::int64_t i) {
  return source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)];
}

const data::DenseMatrix* places_of(const data::Source& source) {
  const auto found = source.spatial_key.empty() ? source.dataset->obsm.end() : source.dataset->obsm.find(source.spatial_key);
  return found == source.dataset->obsm.end() || found->second.cols < 2 ? nullptr : &found->second;
}

std::int32_t code_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::int32_t>(found - names.begin());
  names.push_back(name);
  return static_cast<std::int32_t>(names.size() - 1);
}

void add_types(const data::Source& source, store::AxisLabels& types) {
  const data::Column* column = source.label_column.empty() ? nullptr : source.dataset->obs.find(source.label_column);
  for (std::int64_t i = 0; i < source.size(); ++i) {
    const std::string text = column ? column->text_at(static_cast<std::size_t>(dataset_row(source, i))) : std::string();
    types.codes.push_back(text.empty() ? -1 : code_of(types.categories, text));
  }
}

/// Which slides are trained on. Without held_out.sources the last slide is held out, when there are two.
void assign_roles(const train::Inputs& inputs, const StEdmOptions& options, Tissue& tissue, train::TrainContext& ctx) {
  std::vector<std::string> names, slides;
  for (const data::Source& source : inputs.sources) {
    names.push_back(source.name);
    if (source.modality == "st" && places_of(source)) slides.push_back(source.name);
  }
  for (const std::string& name : options.held_out_sources)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw Error(ErrorCode::bad_config, "held_out.sources names " + quoted(name) + ", but no source is called so", "The sources are " + listed(names) + ".");
  std::vector<std::string> held = options.held_out_sources;
  if (held.empty() && slides.size() > 1) {
    held.push_back(slides.back());
    ctx.note("the slide " + slides.back() + " is held out and judged on; name others in held_out.sources");
  }
  for (std::size_t s = 0; s < tissue.sources.size(); ++s) {
    SourceFacts& facts = tissue.sources[s];
    if (!places_of(inputs.sources[s])) continue;
    const bool named = std::find(held.begin(), held.end(), facts.name) != held.end();
    facts.role = facts.modality == "st" && !named ? Role::train : Role::held_out;
  }
  std::vector<std::string> judged;
  for (const std::size_t s : tissue.sources_with(Role::held_out)) judged.push_back(tissue.sources[s].name);
  tissue.split = judged.empty() ? "nothing held out" : "held out: " + listed(judged, 6);
  if (tissue.sources_with(Role::train).empty())
    throw Error(ErrorCode::bad_data, "no slide with coordinates is left to learn distances from",
                "name a slide in `sources` with modality st and the obsm key of its coordinates, and leave it out of held_out.sources");
}

/// Centres places, divides them by their radius and notes which cells train.
void add_places(const train::Inputs& inputs, const StEdmOptions& options, Tissue& tissue, train::TrainContext& ctx) {
  tissue.dims = 3;
  for (std::size_t s = 0; s < tissue.sources.size(); ++s)
    if (tissue.sources[s].role == Role::train) tissue.dims = std::min<std::int64_t>(tissue.dims, places_of(inputs.sources[s])->cols);
  const auto dims = static_cast<std::size_t>(tissue.dims);
  tissue.as_in_file.assign(static_cast<std::size_t>(tissue.count()) * dims, std::numeric_limits<float>::quiet_NaN());
  at::Tensor unit = at::zeros({tissue.count(), tissue.dims}, at::kFloat);
  float* to = unit.mutable_data_ptr<float>();
  for (std::size_t s = 0; s < tissue.sources.size(); ++s) {
    SourceFacts& facts = tissue.sources[s];
    if (!facts.has_places()) continue;
    const data::DenseMatrix& from = *places_of(inputs.sources[s]);
    if (from.cols < tissue.dims)
      throw Error(ErrorCode::bad_data, "the places of '" + facts.name + "' have " + std::to_string(from.cols) + " dimensions, those of the training slides " +
                                           std::to_string(tissue.dims));
    std::vector<double> mean(dims, 0.0);
    for (std::int64_t i = 0; i < facts.size; ++i)
      for (std::size_t k = 0; k < dims; ++k) {
        const float value = from.row(dataset_row(inputs.sources[s], i))[k];
        if (!std::isfinite(value))
          throw Error(ErrorCode::bad_data, "a cell of '" + facts.name + "' has no finite coordinates", "leave such cells out of the file");
        tissue.as_in_file[static_cast<std::size_t>(facts.first + i) * dims + k] = value;
        mean[k] += value / static_cast<double>(facts.size);
      }
    double squares = 0;
    for (std::int64_t i = facts.first; i < facts.first + facts.size; ++i)
      for (std::size_t k = 0; k < dims; ++k) squares += std::pow(tissue.as_in_file[static_cast<std::size_t>(i) * dims + k] - mean[k], 2);
    facts.unit = std::sqrt(squares / static_cast<double>(facts.size));
    if (!(facts.unit > 0) || (facts.role == Role::train && facts.size < kFewestToLearnFrom))
      throw Error(ErrorCode::bad_data, "the slide '" + facts.name + "' has fewer than " + std::to_string(kFewestToLearnFrom) + " places or all in one point",
                  "give a slide with more cells, or leave it out");
    for (std::int64_t i = facts.first; i < facts.first + facts.size; ++i)
      for (std::size_t k = 0; k < dims; ++k) {
        const std::size_t at = static_cast<std::size_t>(i) * dims + k;
        to[at] = static_cast<float>((tissue.as_in_file[at] - mean[k]) / facts.unit);
      }
  }
  tissue.places = unit.to(ctx.device(), ctx.dtype());

  tissue.train_rows.assign(tissue.sources.size(), {});
  tissue.validation_rows.assign(tissue.sources.size(), {});
  Rng& rng = ctx.rng().stream("split");
  for (const std::size_t s : tissue.sources_with(Role::train)) {
    std::vector<std::int64_t> rows = tissue.sources[s].rows();
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) std::swap(rows[i], rows[i + rng.below(rows.size() - i)]);
    const auto held = static_cast<std::ptrdiff_t>(std::llround(options.held_out_fraction * static_cast<double>(rows.size())));
    tissue.validation_rows[s].assign(rows.begin(), rows.begin() + held);
    tissue.train_rows[s].assign(rows.begin() + held, rows.end());
    std::sort(tissue.validation_rows[s].begin(), tissue.validation_rows[s].end());
    std::sort(tissue.train_rows[s].begin(), tissue.train_rows[s].end());
  }
}

store::AxisLabels labels(std::string name, std::vector<std::string> categories) {
  store::AxisLabels made;
  made.name = std::move(name);
  made.categories = std::move(categories);
  return made;
}

}  // namespace

std::vector<std::int64_t> SourceFacts::rows() const {
  std::vector<std::int64_t> all(static_cast<std::size_t>(size));
  std::iota(all.begin(), all.end(), first);
  return all;
}

std::vector<std::int64_t> some_rows(const SourceFacts& source, std::int64_t most, std::uint64_t seed) {
  std::vector<std::int64_t> rows = source.rows();
  if (source.size <= most) return rows;
  Rng rng(hash64(source.name, seed));
  for (std::size_t i = 0; i < static_cast<std::size_t>(most); ++i) std::swap(rows[i], rows[i + static_cast<std::size_t>(rng.below(rows.size() - i))]);
  rows.resize(static_cast<std::size_t>(most));
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::size_t> Tissue::sources_with(Role role) const {
  std::vector<std::size_t> found;
  for (std::size_t s = 0; s < sources.size(); ++s)
    if (sources[s].role == role) found.push_back(s);
  return found;
}

Tissue prepare_tissue(const train::Inputs& inputs, const StEdmOptions& options, train::TrainContext& ctx) {
  Tissue tissue;
  tissue.types.name = "cell_type";
  for (const data::Source& source : inputs.sources) {
    SourceFacts facts{source.name, source.patient, source.modality, source.label_column};
    facts.first = tissue.count();
    facts.size = source.size();
    tissue.source_of_cell.insert(tissue.source_of_cell.end(), static_cast<std::size_t>(facts.size), static_cast<std::int32_t>(tissue.sources.size()));
    add_types(source, tissue.types);
    tissue.sources.push_back(std::move(facts));
  }
  assign_roles(inputs, options, tissue, ctx);
  add_places(inputs, options, tissue, ctx);
  add_input(inputs, options, tissue, ctx);
  return tissue;
}

void save_input(const Tissue& tissue, train::CheckpointWriter& writer) {
  writer.value("recipe", tissue.map.encoder.empty() ? tissue.recipe.hash() : tissue.recipe.hash() + "+" + tissue.map.encoder);
}

void check_input(const Tissue& tissue, const train::CheckpointReader& reader) {
  const Json& saved = reader.value("recipe");
  const std::string text = saved.is_string() ? saved.get<std::string>() : std::string();
  const auto plus = text.find('+');
  if (text.substr(0, plus) != tissue.recipe.hash())
    throw Error(ErrorCode::bad_data, "the checkpoint was trained on another gene panel or other training cells",
                "resume with the data and the options that the run was started with");
  if (plus != std::string::npos && text.substr(plus + 1) != tissue.map.encoder)   // old checkpoints do not say
    throw Error(ErrorCode::bad_data, "the checkpoint was trained with another encoder than the one that embeds the cells now", "put the run of the encoder back as it was, or train anew");
}

std::vector<store::Axis> make_axes(const Tissue& tissue, const train::Inputs& inputs) {
  store::Axis cell, gene, source;
  cell.name = "cell";
  gene.name = "gene";
  source.name = "source";
  gene.ids = tissue.recipe.panel();
  store::AxisLabels own = labels("source", {}), patient = labels("patient", {}), modality = labels("modality", {"st", "sc"}),
                    role = labels("role", {"train", "held_out", "to_place"});
  store::AxisLabels patient_of = patient, modality_of = modality, role_of = role;
  for (std::size_t s = 0; s < tissue.sources.size(); ++s) {
    const SourceFacts& facts = tissue.sources[s];
    const std::int32_t patient_code = facts.patient.empty() ? -1 : code_of(patient.categories, facts.patient);
    const std::int32_t modality_code = facts.modality == "sc" ? 1 : 0;
    own.categories.push_back(facts.name);
    source.ids.push_back(facts.name);
    patient_of.codes.push_back(patient_code);
    modality_of.codes.push_back(modality_code);
    role_of.codes.push_back(static_cast<std::int32_t>(facts.role));
    for (std::int64_t i = 0; i < facts.size; ++i) {
      cell.ids.push_back(facts.name + "/" + inputs.sources[s].dataset->obs.index.at(static_cast<std::size_t>(dataset_row(inputs.sources[s], i))));
      patient.codes.push_back(patient_code);
      modality.codes.push_back(modality_code);
      role.codes.push_back(static_cast<std::int32_t>(facts.role));
    }
  }
  own.codes = tissue.source_of_cell;
  patient_of.categories = patient.categories;
  cell.labels = {std::move(own), std::move(patient), std::move(modality)};
  if (!tissue.types.categories.empty()) cell.labels.push_back(tissue.types);
  cell.labels.push_back(std::move(role));
  cell.arrays = {make_array<float>("coordinates", tissue.as_in_file, {tissue.count(), tissue.dims}, {"cell", "xy"}, "coordinates", "place as in the file")};
  source.labels = {std::move(patient_of), std::move(modality_of), std::move(role_of)};
  return {std::move(cell), std::move(gene), std::move(source)};
}

}  // namespace geocyte::plugins::st_edm
