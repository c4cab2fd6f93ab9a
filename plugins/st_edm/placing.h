// SPDX-License-Identifier: GPL-3.0-or-later
// From a trained system to places of any cells, to samples of them, and to how sure each place is.
//
//   places      the layout of the pair heads, or of refined places where the refiner was accepted
//   samples     K answers for the same cells: the scaling of one member of the ensemble, with the noise and the dropout that it was trained with
//               (Gal & Ghahramani 2016); where a refiner was accepted, the generator's scaling plus a residual drawn from it (refiner.h). Each is laid
//               onto the places by rotation or reflection. The spread of a refiner that was not accepted tells sure cells from unsure ones less well
//   spread      s_i^2 = (1/K) sum_k |y_ik - x_i|^2: of the samples of a cell about its place x_i
//
// Shapes: places (n, d), samples (K, n, d), spread (n); float on the host.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/stop_token.h"
#include "plugins/st_edm/generator.h"
#include "plugins/st_edm/options.h"
#include "plugins/st_edm/patchwise.h"
#include "plugins/st_edm/refiner.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

/// Cells that are laid out together: rows of a tissue, and a name that draws depend on.
struct CellSet {
  std::string name;
  std::vector<std::int64_t> rows;
};
CellSet whole_source(const SourceFacts& source);

/// Sets of more than `at_once` cells are laid out in patches.
struct Patches {
  std::int64_t at_once = kMostAtOnce;
  PatchProgress progress = {};
};

/// A view of the parts of a system; makes no state of its own.
struct Placing {
  const StEdmOptions& options;
  const Tissue& tissue;
  const Generator& generator;
  const Refiner* refiner = nullptr;        ///< null: there is none, or it was not accepted
  By by = By::shown;

  at::Tensor places(const CellSet& cells, std::uint64_t seed, int threads, const StopToken& stop, const Patches& patches = {}) const;
  at::Tensor samples(const CellSet& cells, const at::Tensor& places, std::uint64_t seed, const StopToken& stop) const;
  /// What samples are drawn from, in words.
  std::string source_of_samples() const;
};

at::Tensor spread_about(const at::Tensor& samples, const at::Tensor& places);

}  // namespace geocyte::plugins::st_edm
