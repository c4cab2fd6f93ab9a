// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/seed/objective.h"

#include <tuple>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/ones_like.h>

#include "engine/geometry/distances.h"
#include "engine/geometry/sets.h"
#include "engine/losses/clamped_size.h"
#include "engine/losses/context_edges.h"
#include "engine/losses/denoising.h"
#include "engine/losses/gram_match.h"
#include "engine/losses/learned_branch.h"
#include "engine/losses/nca.h"
#include "engine/losses/neighbour_lengths.h"
#include "engine/losses/rigid_match.h"
#include "engine/losses/score_weight.h"
#include "engine/losses/subspace.h"
#include "engine/nn/edm.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kEdges = 15;
constexpr double kClamp = 0.5, kOutSkip = 0.25, kLearnSkip = 0.05;

/// Mean of the sets that count.
at::Tensor gated(const at::Tensor& values, const at::Tensor& gate) { return (values * gate).sum() / gate.sum().clamp_min(1); }

at::Tensor context_term(const SeedModel& model, const SeedBatch& batch, const at::Tensor& x, const at::Tensor& denoised, const at::Tensor& own,
                        const losses::SetTarget& target) {
  const std::int64_t n = batch.z.size(1), core = n / 2, donor = batch.z.size(0) > 1 ? 1 : 0;
  if (core < 2) return denoised.sum() * 0;
  const at::Tensor mixed = at::cat({batch.z.narrow(0, 0, 1).narrow(1, 0, core), batch.z.narrow(0, donor, 1).narrow(1, core, n - core)}, 1);
  const at::Tensor other = model.denoised(model.context(mixed), x.narrow(0, 0, 1), batch.sigma.narrow(0, 0, 1), own.defined() ? own.narrow(0, 0, 1) : at::Tensor());
  const auto of_core = [&](const at::Tensor& v) { return geometry::pair_distances(v.narrow(0, 0, 1).narrow(1, 0, core)); };
  const auto shared = losses::set_target(target.points.narrow(0, 0, 1).narrow(1, 0, core), {}, kEdges);
  return losses::context_edges(of_core(denoised), of_core(other), shared).mean();
}

}  // namespace

SeedThresholds thresholds_of(const Curriculum& curriculum, double sigma_data) {
  const at::Tensor levels = curriculum.law(sigma_data);
  const auto quantile = [](const at::Tensor& rising, double share) {
    return rising[static_cast<std::int64_t>(share * static_cast<double>(rising.size(0) - 1))].item<double>();
  };
  losses::ScoreWeightOptions plain;
  plain.boost = 1;
  return {quantile(levels, 0.5), quantile(levels, 0.6), quantile(levels, 0.4), quantile(levels, 0.3),
          quantile(std::get<0>(losses::score_weight(levels, sigma_data, plain).sort()), 0.95)};
}

SeedTerms seed_terms(const SeedModel& model, const SeedBatch& batch, const SeedThresholds& thresholds, const at::Generator& noise) {
  using enum SeedTerm;
  const SeedOptions& o = model.options();
  SeedTerms terms;
  const auto wanted = [&](SeedTerm term) { return o.term(term).enabled; };
  const auto put = [&](SeedTerm term, const auto& make) {
    if (wanted(term)) terms[static_cast<std::size_t>(term)] = make();
  };
  const at::Tensor h = model.context(batch.z), generated = model.generate(h), v = model.target(batch.places, generated);
  const losses::SetTarget target = losses::set_target(v, {}, kEdges);
  const at::Tensor x = v + batch.sigma.view({-1, 1, 1}) * at::empty_like(v).normal_(0, 1, noise);
  at::Tensor own;
  if (batch.twice) {
    const at::NoGradGuard no_gradient;
    own = model.denoised(h, x, batch.sigma, {});
  }
  const at::Tensor denoised = model.denoised(h, x, batch.sigma, own);
  const at::Tensor skip = nn::edm_scales(batch.sigma, model.sigma_data()).skip.view({-1});
  const at::Tensor centred = geometry::centred(denoised), geom = o.clamp ? losses::clamped_size(denoised, target, kClamp) : centred;
  const auto low = [&](double below) { return o.gates ? (batch.sigma <= below).to(v.scalar_type()) : at::ones_like(batch.sigma); };
  const auto high = [&](double below) { return (skip < below).to(v.scalar_type()); };

  put(score, [&] {
    const at::Tensor error = losses::set_error(denoised, v);
    if (!o.normalised) return losses::denoising_edm(error, nn::edm_weight(batch.sigma, model.sigma_data()));
    losses::ScoreWeightOptions how;
    how.cap = thresholds.weight_cap;
    return losses::denoising_normalised(error, losses::score_weight(batch.sigma, model.sigma_data(), how));
  });
  put(gram, [&] { return gated(losses::gram_match(geom, target, false), low(thresholds.gram)); });
  put(gram_scale, [&] { return gated(losses::gram_scale(geom, target), low(thresholds.gram_scale)); });
  const losses::LearnedBranch branch = losses::learned_branch(denoised, target, x, skip);
  put(out_scale, [&] { return gated(losses::out_scale(branch), high(kOutSkip) * (1 - skip).square()); });
  put(gram_learn, [&] { return gated(losses::gram_learn(branch), high(kLearnSkip)); });
  put(knn_scale, [&] { return losses::knn_scale(geometry::pair_distances(centred), target).mean(); });
  if (wanted(knn_nca) || wanted(edge)) {
    const at::Tensor distances = geometry::pair_distances(geom);
    put(knn_nca, [&] { return gated(losses::knn_nca(distances, target), low(thresholds.knn_nca)); });
    put(edge, [&] { return gated(losses::edge_lengths(distances, target), low(thresholds.edge)); });
  }
  put(gen_align, [&] {
    const auto unit = losses::set_target(geometry::unit_rms(v).points, {}, 1);
    return losses::rigid_match(geometry::unit_rms(generated).points, unit).mean() / static_cast<double>(v.size(-1));
  });
  put(gen_scale, [&] { return losses::size_match(generated, target).mean(); });
  put(subspace, [&] { return losses::subspace_excess(geom, target.mask, model.dims()).mean(); });
  put(ctx_edge, [&] { return context_term(model, batch, x, denoised, own, target); });
  return terms;
}

}  // namespace geocyte::plugins::st_edm
