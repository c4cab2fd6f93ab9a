// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown of the seed's system and how it is judged: as the recommended one.
#include <numeric>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "engine/core/rng.h"
#include "engine/geometry/gram.h"
#include "plugins/st_edm/evaluation.h"
#include "plugins/st_edm/plain_methods.h"
#include "plugins/st_edm/refined_probe.h"
#include "plugins/st_edm/seed/checks.h"
#include "plugins/st_edm/seed/placer.h"
#include "plugins/st_edm/seed/system.h"
#include "plugins/st_edm/showing.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr const char* kValidation = "validation cells of the training slides";
constexpr int kBootstrap = 200;
constexpr std::int64_t kPanelCells = 400;
constexpr double kUsed = 0.10;             // of the seed's A/B test

std::vector<std::int64_t> all_rows(const SourceFacts& source) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(source.size));
  std::iota(rows.begin(), rows.end(), source.first);
  return rows;
}

store::Verdict conditioning_verdict(const Conditioning& conditioning, std::int64_t cells, const std::string& split) {
  store::Verdict verdict;
  verdict.id = "skill/conditioning";
  verdict.workspace = "spatial";
  const bool used = conditioning.difference > kUsed;
  verdict.state = used ? "neutral" : "warn";
  verdict.headline = used ? "The denoiser listens to expression at high noise." : "The denoiser does not listen to expression at high noise.";
  verdict.evidence = fmt::format("Without its context the network's output changes by {:.2f} of its size (rms ratio {:.2f}) at σ = 4.5 σ_data; n = {} cells, {}.",
                                 conditioning.difference, conditioning.f_ratio, cells, split);
  verdict.why = "The seed's A/B test, with its threshold of 0.10. That an input changes the output does not say that it makes it better: read the skill beside it.";
  return verdict;
}

}  // namespace

RefineSets SeedSystem::set_of_rows(const std::vector<std::int64_t>& rows, bool known) const {
  const at::Tensor at_rows = at::tensor(rows, at::kLong).to(tissue_->input.device());
  return model_->set_of(tissue_->input.index_select(0, at_rows), known ? tissue_->places.index_select(0, at_rows) : at::Tensor());
}

std::vector<RefineSets> SeedSystem::validation_sets() const {
  std::vector<RefineSets> sets;
  for (const auto& rows : tissue_->validation_rows)
    if (rows.size() >= kFewestValidationCells) sets.push_back(set_of_rows(rows, true));
  return sets;
}

std::vector<RefineSets> SeedSystem::held_out_sets(std::uint64_t seed) const {
  std::vector<RefineSets> sets;
  for (const std::size_t s : tissue_->sources_with(Role::held_out)) sets.push_back(set_of_rows(some_rows(tissue_->sources[s], kPanelCells, seed), true));
  return sets;
}

SkillPanel SeedSystem::panel_of(const std::vector<RefineSets>& sets, const std::string& split, int bootstrap, std::uint64_t seed, const StopToken& stop) const {
  return sets.empty() ? SkillPanel{} : skill_panel(*model_, sets, split, {bootstrap, seed, stop});
}

at::Tensor SeedSystem::places(const SourceFacts& source, bool refined, std::uint64_t seed) const {
  const at::NoGradGuard no_gradient;
  const RefineSets set = set_of_rows(all_rows(source), false);
  const at::Tensor made = refined ? model_->placed(set, hash64(source.name, seed)) : set.base[0];
  return geometry::principal_frame(made, {}, tissue_->dims).to(at::kCPU, at::kFloat);
}

store::Snapshot SeedSystem::observe(const train::ProbeRequest& request, train::TrainContext& ctx, const StopToken& stop) {
  const at::NoGradGuard no_gradient;
  const std::uint64_t seed = ctx.rng().seed();
  store::Snapshot snapshot;
  Layouts layouts;
  layouts.joint = [&](const SourceFacts& everything) { return places(everything, false, seed); };
  if (request.args.value("sigma", 0.0) > 0) {
    const double sigma = request.args["sigma"].get<double>();
    const auto refine = [&](const std::vector<std::int64_t>& rows, std::uint64_t own) {
      return geometry::principal_frame(model_->refined(set_of_rows(rows, false), sigma, own), {}, tissue_->dims);
    };
    SourceFacts everything;
    everything.size = tissue_->count();
    snapshot.arrays.push_back(refined_probe(*tissue_, layouts.joint(everything), refine, sigma, request.args.value("source", std::string()), seed));
    return snapshot;
  }
  const bool done = ctx.step() >= ctx.total_steps();
  const std::vector<RefineSets> validation = validation_sets();
  SkillPanel panel = panel_of(validation, kValidation, kBootstrap, seed, stop);
  const Acceptance acceptance = done ? judge(shown_as_given(*model_, validation, seed), panel, false, seed) : Acceptance{};
  layouts.places = [&](const SourceFacts& source) { return places(source, acceptance.accepted, seed); };
  layouts.how = acceptance.accepted ? "leading axes of refined places" : "leading axes of the generator's places";
  layouts.uncertainty_caption = fmt::format("spread of {} samples refined from σ = {} σ_data, in radii", options_.refine.samples, options_.edm.start);
  if (done)
    layouts.uncertainty = [&](const SourceFacts& source) {
      const at::Tensor samples = model_->samples(set_of_rows(all_rows(source), false), options_.refine.samples, options_.edm.start * model_->sigma_data(), hash64(source.name, seed), stop);
      return (samples - samples.mean(0)).square().sum(-1).mean(0).sqrt().to(at::kCPU, at::kFloat);
    };
  show_places(snapshot, *tissue_, layouts, request.max_rows, seed);
  if (done) {
    if (const auto sets = held_out_sets(seed); !sets.empty()) panel = panel_of(sets, tissue_->split, kBootstrap, seed, stop);
    snapshot.verdicts.push_back(acceptance_verdict(acceptance));
  }
  show_skill(snapshot, panel);
  return snapshot;
}

train::Evaluation SeedSystem::evaluate(const train::EvaluationRequest& request, train::TrainContext& ctx) {
  const at::NoGradGuard no_gradient;
  const std::vector<RefineSets> validation = validation_sets(), held_out = held_out_sets(request.seed);
  const Acceptance acceptance = judge(shown_as_given(*model_, validation, request.seed), panel_of(validation, kValidation, kBootstrap, request.seed, ctx.stop()), false, request.seed);
  const auto laid_out = [&](bool refined) { return [&, refined](const SourceFacts& source) { return places(source, refined, request.seed); }; };
  std::vector<Method> methods{{"model", laid_out(acceptance.accepted)}, {"generator", laid_out(false)}, {"refined", laid_out(true)}, {"scaling", laid_out(false)}};
  for (Method& plain : plain_methods(*tissue_, request.seed, ctx.threads(), ctx.stop())) methods.push_back(std::move(plain));
  train::Evaluation evaluation = evaluate_places(*tissue_, methods, request, ctx.threads(), ctx.stop());
  evaluation.verdicts.push_back(acceptance_verdict(acceptance));
  const SkillPanel panel = panel_of(held_out, tissue_->split, request.bootstrap, request.seed, ctx.stop());
  add_skill_rows(evaluation, panel, {});
  if (curriculum_->checks() > 0) {
    evaluation.rows.push_back({"curriculum/phase", "model", static_cast<double>(curriculum_->phase() + 1), {}, {}, 1.0, curriculum_->checks(), kValidation});
    evaluation.rows.push_back({"curriculum/stalls", "model", static_cast<double>(curriculum_->stalls()), {}, {}, {}, curriculum_->checks(), kValidation});
  }
  if (held_out.empty() || panel.levels.empty()) return evaluation;
  double chance = 0;
  for (const RefineSets& set : held_out)
    chance += std::min(1.0, 10.0 / static_cast<double>(std::max<std::int64_t>(1, set.base.size(1) - 1))) / static_cast<double>(held_out.size());
  const Conditioning conditioning = conditioning_of(*model_, held_out, request.seed);
  evaluation.rows.push_back({"skill/open_loop_recall", "model", open_loop_recall(*model_, held_out, options_.edm.caps.back(), request.seed, ctx.stop()), {}, {}, chance,
                             panel.cells, tissue_->split});
  evaluation.rows.push_back({"conditioning/difference", "model", conditioning.difference, {}, {}, 0.0, panel.cells, tissue_->split});
  evaluation.rows.push_back({"conditioning/f_ratio", "model", conditioning.f_ratio, {}, {}, 1.0, panel.cells, tissue_->split});
  evaluation.verdicts.push_back(conditioning_verdict(conditioning, panel.cells, tissue_->split));
  return evaluation;
}

void SeedSystem::export_artifacts(train::ArtifactWriter& writer) const {
  const at::NoGradGuard no_gradient;
  writer.add(to_artifact(*model_, *tissue_, options_.refine.samples));
}

}  // namespace geocyte::plugins::st_edm
