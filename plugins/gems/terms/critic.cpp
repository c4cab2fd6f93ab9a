// SPDX-License-Identifier: GPL-3.0-or-later
// A Wasserstein critic with gradient penalty, at several scales, and the matching of its features.
#include "engine/nn/critic.h"

#include <algorithm>

#include "engine/losses/feature_matching.h"
#include "engine/losses/wasserstein.h"
#include "engine/optim/schedule.h"
#include "plugins/gems/model.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

class CriticTerm : public Term {
 public:
  explicit CriticTerm(const TermSetup& setup) {
    nn::CriticOptions network;
    network.latent = setup.options.encoder.latent;
    const std::int64_t d = network.latent;
    if (setup.own.boolean("scales")) network.scales = {d, std::max<std::int64_t>(1, d / 4), std::max<std::int64_t>(1, d / 16)};
    else network.scales = {d};
    network.hidden = setup.options.discriminator.hidden;
    const auto sources = static_cast<std::int64_t>(setup.cells.sources.size());
    network.outputs = sources == 2 ? 1 : sources;
    critic_ = nn::Critic(network, setup.model.weights_generator("critic", setup.ctx), setup.ctx.dtype());
    PartSpec part{"critic", critic_.ptr(), Role::opponent, setup.own.number("lr")};
    part.beta1 = 0;
    optimizer_ = &setup.model.add(std::move(part), setup.options);
  }

  losses::Term evaluate(const TermInput& input) override {
    const nn::CriticImpl::Output out = critic_->forward(input.views.z1);
    losses::Term gap = losses::wasserstein_gap(critic_->scores(input.views.z1), input.groups.source);
    const double weight = input.own.number("feature_matching");
    if (!gap || weight == 0) return gap;
    const losses::Term matched = losses::feature_matching(out.features, input.groups.source);
    return matched ? losses::Term::of(gap.value->add(*matched.value, weight)) : gap;
  }

  std::map<std::string, double> train_opponent(const TermInput& input, const NoiseSource& noise, train::TrainContext& ctx) override {
    losses::CriticLossOptions how;
    how.penalty = input.own.number("penalty");
    optim::set_learning_rate(*optimizer_, input.own.number("lr"));
    std::map<std::string, double> scalars;
    if (!noise) return scalars;   // interpolation is random by nature
    for (std::int64_t i = 0; i < input.own.integer("steps"); ++i) {
      const losses::CriticLoss loss = losses::critic_loss([&](const at::Tensor& z) { return critic_->scores(z); }, input.views.z1, input.groups.source, how, noise());
      if (!loss.loss) return scalars;
      if (i == 0) scalars["critic/distance"] = -loss.gap.item<double>();
      ctx.update("critic", *optimizer_, *loss.loss.value);
    }
    return scalars;
  }

 private:
  nn::Critic critic_{nullptr};
  optim::AdamW* optimizer_ = nullptr;
};

}  // namespace

std::unique_ptr<Term> make_critic(const TermSetup& setup) { return std::make_unique<CriticTerm>(setup); }

}  // namespace geocyte::plugins::gems
