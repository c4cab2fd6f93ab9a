// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/training_step.h"

#include <string>

#include "engine/core/error.h"
#include "engine/optim/schedule.h"

namespace geocyte::plugins::gems {
Views embed_views(const Model& model, const StepInput& input, nn::DomainNormImpl::Measured* measured) {
  // Both views go through the encoder as one batch of 2B: layer norm looks at each cell alone, so nothing leaks between them.
  const at::Tensor views = nn::augment(input.expression, input.draws, kViews, nn::AugmentOptions{}.limit);   // (2B, G)
  const at::Tensor source = input.source.defined() ? input.source.repeat({kViews}) : input.source;            // (2B)
  const at::Tensor seen = input.scaling.apply(views);                                                         // (2B, G)
  const auto z = model.embed(seen, source, input.dropout, measured).chunk(kViews);                            // (B, D) each
  return {z[0], z[1], input.centred, input.expression, input.rows, model.encoder()->skipped(seen.narrow(0, 0, input.expression.size(0)))};
}

StepOutcome training_step(const GemsOptions& options, Model& model, Objective& objective, const BatchGroups& groups, const StepInput& input,
                          train::TrainContext& ctx) {
  StepOutcome outcome;
  nn::DomainNormImpl::Measured measured;
  const Views views = embed_views(model, input, &measured);
  if (measured.mean.defined()) model.source_norm()->absorb(measured);
  const Views detached{views.z1.detach(), views.z2.detach(), views.centred, views.expression, views.rows, views.base};
  outcome.scalars = objective.train_opponents(options, detached, groups, input.opponent_noise, ctx);
  outcome.objective = objective.evaluate(options, ctx.step(), views, groups);
  const Objective::Value& value = outcome.objective;
  for (const auto& [term, why] : value.absent) ctx.note("the loss term " + term + " is off: " + why);
  if (!value.total.defined()) {
    if (value.terms.empty())
      throw Error(ErrorCode::bad_config, "no loss term is on, so there is nothing to learn", "enable loss.vicreg and a term that aligns");
    return outcome;
  }
  const optim::Schedule schedule{options.optimizer.lr, options.optimizer.decay == "cosine" ? optim::Decay::cosine : optim::Decay::constant,
                                 0, ctx.total_steps(), 0};
  const double rate = optim::learning_rate(schedule, ctx.step());
  optim::set_learning_rate(model.encoder_optimizer(), rate);
  train::UpdateOptions how{options.optimizer.clip_norm, {}};
  for (const auto& [name, optimizer] : model.partners()) {
    optim::set_learning_rate(*optimizer, rate);
    how.partners.emplace_back(name, optimizer);
  }
  ctx.update("encoder", model.encoder_optimizer(), value.total, how);
  return outcome;
}

}  // namespace geocyte::plugins::gems
