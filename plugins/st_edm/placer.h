// SPDX-License-Identifier: GPL-3.0-or-later
// Places of cells that a run has never seen, by what it exported (placing_artifact.h). Each source of the new cells is a tissue of its own: standardised by
// its own cells, laid out by itself, and turned as the first training slide lies, by the joint scaling of both.
//
// Cells are read twice, some rows at a time: for the mean and deviation of each gene, then for components and input. More than 3,000 cells of a source are
// laid out in overlapping patches (patchwise.h). Values: places in unit radii of the training slides; columns `uncertainty` (calibration.h, same unit) and
// `off_tissue` (off_tissue.h). uns geocyte/shared_variation: variance of the cells along the components over that of training cells; below .6 a note says that they
// may be foreign (simulated tissues, seed 7: .79 to .95 of the same tissue, .49 of another one).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/train/applier.h"
#include "plugins/st_edm/placing_artifact.h"

namespace geocyte::plugins::st_edm {

class Placer : public train::Applier {
 public:
  /// Throws what from_artifact() throws.
  explicit Placer(const train::Artifact& artifact) : parts_(from_artifact(artifact)) {}

  const std::vector<std::string>& panel() const override { return parts_.tissue.recipe.panel(); }
  std::string needs_obsm() const override { return parts_.tissue.map.kind == "embedding" ? parts_.tissue.map.embedding : std::string(); }
  std::vector<std::string> needs_encoder() const override;
  double memory_bytes(std::int64_t cells, std::int64_t at_once) const override;
  train::Applied apply(const train::NewCells& cells, const train::ApplyOptions& options) const override;

 private:
  /// `input`, `components` and the sources of a tissue of the new cells, all to be placed.
  Tissue read(const train::NewCells& cells, const train::ApplyOptions& options) const;
  /// (n, d) of one source, turned as the first training slide lies.
  at::Tensor turned(const Tissue& tissue, const CellSet& cells, const at::Tensor& places) const;

  TrainedParts parts_;
};

}  // namespace geocyte::plugins::st_edm
