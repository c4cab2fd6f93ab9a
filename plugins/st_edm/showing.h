// SPDX-License-Identifier: GPL-3.0-or-later
// What a snapshot and an evaluation hold of a model of tissues, whichever it is: places of all cells beside the true ones, and its skill.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

#include "engine/store/contract/snapshot.h"
#include "engine/train/system.h"
#include "plugins/st_edm/calibration.h"
#include "plugins/st_edm/skill.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

/// How a model lays cells out: (n, d) float on the host, in a frame of its own.
struct Layouts {
  std::function<at::Tensor(const SourceFacts&)> places;
  std::function<at::Tensor(const SourceFacts&)> joint;         ///< of all cells as if they were one source
  std::function<at::Tensor(const SourceFacts&)> uncertainty;   ///< (n); empty: that of `samples`
  /// (K, n, d) laid onto places as they are shown; empty: not shown.
  std::function<at::Tensor(const SourceFacts&, const at::Tensor& shown)> samples;
  Calibration calibration;                 ///< of `samples`
  std::string how, uncertainty_caption, samples_caption;
  int threads = 1;
};

/// "coordinates/…" of every cell, or of `max_rows` of them, the same for a seed; with how sure they are also how unlike training cells (off_tissue.h).
void show_places(store::Snapshot& snapshot, const Tissue& tissue, const Layouts& layouts, std::int64_t max_rows, std::uint64_t seed);

/// "skill/…" and its verdict; nothing for an empty panel.
void show_skill(store::Snapshot& snapshot, const SkillPanel& panel);

/// The rows and the verdict of a panel; `coverage`: of 90 % by the samples. Nothing for an empty panel.
void add_skill_rows(train::Evaluation& evaluation, const SkillPanel& panel, std::optional<double> coverage);

}  // namespace geocyte::plugins::st_edm
