// SPDX-License-Identifier: GPL-3.0-or-later
// Two slides and two cell suspensions of two patients, small enough to train on in a moment: three cell types with markers of
// their own, a factor of each gene for the platform, Poisson counts; dissociated cells have predicted places. Deterministic.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/rng.h"
#include "engine/data/dataset.h"
#include "engine/train/inputs.h"

namespace geocyte {

struct SmallTissue {
  int genes = 48, types = 3, cells = 60;
  double platform_log_sd = 0.6;
  std::uint64_t seed = 3;
};

inline data::Source small_source(const SmallTissue& tissue, const std::string& name, const std::string& patient,
                                 const std::string& modality, int cells) {
  Rng shared(hash64("genes", tissue.seed)), own(hash64(name, tissue.seed));
  std::vector<double> base, platform;
  for (int g = 0; g < tissue.genes; ++g) {
    base.push_back(0.5 + 2 * shared.uniform());
    const double factor = std::exp(tissue.platform_log_sd * shared.normal());
    platform.push_back(modality == "sc" ? factor : 1.0);
  }
  auto dataset = std::make_shared<data::Dataset>();
  dataset->name = name;
  dataset->simulated = true;
  data::DenseMatrix x;
  x.rows = cells;
  x.cols = tissue.genes;
  data::Column type;
  type.name = "cell_type";
  type.kind = data::ColumnKind::categorical;
  data::DenseMatrix place;
  place.rows = cells;
  place.cols = 2;
  for (int t = 0; t < tissue.types; ++t) type.categories.push_back("type" + std::to_string(t));
  for (int i = 0; i < cells; ++i) {
    const int t = static_cast<int>(own.below(static_cast<std::uint64_t>(tissue.types)));
    type.codes.push_back(t);
    for (int g = 0; g < tissue.genes; ++g)
      x.values.push_back(static_cast<float>(own.poisson(base[g] * platform[g] * (g % tissue.types == t ? 4 : 1))));
    dataset->obs.index.push_back("cell" + std::to_string(i));
    place.values.push_back(static_cast<float>(own.uniform()));
    place.values.push_back(static_cast<float>(own.uniform()));
  }
  for (int g = 0; g < tissue.genes; ++g) dataset->var.index.push_back("gene" + std::to_string(g));
  dataset->obs.columns.push_back(std::move(type));
  dataset->x = std::move(x);
  data::Source source;
  source.name = name;
  source.patient = patient;
  source.modality = modality;
  source.label_column = "cell_type";
  if (modality == "st") {
    dataset->obsm["spatial"] = std::move(place);
    source.spatial_key = "spatial";
  } else {
    data::DenseMatrix predicted{cells, 3, {}};   // what a spatial run would have said: a place and how uncertain it is
    for (std::int64_t i = 0; i < cells; ++i) predicted.values.insert(predicted.values.end(), {place.row(i)[0], place.row(i)[1], static_cast<float>(i % 10)});
    dataset->obsm["predicted_places"] = std::move(predicted);
  }
  source.dataset = std::move(dataset);
  return source;
}

inline train::Inputs small_inputs(const SmallTissue& tissue = {}) {
  train::Inputs inputs;
  inputs.simulated = true;
  inputs.data_note = "simulated: four small sources";
  inputs.sources = {small_source(tissue, "A_ST1", "A", "st", tissue.cells), small_source(tissue, "A_ST2", "A", "st", tissue.cells * 3 / 4),
                    small_source(tissue, "A_SC", "A", "sc", tissue.cells * 5 / 4), small_source(tissue, "B_SC", "B", "sc", tissue.cells / 2)};
  return inputs;
}

}  // namespace geocyte
