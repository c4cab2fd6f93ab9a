// SPDX-License-Identifier: GPL-3.0-or-later
// The opened inputs of a run, by slot. Streams are opened by the application: the torch tier never needs HDF5.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/matrix.h"

namespace geocyte::train {

/// What a run of another system makes of the cells of every source.
struct Encoded {
  std::string parameter;                   ///< the one that named the run: "input.encoder"
  std::string key;                         ///< what the same is called in a file that `apply` wrote: obsm "X_gems"
  std::string run, weights_sha256, recipe_hash;   ///< the run's id; which weights, panel and recipe
  std::int64_t step = 0;
  std::vector<data::DenseMatrix> sources;  ///< in the order of Inputs::sources: cells x latent, rows as the source has them
};

struct Inputs {
  std::vector<data::Source> sources;
  std::string data_note;                   ///< "simulated: six_sources, seed 7" or the folder; shown in figures
  bool simulated = false;
  std::vector<Encoded> encoded;
};

}  // namespace geocyte::train
