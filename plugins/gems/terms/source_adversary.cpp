// SPDX-License-Identifier: GPL-3.0-or-later
// The adversary over sources, made stable: stratified batches, a balanced loss, one head a level (modality, patient, source), cells
// weighted so that sources have like composition, noise on the input of the classifier at first.
#include "engine/losses/source_adversary.h"

#include <algorithm>
#include <cmath>

#include "engine/losses/adversary.h"
#include "engine/losses/composition_weights.h"
#include "engine/nn/adversary_heads.h"
#include "engine/optim/schedule.h"
#include "plugins/gems/model.h"
#include "plugins/gems/terms/makers.h"
#include "plugins/gems/terms/recall_scalars.h"
#include "plugins/gems/terms/standardised.h"

namespace geocyte::plugins::gems {
namespace {

constexpr std::int64_t kClusters = 15;      // of the composition weights

const losses::Groups& groups_of_level(const BatchGroups& groups, const std::string& level) {
  return level == "modality" ? groups.modality : level == "patient" ? groups.patient : groups.source;
}

class SourceAdversary : public Term {
 public:
  explicit SourceAdversary(const TermSetup& setup) {
    nn::AdversaryHeadsOptions network;
    network.latent = setup.options.encoder.latent;
    network.hidden = setup.options.discriminator.hidden;
    network.dropout = setup.options.discriminator.dropout;
    if (setup.own.boolean("levels")) {
      if (distinct(setup.cells.modality_of_source()) > 1) network.levels.push_back({"modality", 2});
      if (setup.cells.patients.size() > 1) network.levels.push_back({"patient", static_cast<std::int64_t>(setup.cells.patients.size())});
    }
    network.levels.push_back({"source", static_cast<std::int64_t>(setup.cells.sources.size())});
    heads_ = nn::AdversaryHeads(network, setup.model.weights_generator("heads", setup.ctx), setup.ctx.dtype());
    optimizer_ = &setup.model.add({"heads", heads_.ptr(), Role::opponent, setup.options.discriminator.lr}, setup.options);
    if (setup.own.boolean("composition")) weigh(setup);
  }

  losses::Term evaluate(const TermInput& input) override {
    const bool confuses = input.own.text("form") == "confusion";
    const at::Tensor z = seen(input);
    const auto logits = heads_->forward(confuses ? z : losses::reverse_gradient(z, 1));
    return over_levels(logits, input, confuses);
  }

  std::map<std::string, double> train_opponent(const TermInput& input, const NoiseSource& noise, train::TrainContext& ctx) override {
    std::map<std::string, double> scalars;
    optim::set_learning_rate(*optimizer_, input.options.discriminator.lr);
    // Instance noise falls to 0 over the first half of the run.
    const double disturbance = input.own.number("disturbance") * std::max(0.0, 1 - 2 * ctx.progress());
    for (std::int64_t i = 0; i < input.options.discriminator.steps; ++i) {
      std::optional<at::Generator> dropout;
      if (noise) dropout = noise();
      const auto logits = heads_->forward(seen(input), dropout, disturbance);
      if (i == 0) add_recall_scalars("source_adversary", losses::class_recall(logits.back(), input.groups.source), scalars);
      const losses::Term loss = over_levels(logits, input, false);
      if (!loss) return {};
      ctx.update("heads", *optimizer_, *loss.value);
    }
    return scalars;
  }

 private:
  static at::Tensor seen(const TermInput& input) { return input.own.boolean("standardise") ? standardised(input.views.z1) : input.views.z1; }
  static std::size_t distinct(std::vector<std::int64_t> values) {
    std::sort(values.begin(), values.end());
    return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
  }

  void weigh(const TermSetup& setup) {
    const auto& types = setup.knowledge.pseudo_types(kClusters, setup.ctx.rng().seed());
    const auto count = static_cast<std::int64_t>(setup.cells.sources.size());
    std::vector<std::int64_t> sources(setup.cells.source_of_cell.begin(), setup.cells.source_of_cell.end());
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (types[i] < 0) sources[i] = -1;   // held out
    const auto device = setup.ctx.device();
    weights_ = losses::composition_weights(setup.knowledge.similarity_scores(), {sources, count, device}, {types, kClusters, device}).weight;
  }

  losses::Term over_levels(const std::vector<at::Tensor>& logits, const TermInput& input, bool confuses) const {
    losses::SourceAdversaryOptions how;
    const std::string balance = input.own.text("balance");
    how.balance = balance == "source" ? losses::AdversaryBalance::by_group
                  : balance == "cell" ? losses::AdversaryBalance::by_cell
                                      : losses::AdversaryBalance::by_prior;
    const at::Tensor weights = weights_.defined() && input.training ? weights_.index_select(0, input.views.rows) : at::Tensor();
    std::vector<losses::Term> terms;
    for (std::size_t level = 0; level < logits.size(); ++level) {
      const losses::Groups& groups = groups_of_level(input.groups, heads_->levels()[level].name);
      terms.push_back(confuses ? losses::source_confusion(logits[level], groups, how, weights)
                               : losses::source_cross_entropy(logits[level], groups, how, weights));
    }
    return losses::mean_of(terms);
  }

  nn::AdversaryHeads heads_{nullptr};
  optim::AdamW* optimizer_ = nullptr;
  at::Tensor weights_;                     // (N), of training cells
};

}  // namespace

std::unique_ptr<Term> make_source_adversary(const TermSetup& setup) { return std::make_unique<SourceAdversary>(setup); }

}  // namespace geocyte::plugins::gems
