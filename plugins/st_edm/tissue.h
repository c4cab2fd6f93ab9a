// SPDX-License-Identifier: GPL-3.0-or-later
// All cells of a run on one axis, in the order of the sources: what the networks see of them and where they lie.
//
//   train      slides whose places are learned from
//   held out   sources with known places that training never looks at: slides named in held_out.sources, and dissociated cells with
//              known places (a simulation has them)
//   to place   sources without coordinates
//
// Places of a source are about its mean, in units of its root mean squared radius: frames and scales of slides cannot be compared.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/preprocess/recipe.h"
#include "engine/store/contract/axis.h"
#include "engine/train/inputs.h"
#include "engine/train/state_io.h"
#include "engine/train/train_context.h"
#include "plugins/st_edm/input_map.h"
#include "plugins/st_edm/off_tissue.h"
#include "plugins/st_edm/options.h"

namespace geocyte::plugins::st_edm {

enum class Role : std::int32_t { train = 0, held_out = 1, to_place = 2 };

struct SourceFacts {
  std::string name, patient, modality, label_column;
  Role role = Role::to_place;
  std::int64_t first = 0, size = 0;        ///< its rows on the cell axis
  double unit = 1;                         ///< radius of its places as in the file
  bool has_places() const { return role != Role::to_place; }
  std::vector<std::int64_t> rows() const;  ///< all of them
};

/// `most` of the rows of a source, drawn by `seed`, in their order; all of them where there are no more.
std::vector<std::int64_t> some_rows(const SourceFacts& source, std::int64_t most, std::uint64_t seed);

struct Tissue {
  std::vector<SourceFacts> sources;
  preprocess::Recipe recipe;
  std::vector<std::int32_t> source_of_cell;
  store::AxisLabels types;                 ///< "cell_type"; no categories when no source has labels
  std::vector<std::uint64_t> keys;         ///< of what each cell expresses (context_blocks.h)
  at::Tensor input;                        ///< (N, F) on the device; mean standard deviation 1 over training cells
  std::int64_t block = 0;                  ///< above 0: the first `block` features are components, the others genes
  InputMap map;                            ///< how `input` and `components` are made of a standardised panel
  TrainingProfile profile;                 ///< what training cells look like
  at::Tensor components;                   ///< (N, 50) float on the host: principal components of the z-scored panel
  at::Tensor places;                       ///< (N, d) on the device, unit radius, 0 where unknown
  std::vector<float> as_in_file;           ///< N x d, NaN where unknown
  std::int64_t dims = 2;                   ///< d
  /// By source, empty where not trained on: rows of the cell axis.
  std::vector<std::vector<std::int64_t>> train_rows, validation_rows;
  std::string split;                       ///< "slide P2_ST3 held out"

  std::int64_t count() const { return static_cast<std::int64_t>(source_of_cell.size()); }
  std::vector<std::size_t> sources_with(Role role) const;
};

/// Throws Error{bad_data} when there is no slide with coordinates to learn from or one has all cells in one place, Error{bad_config} for a
/// held-out source that is not there, and what Recipe throws.
Tissue prepare_tissue(const train::Inputs& inputs, const StEdmOptions& options, train::TrainContext& ctx);

/// Which panel, training cells and encoder a checkpoint belongs to. check_input() throws Error{bad_data} where they are others.
void save_input(const Tissue& tissue, train::CheckpointWriter& writer);
void check_input(const Tissue& tissue, const train::CheckpointReader& reader);

/// The axes of a run: cell (source, patient, modality, cell_type, role; coordinates), gene, source.
std::vector<store::Axis> make_axes(const Tissue& tissue, const train::Inputs& inputs);

}  // namespace geocyte::plugins::st_edm
