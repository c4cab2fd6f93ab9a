// SPDX-License-Identifier: GPL-3.0-or-later
// Places of cells that a run of the seed's system has never seen, by what it exported: as it shows a source, the leading axes of the places that its
// generator gives all cells of the source together. Its refiner is never accepted (no network has missed a slide), so it moves no place; the spread of places
// refined from `start` S is the uncertainty, not calibrated.
// The frame is that of the first training slide: some of its cells and of the new ones are generated together, and its true places turn both.
//
// Artifact `denoiser` (seed_geometry): weights of the three networks, recipe and map of the input, profile of the training cells, cells of the first slide.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/train/applier.h"
#include "engine/train/state_io.h"
#include "plugins/st_edm/new_cells.h"
#include "plugins/st_edm/seed/model.h"

namespace geocyte::plugins::st_edm {

inline constexpr const char* kSeedGeometry = "seed_geometry";

train::Artifact to_artifact(const SeedModel& model, const Tissue& tissue, std::int64_t samples);

class SeedPlacer : public train::Applier {
 public:
  /// Throws Error{bad_data} in one sentence for what another version wrote, is damaged or does not belong together.
  explicit SeedPlacer(const train::Artifact& artifact);

  const std::vector<std::string>& panel() const override { return known_.recipe.panel(); }
  std::string needs_obsm() const override { return known_.map.kind == "embedding" ? known_.map.embedding : std::string(); }
  std::vector<std::string> needs_encoder() const override { return encoder_hashes(known_.map); }
  double memory_bytes(std::int64_t cells, std::int64_t at_once) const override;
  train::Applied apply(const train::NewCells& cells, const train::ApplyOptions& options) const override;

 private:
  at::Tensor generated(const at::Tensor& z) const;   ///< (n, F) -> (n, d)

  Tissue known_;                           ///< recipe, map, profile and dims; no cell
  std::unique_ptr<SeedModel> model_;
  std::int64_t samples_ = 0;
  double start_ = 0;
  at::Tensor frame_input_, frame_places_;
  std::vector<double> radii_;
};

}  // namespace geocyte::plugins::st_edm
