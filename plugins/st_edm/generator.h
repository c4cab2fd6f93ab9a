// SPDX-License-Identifier: GPL-3.0-or-later
// The generator: pair heads with their optimiser, one training step, and places for the cells of a source.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/optim/adamw.h"
#include "engine/train/state_io.h"
#include "engine/train/system.h"
#include "engine/train/train_context.h"
#include "plugins/st_edm/options.h"
#include "plugins/st_edm/pair_heads.h"
#include "plugins/st_edm/tissue.h"

namespace geocyte::plugins::st_edm {

class Generator {
 public:
  Generator(const StEdmOptions& options, const Tissue& tissue, train::TrainContext& ctx);
  /// Trained heads, to be used only.
  explicit Generator(PairHeads heads) : heads_(std::move(heads)) {}

  /// One update on `rows` (members x n, a slide a member). Step `step` of `total` of its stage sets the learning rate.
  /// Throws Error{bad_config} when no term is on.
  train::StepReport step(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t step, std::int64_t total,
                         train::TrainContext& ctx);

  /// Unweighted terms, their sum at full weight, and row-Spearman on held-out cells of training slides.
  std::map<std::string, double> validate(const StEdmOptions& options, const Tissue& tissue) const;

  /// What the heads say of the cells of a source: distance (M, n, D) and local (M, n, L) float on the host.
  PairHeadsImpl::Output heads_of(const Tissue& tissue, const SourceFacts& source) const;
  /// (n, d) in a frame of its own; O(n), for looking while training.
  at::Tensor quick_places(const Tissue& tissue, const SourceFacts& source) const;
  /// (n, d) in a frame of its own, as they are judged (layout.h).
  at::Tensor places(const StEdmOptions& options, const Tissue& tissue, const SourceFacts& source, int threads, const StopToken& stop) const;

  const PairHeads& heads() const { return heads_; }
  void save(train::CheckpointWriter& writer) const;
  void load(train::CheckpointReader& reader);

 private:
  struct Terms {
    at::Tensor neighbours, distance;
  };
  Terms terms(const StEdmOptions& options, const PairHeadsImpl::Output& output, const at::Tensor& places) const;

  PairHeads heads_{nullptr};
  std::unique_ptr<optim::AdamW> optimizer_;
};

}  // namespace geocyte::plugins::st_edm
