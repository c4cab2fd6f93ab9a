// SPDX-License-Identifier: GPL-3.0-or-later
// A pair of translators between spots and cells: what is carried over looks like what is there, and comes home again.
//
//   L = 1/2 [MMD(T_0(z_0), z_1) + MMD(T_1(z_1), z_0)] + c L_pair + w mean ||T_k(z) - z||^2 / D
//
// The last part makes the way short: what the translators need not do, the encoder has done. References: nn/translator.h,
// losses/round_trip.h.
#include "engine/nn/translator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include "engine/losses/mmd.h"
#include "engine/losses/round_trip.h"
#include "plugins/gems/model.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

/// MMD of two sets of rows.
losses::Term between(const at::Tensor& a, const at::Tensor& b) {
  std::vector<std::int64_t> labels(static_cast<std::size_t>(a.size(0)), 0);
  labels.resize(static_cast<std::size_t>(a.size(0) + b.size(0)), 1);
  losses::MmdOptions how;
  how.what = "modality";
  return losses::mmd(at::cat({a, b}), {labels, 2, a.device()}, how);
}

class Translation : public Term {
 public:
  explicit Translation(const TermSetup& setup) {
    nn::TranslatorOptions network;
    network.latent = setup.options.encoder.latent;
    network.hidden = {setup.own.integer("hidden")};
    translator_ = nn::Translator(network, setup.model.weights_generator("translator", setup.ctx), setup.ctx.dtype());
    setup.model.add({"translator", translator_.ptr(), Role::partner, setup.options.optimizer.lr}, setup.options);
  }

  losses::Term evaluate(const TermInput& input) override {
    const losses::Groups& modality = input.groups.modality;
    if (modality.of_at_least(1).size() < 2) return losses::Term::absent("all sources are of one modality");
    const at::Tensor &z = input.views.z1, &labels = modality.label_tensor();
    const at::Tensor carried = translator_->forward(z, labels);                       // (B, D)
    const auto rows = [&](std::int64_t group) { return at::tensor(modality.members(group), at::kLong).to(z.device()); };
    const at::Tensor spots = rows(kSpots), cells = rows(kSingleCells);
    const losses::Term there = between(carried.index_select(0, spots), z.index_select(0, cells));
    const losses::Term back = between(carried.index_select(0, cells), z.index_select(0, spots));
    const losses::Term home = losses::translation_cycle(translator_->forward(carried, 1 - labels), z, modality, true);
    if (!there) return there;
    if (!back) return back;
    at::Tensor value = (*there.value + *back.value) * 0.5 + (carried - z).square().mean() * input.own.number("shortness");
    if (home) value = value.add(*home.value, input.own.number("home"));
    return losses::Term::of(value);
  }

 private:
  nn::Translator translator_{nullptr};
};

}  // namespace

std::unique_ptr<Term> make_translation(const TermSetup& setup) { return std::make_unique<Translation>(setup); }

}  // namespace geocyte::plugins::gems
