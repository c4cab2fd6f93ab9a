// SPDX-License-Identifier: GPL-3.0-or-later
// What the refiner makes of sets and of whole sources. Whether it may be used: acceptance.h.
#pragma once

#include <string>
#include <vector>

#include "engine/core/stop_token.h"
#include "plugins/st_edm/acceptance.h"
#include "plugins/st_edm/refiner.h"

namespace geocyte::plugins::st_edm {

/// A set of fewer validation cells is not looked at.
inline constexpr std::size_t kFewestValidationCells = 5;

/// A view of the parts of a system; makes no state of its own.
struct Refinement {
  const StEdmOptions& options;
  const Tissue& tissue;
  const Generator& generator;
  const Refiner& refiner;

  /// Whether validation sets are by networks that have not seen their slides.
  bool missed() const { return generator.misses(); }
  /// A set for each training slide that has enough validation cells; on validation cells only.
  std::vector<RefineSets> validation_sets() const;
  /// The same cells as they would be shown, with and without the refiner: laid out (layout.h).
  std::vector<ShownSet> shown_sets(std::uint64_t seed, int threads, const StopToken& stop) const;
  /// Sets of at most `most` cells of each held-out slide.
  std::vector<RefineSets> held_out_sets(std::int64_t most, std::uint64_t seed) const;
  /// Share of the cells of known sources whose true place lies within the 90 % radius that the samples give (a normal law of their spread);
  /// .9 is calibrated, less is too sure. On at most `most` cells of each held-out source.
  double coverage(std::int64_t most, std::uint64_t seed, const StopToken& stop) const;
  /// (n, d), float on the host: the generator's scaling plus the estimate of the residual.
  at::Tensor refine(const SourceFacts& source, std::uint64_t seed) const;
  /// As refine(), then the layout.
  at::Tensor places(const SourceFacts& source, std::uint64_t seed, int threads, const StopToken& stop) const;
};

}  // namespace geocyte::plugins::st_edm
