// SPDX-License-Identifier: GPL-3.0-or-later
// The binary adversary of seed 001: a discriminator that tells spots from cells, behind a gradient reversal.
#include "engine/losses/adversary.h"

#include "engine/nn/discriminator.h"
#include "engine/optim/schedule.h"
#include "plugins/gems/model.h"
#include "plugins/gems/terms/makers.h"
#include "plugins/gems/terms/recall_scalars.h"

namespace geocyte::plugins::gems {
namespace {

class Adversary : public Term {
 public:
  explicit Adversary(const TermSetup& setup) {
    nn::DiscriminatorOptions network;
    network.latent = setup.options.encoder.latent;
    network.hidden = setup.options.discriminator.hidden;
    network.dropout = setup.options.discriminator.dropout;
    discriminator_ = nn::make_discriminator(network, setup.model.weights_generator("discriminator", setup.ctx), setup.ctx.dtype());
    optimizer_ = &setup.model.add({"discriminator", discriminator_.ptr(), Role::opponent, setup.options.discriminator.lr}, setup.options);
  }

  losses::Term evaluate(const TermInput& input) override {
    if (const auto why = reason_to_rest(input)) return losses::Term::absent(*why);
    return losses::balanced_cross_entropy(discriminator_->forward(losses::reverse_gradient(input.views.z1, 1)), input.groups.modality);
  }

  std::map<std::string, double> train_opponent(const TermInput& input, const NoiseSource& noise, train::TrainContext& ctx) override {
    if (reason_to_rest(input)) return {};
    std::map<std::string, double> scalars;
    optim::set_learning_rate(*optimizer_, input.options.discriminator.lr);
    for (std::int64_t i = 0; i < input.options.discriminator.steps; ++i) {
      std::optional<at::Generator> dropout;
      if (noise) dropout = noise();
      const at::Tensor logits = discriminator_->forward(input.views.z1, dropout);   // (B, 2)
      // Judged before it is trained on the batch: what it has learned from this very batch says nothing.
      if (i == 0) add_recall_scalars("adversary", losses::class_recall(logits, input.groups.modality), scalars);
      ctx.update("discriminator", *optimizer_, *losses::balanced_cross_entropy(logits, input.groups.modality).value);
    }
    return scalars;
  }

 private:
  static std::optional<std::string> reason_to_rest(const TermInput& input) {
    if (input.groups.modality.of_at_least(1).size() < 2) return "all sources are of one modality";
    return std::nullopt;
  }

  nn::Mlp discriminator_{nullptr};
  optim::AdamW* optimizer_ = nullptr;
};

}  // namespace

std::unique_ptr<Term> make_adversary(const TermSetup& setup) { return std::make_unique<Adversary>(setup); }

}  // namespace geocyte::plugins::gems
