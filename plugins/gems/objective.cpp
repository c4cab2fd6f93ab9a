// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/objective.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "engine/losses/adversary.h"
#include "engine/losses/domain_coral.h"
#include "engine/losses/local_alignment.h"
#include "engine/losses/pairwise_coral.h"
#include "engine/losses/patient_coral.h"
#include "engine/losses/vicreg.h"
#include "engine/optim/schedule.h"

namespace geocyte::plugins::gems {
namespace {

losses::Groups modality_groups(const BatchLayout& layout, const Cells& cells, c10::Device device) {
  return {layout.spread(cells.modality_of_source()), 2, device};
}

losses::Groups patient_groups(const BatchLayout& layout, const Cells& cells, c10::Device device) {
  return {layout.spread(cells.patient_of_source()), static_cast<std::int64_t>(cells.patients.size()), device};
}

losses::Term adversary(const at::Tensor& z, const BatchGroups& groups, const nn::Mlp& discriminator) {
  if (groups.modality.of_at_least(1).size() < 2) return losses::Term::absent("all sources are of one modality");
  return losses::balanced_cross_entropy(discriminator->forward(losses::reverse_gradient(z, 1)), groups.modality);
}

}  // namespace

BatchGroups::BatchGroups(const BatchLayout& layout, const Cells& cells, c10::Device device)
    : source(layout.spread([&] {
        std::vector<std::int64_t> own(cells.sources.size());
        for (std::size_t s = 0; s < own.size(); ++s) own[s] = static_cast<std::int64_t>(s);
        return own;
      }()), static_cast<std::int64_t>(cells.sources.size()), device),
      modality(modality_groups(layout, cells, device)),
      single_cell_patient(patient_groups(layout, cells, device).within(modality, kSingleCells)) {}

Objective::Value Objective::evaluate(const GemsOptions& options, std::int64_t step, const Views& views, const BatchGroups& groups,
                                     const nn::Mlp& discriminator, bool full_weight) {
  Value value;
  losses::VicregTerms parts;
  std::vector<at::Tensor> values;
  const auto compute = [&](TermId id) -> losses::Term {
    switch (id) {
      case TermId::vicreg: parts = losses::vicreg(views.z1, views.z2); return losses::Term::of(parts.total);
      case TermId::adversary: return adversary(views.z1, groups, discriminator);
      case TermId::domain_coral: return losses::domain_coral(views.z1, groups.modality);
      case TermId::patient_coral: return losses::patient_coral(views.z1, groups.single_cell_patient);
      case TermId::source_coral: return losses::pairwise_coral(views.z1, groups.source);
      case TermId::local_align: return losses::local_alignment(views.centred, views.z1);
    }
    return losses::Term::absent("there is no such term");
  };
  for (const TermId id : kTerms) {
    const TermOptions& term = options.term(id);
    if (!term.enabled) continue;
    const double weight = term.weight * (full_weight ? 1.0 : optim::ramp(step, term.warmup_start, term.warmup_steps));
    const at::AutoGradMode with_gradient(weight > 0 && at::GradMode::is_enabled());
    losses::Term computed = compute(id);
    if (!computed) {
      value.absent.emplace(id, computed.why_absent);
      continue;
    }
    value.terms.push_back(id);
    value.weights.push_back(weight);
    values.push_back(computed.value->detach());
    if (weight > 0) value.total = value.total.defined() ? value.total.add(*computed.value, weight) : *computed.value * weight;
  }
  if (parts.invariance.defined())
    for (const at::Tensor& part : {parts.invariance, parts.variance, parts.covariance}) values.push_back(part.detach());
  value.values = values.empty() ? at::zeros({0}, views.z1.options()) : at::stack(values);
  return value;
}

}  // namespace geocyte::plugins::gems
