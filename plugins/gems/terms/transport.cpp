// SPDX-License-Identifier: GPL-3.0-or-later
// Distances between whole distributions, as the mean over all pairs of sources.
#include <vector>

#include "engine/losses/energy_distance.h"
#include "engine/losses/mmd.h"
#include "engine/losses/running_coral.h"
#include "engine/losses/sinkhorn.h"
#include "engine/losses/sinkhorn_memory.h"
#include "engine/losses/sliced_wasserstein.h"
#include "engine/losses/source_adversary.h"
#include "engine/nn/generator.h"
#include "plugins/gems/terms/makers.h"
#include "plugins/gems/terms/standardised.h"

namespace geocyte::plugins::gems {
namespace {

losses::Statistic statistic_of(const TermOptions& own) {
  return own.text("statistic") == "biased" ? losses::Statistic::biased : losses::Statistic::unbiased;
}

class Sinkhorn : public Term {
 public:
  explicit Sinkhorn(const TermSetup& setup)
      : memory_(std::make_shared<losses::SinkhornMemory>(static_cast<std::int64_t>(setup.cells.sources.size()), setup.options.encoder.latent,
                                                         setup.own.integer("bank"))) {}

  losses::Term evaluate(const TermInput& input) override {
    losses::SinkhornOptions options;
    options.p = input.own.text("cost") == "squared" ? 2 : 1;
    options.blur = input.own.number("blur");
    options.scaling = input.own.number("scaling");
    options.reach = input.own.number("reach");
    losses::Term term = losses::sinkhorn(input.views.z1, input.groups.source, options, memory_.get());
    if (input.training) memory_->observe(input.views.z1, input.groups.source);
    return term;
  }

  void save(train::CheckpointWriter& writer) const override { writer.module("sinkhorn_memory", *memory_); }
  void load(train::CheckpointReader& reader) override { reader.module("sinkhorn_memory", *memory_); }

 private:
  std::shared_ptr<losses::SinkhornMemory> memory_;
};

class SlicedWasserstein : public Term {
 public:
  explicit SlicedWasserstein(const TermSetup& setup) : ctx_(setup.ctx) {}

  losses::Term evaluate(const TermInput& input) override {
    losses::SlicedWassersteinOptions options;
    options.reference = input.own.text("reference") == "pairs" ? losses::SlicedReference::pairs : losses::SlicedReference::pooled;
    // Fresh directions in training, or they overfit; the same ones at every validation, or its curve is noise.
    const std::uint64_t seed = input.training ? ctx_.rng().stream("directions")() : ctx_.rng().seed();
    const at::Tensor& z = input.views.z1;
    const at::Tensor directions = losses::random_directions(z.size(1), input.own.integer("directions"), nn::make_generator(seed, z.device()), z.options());
    return losses::sliced_wasserstein(z, input.groups.source, directions, options);
  }

 private:
  train::TrainContext& ctx_;
};

class RunningCoral : public Term {
 public:
  explicit RunningCoral(const TermSetup& setup)
      : moments_(std::make_shared<losses::RunningMoments>(static_cast<std::int64_t>(setup.cells.sources.size()), setup.options.encoder.latent,
                                                          setup.own.number("decay"))) {}

  losses::Term evaluate(const TermInput& input) override {
    losses::Term term = losses::running_coral(input.views.z1, input.groups.source, *moments_);
    if (input.training) moments_->observe(input.views.z1, input.groups.source);
    return term;
  }

  void save(train::CheckpointWriter& writer) const override { writer.module("running_moments", *moments_); }
  void load(train::CheckpointReader& reader) override { reader.module("running_moments", *moments_); }

 private:
  std::shared_ptr<losses::RunningMoments> moments_;
};

}  // namespace

std::unique_ptr<Term> make_sliced_wasserstein(const TermSetup& setup) { return std::make_unique<SlicedWasserstein>(setup); }
std::unique_ptr<Term> make_running_coral(const TermSetup& setup) { return std::make_unique<RunningCoral>(setup); }

std::unique_ptr<Term> make_mmd(const TermSetup&) {
  return plain([](const TermInput& input) {
    losses::MmdOptions options;
    options.statistic = statistic_of(input.own);
    options.widths = input.own.text("widths") == "mean" ? losses::MmdWidths::mean_square : losses::MmdWidths::median_multiples;
    losses::MmdOptions of_modalities = options;
    of_modalities.what = "modality";
    const std::string scale = input.own.text("scale"), level = input.own.text("level");
    std::vector<losses::Term> parts;
    for (const bool each : {false, true}) {
      if (scale == (each ? "whole" : "each")) continue;
      const at::Tensor z = each ? standardised(input.views.z1) : input.views.z1;
      if (level != "modality") parts.push_back(losses::mmd(z, input.groups.source, options));
      if (level != "source") parts.push_back(losses::mmd(z, input.groups.modality, of_modalities));
    }
    return losses::mean_of(parts);
  });
}

std::unique_ptr<Term> make_energy(const TermSetup&) {
  return plain([](const TermInput& input) {
    losses::EnergyDistanceOptions options;
    options.statistic = statistic_of(input.own);
    return losses::energy_distance(input.views.z1, input.groups.source, options);
  });
}

std::unique_ptr<Term> make_sinkhorn(const TermSetup& setup) { return std::make_unique<Sinkhorn>(setup); }

}  // namespace geocyte::plugins::gems
