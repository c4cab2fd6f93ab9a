// SPDX-License-Identifier: GPL-3.0-or-later
// A decoder that is told the source gives back what a cell is within its source: scores of the components of its source-wise
// z-scored genes, or its counts. So the embedding has to hold what tells cells apart and gains nothing by holding the source.
// It is the term that keeps biology while others mix.
#include <vector>

#include <ATen/ops/tensor.h>

#include "engine/losses/count_likelihood.h"
#include "engine/losses/score_reconstruction.h"
#include "engine/nn/source_decoder.h"
#include "plugins/gems/model.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

nn::SourceDecoderOptions decoder_options(const TermSetup& setup, std::int64_t sources, std::int64_t out) {
  nn::SourceDecoderOptions options;
  options.latent = setup.options.encoder.latent;
  options.sources = sources;
  options.hidden = {setup.own.integer("hidden")};
  options.out = out;
  return options;
}

class ScoreReconstruction : public Term {
 public:
  explicit ScoreReconstruction(const TermSetup& setup)
      : within_source_(setup.knowledge.within_source(
            setup.own.integer("components"), setup.own.text("scale") == "unit" ? nn::ScoreScale::unit : nn::ScoreScale::spread,
            setup.own.text("genes") == "centre" ? nn::GeneScale::kept : nn::GeneScale::unit)) {
    nn::SourceDecoderOptions network = decoder_options(setup, within_source_.trained, within_source_.scores.components());
    network.source_offset = false;
    decoder_ = nn::SourceDecoder(network, setup.model.weights_generator("decoder", setup.ctx), setup.ctx.dtype());
    setup.model.add({"decoder", decoder_.ptr(), Role::partner, setup.options.optimizer.lr}, setup.options);
  }

  losses::Term evaluate(const TermInput& input) override {
    const at::Tensor source = input.groups.source.label_tensor();
    const at::Tensor wanted = within_source_.of(input.views.expression, source);   // (B, P)
    return losses::score_reconstruction(decoder_->forward(input.views.z1, within_source_.trained_number.index_select(0, source)), wanted,
                                        input.groups.source);
  }

 private:
  const WithinSource& within_source_;
  nn::SourceDecoder decoder_{nullptr};
};

class CountReconstruction : public Term {
 public:
  explicit CountReconstruction(const TermSetup& setup) : cells_(setup.cells) {
    std::vector<std::int64_t> numbers;
    std::int64_t trained = 0;
    for (const auto& rows : cells_.by_source(cells_.split.train)) numbers.push_back(rows.empty() ? -1 : trained++);
    number_ = at::tensor(numbers, at::kLong).to(setup.ctx.device());
    const auto network = decoder_options(setup, trained, cells_.genes());
    decoder_ = nn::CountDecoder(network, nn::Dispersion::gene, setup.model.weights_generator("count_decoder", setup.ctx), setup.ctx.dtype());
    setup.model.add({"count_decoder", decoder_.ptr(), Role::partner, setup.options.optimizer.lr}, setup.options);
  }

  losses::Term evaluate(const TermInput& input) override {
    // Counts of the panel come back from log counts and the library size: x = expm1(z) L / T.
    const at::Tensor scale = cells_.library.index_select(0, input.views.rows).div(cells_.recipe.target_sum()).unsqueeze(1);   // (B, 1)
    const at::Tensor counts = input.views.expression.expm1().mul_(scale).round_();                                           // (B, G)
    const at::Tensor logits = decoder_->forward(input.views.z1, number_.index_select(0, input.groups.source.label_tensor()));
    return losses::count_likelihood(logits, counts, decoder_->log_dispersion(), input.groups.source);
  }

 private:
  const Cells& cells_;
  nn::CountDecoder decoder_{nullptr};
  at::Tensor number_;
};

}  // namespace

std::unique_ptr<Term> make_reconstruction(const TermSetup& setup) {
  if (setup.own.text("target") == "counts") return std::make_unique<CountReconstruction>(setup);
  return std::make_unique<ScoreReconstruction>(setup);
}

}  // namespace geocyte::plugins::gems
