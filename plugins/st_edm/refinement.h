// SPDX-License-Identifier: GPL-3.0-or-later
// What the refiner makes of whole sources, and whether it may: it is accepted where, on validation cells of the training slides, row-Spearman of
// refined places exceeds that of the generator's with the whole 90 % interval of a paired bootstrap of cells, where it denoises better than
// doing nothing at some noise level up to 2.4 S, and where it is worse than nothing at none of them.
#pragma once

#include <string>
#include <vector>

#include "engine/core/stop_token.h"
#include "plugins/st_edm/refiner.h"
#include "plugins/st_edm/skill.h"

namespace geocyte::plugins::st_edm {

/// A set of fewer validation cells is not looked at.
inline constexpr std::size_t kFewestValidationCells = 5;

struct Acceptance {
  bool accepted = false;
  double gain = 0, low = 0, high = 0;      ///< of row-Spearman
  double worst_ratio = 0;                  ///< L/L(F=0) of the worst noise level up to 2.4 S
  std::int64_t cells = 0;
};

struct RefinedSource {
  at::Tensor places;                       ///< (n, d): the generator's scaling plus the estimate of the residual
  at::Tensor uncertainty;                  ///< (n): root mean squared distance of the samples from their mean
};

/// A view of the parts of a system; makes no state of its own.
struct Refinement {
  const StEdmOptions& options;
  const Tissue& tissue;
  const Generator& generator;
  const Refiner& refiner;

  /// A set for each training slide that has enough validation cells; on validation cells only.
  std::vector<RefineSets> validation_sets() const;
  /// Sets of at most `most` cells of each held-out slide.
  std::vector<RefineSets> held_out_sets(std::int64_t most, std::uint64_t seed) const;
  /// Share of the cells of known sources whose true place lies within the 90 % radius that the samples give (a normal law of their spread);
  /// .9 is calibrated, less is too sure. On at most `most` cells of each held-out source.
  double coverage(std::int64_t most, std::uint64_t seed, const StopToken& stop) const;
  RefinedSource refine(const SourceFacts& source, std::uint64_t seed, const StopToken& stop) const;
  /// As refine(), then the layout.
  at::Tensor places(const SourceFacts& source, std::uint64_t seed, int threads, const StopToken& stop) const;
};

/// `panel` and `validation`: of validation sets.
Acceptance judge(const Denoiser& denoiser, const std::vector<RefineSets>& validation, const SkillPanel& panel, std::uint64_t seed);

/// `most` of the rows of a source, drawn by `seed`, in their order; all of them where there are no more.
std::vector<std::int64_t> some_rows(const SourceFacts& source, std::int64_t most, std::uint64_t seed);

store::Verdict acceptance_verdict(const Acceptance& acceptance);

}  // namespace geocyte::plugins::st_edm
