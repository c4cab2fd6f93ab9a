// SPDX-License-Identifier: GPL-3.0-or-later
// All cells of a run on one axis, in the order of the sources: what the encoder sees of them, what they are, which are held
// out. Expression is one tensor on the device; a batch is one gather from it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/data/split.h"
#include "engine/preprocess/recipe.h"
#include "engine/store/contract/axis.h"
#include "engine/train/inputs.h"
#include "engine/train/train_context.h"
#include "plugins/gems/input_scaling.h"
#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

enum Modality : std::int64_t { kSpots = 0, kSingleCells = 1 };

/// What is known of a source.
struct SourceFacts {
  std::string name, patient_name, label_column;
  std::int64_t modality = kSpots;          ///< Modality
  std::int64_t patient = -1;               ///< index into Cells::patients, -1 = unknown
  std::int64_t first = 0, size = 0;        ///< its rows on the cell axis
};

struct Cells {
  std::vector<SourceFacts> sources;
  std::vector<std::string> patients;
  preprocess::Recipe recipe;
  data::Split split;
  std::vector<std::int32_t> source_of_cell;
  at::Tensor source_number;                 ///< (N) int64, the same on the device
  store::AxisLabels types;                 ///< "cell_type"; no categories when no source has labels
  at::Tensor expression;                   ///< (N, G) log-normalised, on the device
  InputScaling scaling;                    ///< from there to what the encoder sees
  at::Tensor xy;                           ///< (N, 2) place on the slide, 0 where a cell has none; undefined when no cell has one
  std::vector<float> places;               ///< the same on the host, NaN where a cell has none; empty when no cell has one
  std::vector<std::int64_t> slide_of_cell; ///< source of a cell whose place training may see, else -1
  at::Tensor predicted_xy;                 ///< (N, 2) place that a spatial run predicted, 0 where there is none; undefined when no cell has one
  std::vector<float> predicted_uncertainty;  ///< of it; infinite where there is no predicted place, 0 where the run stated none
  at::Tensor library;                      ///< (N) counts of each cell, of the depth that the recipe gives it
  at::Tensor source_mean;                  ///< (S, G) over training cells

  std::int64_t count() const { return static_cast<std::int64_t>(source_of_cell.size()); }
  std::int64_t genes() const { return static_cast<std::int64_t>(recipe.panel().size()); }
  /// (N) of training cells `of_source` of their source, of all others -1.
  at::Tensor labels_in_training(const std::vector<std::int64_t>& of_source) const;
  std::vector<std::int64_t> modality_of_source() const;
  std::vector<std::int64_t> patient_of_source() const;
  /// `rows` of the cell axis, by source.
  std::vector<std::vector<std::int64_t>> by_source(std::span<const std::int64_t> rows) const;
};

/// Splits (cells of each source, and whole sources), fits the recipe on the training part and builds the tensor. Throws Error{bad_data} for fewer than two sources or a
/// modality that is neither "st" nor "sc", a held-out source that is not
/// there or leaves fewer than two to train on, and what Recipe throws.
Cells prepare_cells(const train::Inputs& inputs, const GemsOptions& options, train::TrainContext& ctx);

/// The axes of a run: cell (source, patient, modality, cell_type, split; coordinates), gene, source.
std::vector<store::Axis> make_axes(const Cells& cells, const train::Inputs& inputs);

}  // namespace geocyte::plugins::gems
