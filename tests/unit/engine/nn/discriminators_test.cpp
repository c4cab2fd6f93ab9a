// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/core/grad_mode.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/tensor.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine/core/error.h"
#include "engine/nn/adversary_heads.h"
#include "engine/nn/critic.h"
#include "engine/nn/generator.h"
#include "engine/nn/state.h"
#include "engine/nn/translator.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::largest;
using losses::normal_matrix;

AdversaryHeadsOptions two_levels() { return {.latent = 3, .levels = {{"modality", 2}, {"source", 5}}, .hidden = {4}, .dropout = 0.5}; }

TEST(AdversaryHeads, GiveLogitsOfEachLevelFromNetworksOfTheirOwn) {
  AdversaryHeads heads(two_levels(), make_generator(1), at::kDouble);
  const auto logits = heads->forward(normal_matrix(6, 3, 2));
  ASSERT_EQ(logits.size(), 2U);
  EXPECT_EQ(logits[0].sizes(), (std::vector<std::int64_t>{6, 2}));
  EXPECT_EQ(logits[1].sizes(), (std::vector<std::int64_t>{6, 5}));
  EXPECT_EQ(heads->levels()[1].name, "source");
  // The loss of one level has no gradient in the other.
  logits[0].pow(2).sum().backward();
  for (const auto& p : heads->named_parameters()) EXPECT_EQ(p.value().grad().defined(), p.key().starts_with("level0.")) << p.key();
}

TEST(AdversaryHeads, DisturbTheirInputByTheSpreadOfTheBatchAndOnlyWhenAsked) {
  AdversaryHeads heads(AdversaryHeadsOptions{.latent = 3, .levels = {{"source", 2}}, .hidden = {}, .dropout = 0}, make_generator(1), at::kDouble);
  const auto z = normal_matrix(4000, 3, 2);
  const auto quiet = heads->forward(z)[0];
  EXPECT_TRUE(heads->forward(z, make_generator(1), 0)[0].equal(quiet));
  EXPECT_TRUE(heads->forward(z, std::nullopt, 1)[0].equal(quiet));
  // A linear head passes noise of sd 0.5 sd_j on as w_j: its variance is sum_j w_j^2 / 4 sd_j^2. With z moved far out nothing changes.
  const auto w = heads->named_parameters()["level0.linear0.weight"];
  const auto expected = (w.pow(2) * z.var(0, false) / 4).sum(1);
  const auto noise = heads->forward(z + 100, make_generator(3), 0.5)[0] - heads->forward(z + 100)[0];
  EXPECT_LT(largest(noise.var(0, false) / expected - 1), 0.1);
}

TEST(AdversaryHeads, RefuseNoLevelAndALevelOfOneClass) {
  EXPECT_THROW(AdversaryHeads(AdversaryHeadsOptions{.levels = {}}, make_generator(1)), Error);
  try {
    AdversaryHeads(AdversaryHeadsOptions{.levels = {{"patient", 1}}}, make_generator(1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
    EXPECT_EQ(error.context().front(), "making the adversary of the patient");
  }
}

CriticOptions small_critic() { return {.latent = 6, .scales = {6, 2}, .hidden = {5, 4}, .outputs = 3}; }

TEST(Critic, JudgesEachScaleByANetworkOfItsOwn) {
  Critic critic(small_critic(), make_generator(1), at::kDouble);
  const auto p = critic->named_parameters();
  const auto q = critic->named_buffers()["scale1_projection"];
  EXPECT_LT(largest(q.t().mm(q) - at::eye(2, at::kDouble)), 1e-14);
  const auto z = normal_matrix(7, 6, 2);
  const auto output = critic->forward(z);
  ASSERT_EQ(output.scores.size(), 2U);
  ASSERT_EQ(output.features.size(), 4U);
  const auto leaky = [](const at::Tensor& x) { return x.maximum(0.2 * x); };
  auto h = z.mm(q);
  for (const auto* i : {"0", "1"}) h = leaky(h.mm(p[std::string("scale1_linear") + i + ".weight"].t()) + p[std::string("scale1_linear") + i + ".bias"]);
  EXPECT_LT(largest(output.features[3] - h), 1e-14);
  EXPECT_LT(largest(output.scores[1] - (h.mm(p["scale1_linear2.weight"].t()) + p["scale1_linear2.bias"])), 1e-14);
  EXPECT_EQ(critic->scores(z).sizes(), (std::vector<std::int64_t>{7, 6}));
  EXPECT_TRUE(critic->scores(z).slice(1, 3).equal(output.scores[1]));
  // What lies outside a projection a scale does not see.
  const auto hidden = z - z.mm(q).mm(q.t());
  EXPECT_LT(largest(critic->forward(z + hidden).scores[1] - output.scores[1]), 1e-13);
}

TEST(Critic, OfOneSeedIsOneNetworkAndItsProjectionIsSavedWithIt) {
  Critic a(small_critic(), make_generator(1), at::kDouble), b(small_critic(), make_generator(1), at::kDouble), c(small_critic(), make_generator(2), at::kDouble);
  const auto z = normal_matrix(7, 6, 2);
  EXPECT_TRUE(a->scores(z).equal(b->scores(z)));
  EXPECT_FALSE(a->scores(z).equal(c->scores(z)));
  load_state(*c, state_of(*a));
  EXPECT_TRUE(a->scores(z).equal(c->scores(z)));
}

TEST(Critic, HasGradientsAndASecondDerivativeWithRespectToItsWeights) {
  Critic critic(small_critic(), make_generator(1), at::kDouble);
  losses::expect_gradient([&](const at::Tensor& z) { return critic->scores(z).pow(2).sum(); }, normal_matrix(5, 6, 3), 1e-6);
  // d/dW of |df/dz|^2, by central differences in W.
  const auto weight = critic->named_parameters()["scale0_linear0.weight"];
  const losses::Loss penalty = [&](const at::Tensor& w) {
    const auto kept = weight.detach().clone();
    weight.set_data(w.detach().clone());
    const auto z = normal_matrix(5, 6, 4).requires_grad_(true);
    const auto slope = torch::autograd::grad({critic->scores(z).select(1, 0).sum()}, {z}, {}, std::nullopt, /*create_graph=*/true)[0];
    auto value = slope.pow(2).sum();
    if (w.requires_grad()) {
      const auto gradient = torch::autograd::grad({value}, {weight})[0];
      value = value.detach() + ((w - w.detach()) * gradient).sum();
    }
    weight.set_data(kept);
    return value;
  };
  losses::expect_gradient(penalty, weight.detach(), 1e-6);
}

TEST(Critic, RefusesWidthsOutOfRange) {
  for (const auto& wrong : {CriticOptions{.latent = 6, .scales = {7}}, CriticOptions{.latent = 6, .scales = {}}, CriticOptions{.latent = 6, .scales = {2}, .outputs = 0}})
    EXPECT_THROW(Critic(wrong, make_generator(1)), Error);
}

at::Tensor translated() { return at::tensor({0, 1, -1, 0, 1}, at::kLong); }

TEST(Translator, BeginsAsTheIdentityAndMovesEachGroupByItsOwnNetwork) {
  Translator translator(TranslatorOptions{.latent = 3, .hidden = {4}}, make_generator(1), at::kDouble);
  const auto z = normal_matrix(5, 3, 2);
  EXPECT_TRUE(translator->forward(z, translated()).equal(z));
  const auto p = translator->named_parameters();
  {
    const c10::NoGradGuard no_gradient;
    p["from0.linear1.bias"].fill_(2);
    p["from1.linear1.bias"].fill_(-2);
  }
  const auto moved = translator->forward(z, translated()) - z;
  EXPECT_LT(largest(moved.select(1, 0) - at::tensor({2.0, -2.0, 0.0, 2.0, -2.0}, at::kDouble)), 1e-14);
  EXPECT_LT(largest(translator->round_trip(z, translated()) - z), 1e-14);         // there and back again
}

TEST(Translator, GradientsReachBothNetworks) {
  Translator translator(TranslatorOptions{.latent = 3, .hidden = {4}}, make_generator(1), at::kDouble);
  {
    const c10::NoGradGuard no_gradient;
    for (const auto* name : {"from0.linear1.weight", "from1.linear1.weight"}) translator->named_parameters()[name].copy_(normal_matrix(3, 4, 5));
  }
  const auto loss = [&](const at::Tensor& z) { return translator->round_trip(z, translated()).pow(2).sum(); };
  losses::expect_gradient(loss, normal_matrix(5, 3, 6), 1e-6);
  loss(normal_matrix(5, 3, 6)).backward();
  for (const auto& p : translator->named_parameters()) EXPECT_GT(largest(p.value().grad()), 0) << p.key();
}

}  // namespace
}  // namespace geocyte::nn
