// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/training_step.h"

#include <string>

#include "engine/core/error.h"
#include "engine/losses/adversary.h"
#include "engine/optim/schedule.h"

namespace geocyte::plugins::gems {
namespace {

/// Trains the discriminator on z; returns its balanced accuracy before that.
std::optional<double> train_discriminator(const GemsOptions& options, Model& model, const losses::Groups& modality, const at::Tensor& z,
                                          const StepInput& input, train::TrainContext& ctx) {
  std::optional<double> accuracy;
  for (std::int64_t i = 0; i < options.discriminator.steps; ++i) {
    std::optional<at::Generator> dropout;
    if (input.discriminator_dropout) dropout = input.discriminator_dropout();
    const at::Tensor logits = model.discriminator()->forward(z, dropout);   // (B, 2)
    if (!accuracy) accuracy = losses::class_recall(logits, modality).balanced_accuracy;
    ctx.update("discriminator", model.discriminator_optimizer(), *losses::balanced_cross_entropy(logits, modality).value);
  }
  return accuracy;
}

}  // namespace

Views embed_views(const Model& model, const StepInput& input) {
  // Both views go through the encoder as one batch of 2B: layer norm looks at each cell alone, so nothing leaks between them.
  const at::Tensor views = nn::augment(input.expression, input.draws, kViews, nn::AugmentOptions{}.limit);   // (2B, G)
  const auto z = model.encoder()->forward(views, input.dropout).chunk(kViews);   // (B, D) each
  return {z[0], z[1], input.centred};
}

StepOutcome training_step(const GemsOptions& options, Model& model, const BatchGroups& groups, const StepInput& input, train::TrainContext& ctx) {
  StepOutcome outcome;
  const Views views = embed_views(model, input);
  if (options.term(TermId::adversary).enabled && groups.modality.of_at_least(1).size() == 2)
    outcome.discriminator_accuracy = train_discriminator(options, model, groups.modality, views.z1.detach(), input, ctx);
  outcome.objective = Objective::evaluate(options, ctx.step(), views, groups, model.discriminator());
  const Objective::Value& value = outcome.objective;
  for (const auto& [term, why] : value.absent) ctx.note("the loss term " + std::string(name_of(term)) + " is off: " + why);
  if (!value.total.defined()) {
    if (value.terms.empty())
      throw Error(ErrorCode::bad_config, "no loss term is on, so there is nothing to learn", "enable loss.vicreg and a term that aligns");
    return outcome;
  }
  const optim::Schedule schedule{options.optimizer.lr, options.optimizer.decay == "cosine" ? optim::Decay::cosine : optim::Decay::constant,
                                 0, ctx.total_steps(), 0};
  optim::set_learning_rate(model.encoder_optimizer(), optim::learning_rate(schedule, ctx.step()));
  ctx.update("encoder", model.encoder_optimizer(), value.total, {options.optimizer.clip_norm});
  return outcome;
}

}  // namespace geocyte::plugins::gems
