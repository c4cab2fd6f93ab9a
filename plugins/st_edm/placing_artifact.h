// SPDX-License-Identifier: GPL-3.0-or-later
// The artifact "pair_heads": all that places of new cells need. Beside the weights of the heads:
//
//   config  sizes of the heads, dims, input (input_map.h), layout, noise, refiner (null where none was accepted)
//   about   recipe and its hash, sources with the radius of each slide in its file, calibration (calibration.h), unit of the profile
//   tensors "map/…", "refiner/…", "profile" (off_tissue.h); "frame/distance" (M, F, D), "frame/places" (F, d): what the heads say of cells of the first
//           training slide and where these lie, so that everything is laid out the same way up
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/train/state_io.h"
#include "plugins/st_edm/calibration.h"
#include "plugins/st_edm/placing.h"

namespace geocyte::plugins::st_edm {

inline constexpr const char* kPairHeads = "pair_heads";

train::Artifact to_artifact(const Placing& placing, const Calibration& calibration);

/// A trained system without its data: `tissue` holds recipe, map, profile, dims and block, and no cell.
struct TrainedParts {
  StEdmOptions options;
  Tissue tissue;
  std::unique_ptr<Generator> generator;
  std::unique_ptr<Refiner> refiner;        ///< null: there is none, or it was not accepted
  Calibration calibration;
  at::Tensor frame_distance, frame_places;
  std::vector<std::string> slides;         ///< that were trained on
  std::vector<double> radii;               ///< of them, in the units of their files
};

/// Throws Error{bad_data} in one sentence for what another version wrote, is damaged or does not belong together.
TrainedParts from_artifact(const train::Artifact& artifact);

}  // namespace geocyte::plugins::st_edm
