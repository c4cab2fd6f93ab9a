// SPDX-License-Identifier: GPL-3.0-or-later
// Places of cells that a run has never seen, by what it exported (placing_artifact.h). Each source of the new cells is a tissue of its own: standardised by
// its own cells, laid out by itself, and turned as the first training slide lies, by the joint scaling of both.
//
// More than 3,000 cells of a source are laid out in overlapping patches (patchwise.h). Values: places in unit radii of the training slides; columns `uncertainty`
// (calibration.h, same unit) and `off_tissue` (off_tissue.h). How cells are read, and what is said of a whole file: new_cells.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/train/applier.h"
#include "plugins/st_edm/new_cells.h"
#include "plugins/st_edm/placing_artifact.h"

namespace geocyte::plugins::st_edm {

class Placer : public train::Applier {
 public:
  /// Throws what from_artifact() throws.
  explicit Placer(const train::Artifact& artifact) : parts_(from_artifact(artifact)) {}

  const std::vector<std::string>& panel() const override { return parts_.tissue.recipe.panel(); }
  std::string needs_obsm() const override { return parts_.tissue.map.kind == "embedding" ? parts_.tissue.map.embedding : std::string(); }
  std::vector<std::string> needs_encoder() const override { return encoder_hashes(parts_.tissue.map); }
  double memory_bytes(std::int64_t cells, std::int64_t at_once) const override;
  train::Applied apply(const train::NewCells& cells, const train::ApplyOptions& options) const override;

 private:
  TrainedParts parts_;
};

}  // namespace geocyte::plugins::st_edm
