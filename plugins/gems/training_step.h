// SPDX-License-Identifier: GPL-3.0-or-later
// One training step of both networks on cells that have been drawn and noise that has been drawn: all of a step that is
// arithmetic, and nothing of where its input comes from.
//
//   1. both augmented views through the encoder
//   2. updates of the opponents (discriminators, critics) on the views, without gradient to the encoder
//   3. one update of the encoder and its partners (decoders) on the objective, against the opponents as they are now
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <map>
#include <optional>
#include <string>

#include "engine/nn/augment.h"
#include "engine/train/train_context.h"
#include "plugins/gems/model.h"
#include "plugins/gems/objective.h"
#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

inline constexpr std::int64_t kViews = 2;

/// A batch of B cells with its noise.
struct StepInput {
  at::Tensor expression, centred;          ///< (B, G); centred by source
  at::Tensor rows;                         ///< (B) int64 on the cell axis; may be undefined
  at::Tensor source;                       ///< (B) int64; needed where the encoder normalises by source
  InputScaling scaling;                    ///< of the batch; none = the encoder sees log counts
  nn::AugmentDraws draws;                  ///< of kViews views
  std::optional<at::Generator> dropout;    ///< of the encoder; without it none acts
  NoiseSource opponent_noise;              ///< a generator for each update of an opponent
};

struct StepOutcome {
  Objective::Value objective;
  std::map<std::string, double> scalars;   ///< of the opponents
};

/// Embeddings of the augmented views of a batch. `measured` as in Model::embed.
Views embed_views(const Model& model, const StepInput& input, nn::DomainNormImpl::Measured* measured = nullptr);

/// Step ctx.step() of ctx.total_steps(). Throws Error{bad_config} when no term is on, and what TrainContext::update throws.
StepOutcome training_step(const GemsOptions& options, Model& model, Objective& objective, const BatchGroups& groups, const StepInput& input,
                          train::TrainContext& ctx);

}  // namespace geocyte::plugins::gems
