// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/generator.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include "plugins/st_edm/context_blocks.h"
#include "plugins/st_edm/geometry_scores.h"
#include "plugins/st_edm/layout.h"
#include "plugins/st_edm/on_host.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::size_t kMostGroups = 3;     // of slides that networks miss together
constexpr std::int64_t kMostValidated = 1200;

PairHeadsImpl::Output on_host(const PairHeadsImpl::Output& output) { return {output.local.to(at::kCPU, at::kFloat), output.distance.to(at::kCPU, at::kFloat)}; }

}  // namespace

Generator::Generator(const StEdmOptions& options, const Tissue& tissue, train::TrainContext& ctx) : shown_(options, tissue, {options.heads.members, options.heads.members}, "", ctx) {
  const auto slides = tissue.sources_with(Role::train);
  if (options.pretrain_steps() > 0) {
    std::vector<std::vector<std::int64_t>> all;
    for (const SourceFacts& source : tissue.sources) all.push_back(source.rows());
    of_all_.emplace(std::move(all), SetDraws(tissue.train_rows, options.batch_size).size());
  }
  rough_by_unseen_ = options.refine_steps() > 0 && options.refine.crossed > 0;
  each_ = std::max(options.heads.missed, rough_by_unseen_ ? options.refine.crossed : 0);
  if (each_ == 0) return;
  if (tissue.block > 0 && each_ % 2 == 1) {
    ++each_;
    ctx.note("networks that miss a slide see components and genes in turn, so there is one more of them: an even number for each group of slides");
  }
  if (slides.size() < 2) {
    if (rough_by_unseen_) ctx.note("refine.crossed needs two training slides: the refiner learns what the networks that are shown get wrong with noised input");
    if (options.heads.missed > 0) ctx.note("heads.missed needs two training slides: circles are calibrated on validation cells of the one there is, and may be too small");
    return;
  }
  const std::size_t groups = std::min(slides.size(), kMostGroups);
  crossed_.emplace(options, tissue, Members{each_ * static_cast<std::int64_t>(groups), each_}, "/crossed", ctx);
  first_crossed_.assign(tissue.sources.size(), -1);
  for (std::size_t g = 0; g < groups; ++g) {
    auto others = tissue.train_rows;
    for (std::size_t k = g; k < slides.size(); k += groups) {
      first_crossed_[slides[k]] = static_cast<std::int64_t>(g) * each_;
      others[slides[k]].clear();
    }
    draws_.emplace_back(std::move(others), SetDraws(tissue.train_rows, options.batch_size).size());
  }
}

train::StepReport Generator::step(const StEdmOptions& options, const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t step,
                                  std::int64_t total, train::TrainContext& ctx) {
  if (step < options.pretrain_steps()) return pretrain(options, tissue, step, total, ctx);
  if (crossed_) {
    const auto block = static_cast<std::size_t>(each_ * draws_.front().size());
    rows_.resize(block * draws_.size());
    for (std::size_t k = 0; k < draws_.size(); ++k) draws_[k].draw(ctx.rng().stream("batches/crossed"), std::span(rows_).subspan(k * block, block));
    crossed_->step(options, tissue, rows_, step, total, ctx);
  }
  PairEnsemble::Looks looks;
  if (crossed_ && crossed_->heads()->options().context == Context::neighbours)
    looks = [&](const at::Tensor& clean) {
      std::vector<at::Tensor> found;                       // a set a shown network, by those that have never seen its slide
      for (std::int64_t m = 0; m < clean.size(0); ++m) {
        const auto first_row = static_cast<std::size_t>(m * clean.size(1));
        const auto source = static_cast<std::size_t>(tissue.source_of_cell[static_cast<std::size_t>(rows[first_row])]);
        found.push_back(crossed_->heads()->looks_together(clean.narrow(0, m, 1).expand({each_, -1, -1}), std::nullopt, never_saw(source)).narrow(0, 0, 1));
      }
      return at::cat(found);
    };
  return shown_.step(options, tissue, rows, step, total, ctx, looks);
}

train::StepReport Generator::pretrain(const StEdmOptions& options, const Tissue& tissue, std::int64_t step, std::int64_t total, train::TrainContext& ctx) {
  const auto on = [&](PairEnsemble& ensemble) {
    rows_.resize(static_cast<std::size_t>(ensemble.members() * of_all_->size()));
    of_all_->draw(ctx.rng().stream("batches/pretrain"), rows_);
    return ensemble.pretrain(options, tissue, rows_, step, total, ctx);
  };
  if (crossed_) on(*crossed_);
  return on(shown_);
}

std::map<std::string, double> Generator::validate(const StEdmOptions& options, const Tissue& tissue) const {
  const at::NoGradGuard no_gradient;
  std::map<std::string, double> sums;
  double slides = 0, both = 0;
  for (std::size_t s = 0; s < tissue.validation_rows.size(); ++s) {
    const std::vector<std::int64_t> rows = misses(s) ? some_rows(tissue.sources[s], kMostValidated, 0) : tissue.validation_rows[s];
    if (rows.size() < 4) continue;
    const at::Tensor places = tissue.places.index_select(0, at::tensor(rows, at::kLong).to(tissue.input.device()));
    PairHeadsImpl::Output output = heads_of(tissue, rows, By::unseen);
    output = {output.local.to(places.options()), output.distance.to(places.options())};
    const at::Tensor sharpness = misses(s) ? crossed_->heads()->sharpness().narrow(0, first_crossed_[s], each_) : shown_.heads()->sharpness();
    const PairTerms terms = pair_terms(options, output, sharpness, places.unsqueeze(0).expand({output.distance.size(0), -1, -1}));
    double total = 0;
    const auto add = [&](const char* name, const at::Tensor& term, double weight) {
      if (!term.defined()) return;
      sums[name] += term.item<double>();
      total += weight * term.item<double>();
    };
    add("neighbours", terms.neighbours, options.loss.neighbours.weight);
    add("distance", terms.distance, options.loss.distance.weight);
    sums["total"] += total;
    // Distances by the head that is for them, neighbours by the other: joined unit vectors are near where the mean of <z_ik, z_jk> over networks k is large.
    const auto scores_of = [&](const at::Tensor& head) {
      const at::Tensor joined = head.permute({1, 0, 2}).reshape({places.size(0), -1});
      return score_places(to_floats(joined), joined.size(1), to_floats(places), tissue.dims, 1);
    };
    const double order = mean_of(scores_of(output.distance).row_spearman), found = mean_of(scores_of(output.local).recall);
    sums["row_spearman"] += order;
    sums["recall_at_10"] += found;
    both += std::sqrt(std::max(order, 0.0) * found);
    ++slides;
  }
  for (auto& [name, sum] : sums) sum /= slides;
  // The terms are least early, where neighbourhoods are soon predicted too surely; places get better for long.
  if (slides > 0) sums["choice"] = 2 - both / slides;
  return sums;
}

PairHeadsImpl::Output Generator::said_of(const Tissue& tissue, std::span<const std::int64_t> rows, std::int64_t at_once, const Look& look) const {
  const at::NoGradGuard no_gradient;
  const auto source_of = [&](std::int64_t row) { return static_cast<std::size_t>(tissue.source_of_cell[static_cast<std::size_t>(row)]); };
  std::vector<at::Tensor> local, distance;
  const auto add = [&](std::span<const std::int64_t> some) {
    const at::Tensor at_rows = at::tensor(at::IntArrayRef(some.data(), some.size()), at::kLong).to(tissue.input.device());
    const PairHeadsImpl::Output output = on_host(look(tissue.input.index_select(0, at_rows), source_of(some.front())));
    local.push_back(output.local);
    distance.push_back(output.distance);
  };
  if (heads()->options().context == Context::none) {
    for (std::size_t begin = 0; begin < rows.size(); begin += static_cast<std::size_t>(at_once))
      add(rows.subspan(begin, std::min(static_cast<std::size_t>(at_once), rows.size() - begin)));
    return {at::cat(local, 1), at::cat(distance, 1)};
  }
  // All cells of each source that is asked of, one source after the other; then those that were asked for.
  std::map<std::size_t, std::vector<std::int64_t>> asked;
  for (const std::int64_t row : rows) asked[source_of(row)];
  for (std::int64_t row = 0; row < tissue.count(); ++row)
    if (const auto found = asked.find(source_of(row)); found != asked.end()) found->second.push_back(row);
  std::vector<std::int64_t> place(tissue.source_of_cell.size(), 0), wanted;
  std::int64_t count = 0;
  for (const auto& [source, cells] : asked)
    for (const std::vector<std::int64_t>& block : context_blocks(tissue.keys, cells, at_once)) {
      for (const std::int64_t row : block) place[static_cast<std::size_t>(row)] = count++;
      add(block);
    }
  for (const std::int64_t row : rows) wanted.push_back(place[static_cast<std::size_t>(row)]);
  const at::Tensor at_wanted = at::tensor(wanted, at::kLong);
  return {at::cat(local, 1).index_select(1, at_wanted), at::cat(distance, 1).index_select(1, at_wanted)};
}

PairHeadsImpl::Output Generator::heads_of(const Tissue& tissue, std::span<const std::int64_t> rows, By by, std::int64_t at_once) const {
  return said_of(tissue, rows, at_once, [&](const at::Tensor& x, std::size_t source) { return by == By::unseen && misses(source) ? crossed_->look(x, never_saw(source)) : shown_.look(x); });
}

PairHeadsImpl::Output Generator::noised_heads_of(const Tissue& tissue, std::span<const std::int64_t> rows, double noise, const at::Generator& generator, By by) const {
  return said_of(tissue, rows, kSeenAtOnce, [&](const at::Tensor& x, std::size_t source) {
    return by == By::unseen && misses(source) ? crossed_->look(x, noise, generator, never_saw(source)) : shown_.look(x, noise, generator);
  });
}

at::Tensor Generator::roughly(const at::Tensor& x, std::size_t source, double noise, const at::Generator& generator) const {
  return on_host(rough_by_unseen_ && misses(source) ? crossed_->look(x, never_saw(source)) : shown_.look(x, noise, generator)).distance;
}

at::Tensor Generator::quick_places(const Tissue& tissue, const SourceFacts& source) const {
  return scaled_places(heads_of(tissue, source).distance, tissue.dims);
}

at::Tensor Generator::places(const StEdmOptions& options, const Tissue& tissue, const SourceFacts& source, int threads, const StopToken& stop) const {
  const at::NoGradGuard no_gradient;
  const PairHeadsImpl::Output heads = heads_of(tissue, source);
  return laid_out_places({heads.distance, heads.local, tissue.components.narrow(0, source.first, source.size)}, tissue.dims, options.layout, threads, stop);
}

void Generator::save(train::CheckpointWriter& writer) const {
  shown_.save(writer);
  if (crossed_) crossed_->save(writer);
}

void Generator::load(train::CheckpointReader& reader) {
  shown_.load(reader);
  if (crossed_) crossed_->load(reader);
}

}  // namespace geocyte::plugins::st_edm
