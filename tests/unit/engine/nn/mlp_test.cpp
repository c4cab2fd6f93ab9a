// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/mlp.h"

#include <ATen/Context.h>
#include <ATen/ops/layer_norm.h>

#include "engine/core/error.h"
#include "engine/nn/discriminator.h"
#include "engine/nn/generator.h"
#include "engine/nn/registry.h"
#include "engine/nn/state.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::largest;
using losses::normal_matrix;

MlpOptions small() { return {.in = 5, .hidden = {4, 3}, .out = 2, .dropout = 0.5}; }
Mlp make_small(std::uint64_t seed = 1) { return Mlp(small(), make_generator(seed), at::kDouble); }

std::vector<std::string> names_of(const NamedTensors& state) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state) names.push_back(name);
  return names;
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Mlp, IsLinearNormReluAndABareLastLinear) {
  const auto mlp = make_small();
  const auto p = mlp->named_parameters();
  const auto x = normal_matrix(6, 5, 2);
  auto h = x;
  for (const auto* i : {"0", "1"}) {
    const auto linear = std::string("linear") + i + ".", norm = std::string("norm") + i + ".";
    h = h.mm(p[linear + "weight"].t()) + p[linear + "bias"];
    h = at::layer_norm(h, p[norm + "weight"].sizes(), p[norm + "weight"], p[norm + "bias"]).relu();
  }
  h = h.mm(p["linear2.weight"].t()) + p["linear2.bias"];
  EXPECT_LT(largest(mlp->forward(x) - h), 1e-14);
}

TEST(Mlp, WithoutHiddenLayersIsOneLinearMap) {
  Mlp mlp(MlpOptions{.in = 3, .hidden = {}, .out = 2}, make_generator(1), at::kDouble);
  const auto a = normal_matrix(4, 3, 3), b = normal_matrix(4, 3, 4);
  EXPECT_LT(largest(mlp->forward(a) + mlp->forward(b) - mlp->forward(a + b) - mlp->forward(at::empty_like(a).zero_())), 1e-15);
}

TEST(Mlp, OfOneSeedIsOneNetworkWhateverTheDefaultGeneratorIs) {
  auto shared = at::globalContext().defaultGenerator(at::kCPU);
  shared.set_current_seed(1);
  const auto first = state_of(*make_small(7));
  shared.set_current_seed(2);
  const auto second = state_of(*make_small(7)), other = state_of(*make_small(8));
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(first[i].second.equal(second[i].second)) << first[i].first;
  EXPECT_FALSE(first[0].second.equal(other[0].second));
  // A later layer does not depend on what it is followed by.
  Mlp longer(MlpOptions{.in = 5, .hidden = {4, 3, 9}, .out = 2}, make_generator(7), at::kDouble);
  EXPECT_TRUE(longer->named_parameters()["linear1.weight"].equal(first[4].second));
}

TEST(Mlp, DropsOnlyWhenAGeneratorIsGiven) {
  auto mlp = make_small();
  const auto x = normal_matrix(6, 5, 5);
  mlp->train();
  EXPECT_TRUE(mlp->forward(x).equal(mlp->forward(x)));
  EXPECT_FALSE(mlp->forward(x, make_generator(1)).equal(mlp->forward(x)));
  EXPECT_TRUE(mlp->forward(x, make_generator(1)).equal(mlp->forward(x, make_generator(1))));
  EXPECT_FALSE(mlp->forward(x, make_generator(1)).equal(mlp->forward(x, make_generator(2))));
}

TEST(Mlp, TreatsEachCellByItself) {
  const auto mlp = make_small();
  const auto x = normal_matrix(6, 5, 6);
  EXPECT_LT(largest(mlp->forward(x).flip(0) - mlp->forward(x.flip(0))), 1e-15);
}

TEST(Mlp, GradientAgreesWithCentralDifferences) {
  const auto mlp = make_small();
  losses::expect_gradient([&](const at::Tensor& x) { return mlp->forward(x).pow(2).sum(); }, normal_matrix(3, 5, 7), 1e-6);
}

TEST(Mlp, RefusesOtherWidthsAndImpossibleOptions) {
  EXPECT_THROW(make_small()->forward(normal_matrix(3, 4, 1)), Error);
  EXPECT_EQ(message_of([] { Mlp(MlpOptions{.in = 0, .hidden = {}, .out = 2}, make_generator(1)); }), "the input width of a network is 0; it is at least 1");
  EXPECT_EQ(message_of([] { Mlp(MlpOptions{.in = 1, .hidden = {-4}, .out = 2}, make_generator(1)); }), "a hidden width of a network is -4; it is at least 1");
  EXPECT_EQ(message_of([] { Mlp(MlpOptions{.in = 1, .hidden = {}, .out = 2, .dropout = 1}, make_generator(1)); }), "the dropout of a network is 1.000000; it lies in [0, 1)");
}

TEST(MlpOptions, SurviveJson) {
  EXPECT_EQ(mlp_options_from_json(to_json(small())), small());
  EXPECT_EQ(to_json(small()).dump(), R"({"in":5,"hidden":[4,3],"out":2,"dropout":0.5,"layer_norm":true})");
}

TEST(MlpOptions, OfBadJsonNameTheKey) {
  const auto parse = [](const char* text) { return message_of([&] { mlp_options_from_json(Json::parse(text)); }); };
  EXPECT_EQ(parse("[]"), "the description of a network is not a JSON object");
  EXPECT_EQ(parse(R"({"in": 3, "out": 2})"), "the description of a network has no \"hidden\"");
  EXPECT_EQ(parse(R"({"in": 3, "out": 2, "hidden": [], "depth": 4})"), "the description of a network has an unknown key \"depth\"");
  EXPECT_EQ(parse(R"({"in": "3", "out": 2, "hidden": []})"), "\"in\" in the description of a network is not a whole number");
  EXPECT_EQ(parse(R"({"in": 3, "out": 2, "hidden": 5})"), "\"hidden\" in the description of a network is not a list of whole numbers");
  EXPECT_EQ(parse(R"({"in": 3, "out": -2, "hidden": []})"), "the output width of a network is -2; it is at least 1");
}

TEST(Discriminator, GivesOneLogitAClassWithoutNormalisation) {
  const auto discriminator = make_discriminator({.latent = 6, .hidden = {8}, .classes = 3}, make_generator(1), at::kDouble);
  EXPECT_EQ(discriminator->forward(normal_matrix(4, 6, 1)).sizes(), (at::IntArrayRef{4, 3}));
  EXPECT_EQ(names_of(state_of(*discriminator)), (std::vector<std::string>{"linear0.weight", "linear0.bias", "linear1.weight", "linear1.bias"}));
  EXPECT_EQ(message_of([] { make_discriminator({.classes = 1}, make_generator(1)); }), "a discriminator of 1 classes has nothing to tell apart");
}

TEST(State, IsOrderedNamedAndIndependentOfTheModule) {
  const auto mlp = make_small();
  const auto state = state_of(*mlp, "encoder.");
  EXPECT_EQ(names_of(state),
            (std::vector<std::string>{"encoder.linear0.weight", "encoder.linear0.bias", "encoder.norm0.weight", "encoder.norm0.bias",
                                      "encoder.linear1.weight", "encoder.linear1.bias", "encoder.norm1.weight", "encoder.norm1.bias",
                                      "encoder.linear2.weight", "encoder.linear2.bias"}));
  const double before = state[0].second[0][0].item<double>();
  mlp->named_parameters()["linear0.weight"].detach().fill_(9);
  EXPECT_EQ(state[0].second[0][0].item<double>(), before);
  EXPECT_FALSE(state[0].second.requires_grad());
}

TEST(State, LoadedIntoAnotherNetworkMakesThemEqual) {
  auto source = make_small(1), target = make_small(2);
  const auto x = normal_matrix(3, 5, 8);
  auto state = state_of(*source, "encoder.");
  state.emplace_back("discriminator.weight", at::empty({1}));   // of somebody else
  load_state(*target, state, "encoder.");
  EXPECT_TRUE(target->forward(x).equal(source->forward(x)));
  EXPECT_TRUE(target->named_parameters()["linear0.weight"].requires_grad());
}

TEST(State, ThatDoesNotFitIsNamedAndChangesNothing) {
  auto source = make_small(1), target = make_small(2);
  const auto x = normal_matrix(3, 5, 9), before = target->forward(x);
  const auto load = [&](const NamedTensors& state) { return message_of([&] { load_state(*target, state); }); };
  auto state = state_of(*source);
  const auto last = state.back();
  state.pop_back();
  EXPECT_EQ(load(state), "the saved network has no tensor \"linear2.bias\"");
  state.emplace_back("linear2.bias", last.second.to(at::kFloat));
  EXPECT_EQ(load(state), "\"linear2.bias\" of the saved network is Float 2 where Double 2 is needed");
  state.back().second = normal_matrix(1, 3, 1);
  EXPECT_EQ(load(state), "\"linear2.bias\" of the saved network is Double 1 x 3 where Double 2 is needed");
  state.back() = last;
  state.emplace_back("linear3.bias", last.second);
  EXPECT_EQ(load(state), "the saved network has a tensor \"linear3.bias\" that this network has not");
  EXPECT_TRUE(target->forward(x).equal(before));
}

TEST(Mlp, ASkipIsAddedToWhatTheLayersGiveAndIsNotLearned) {
  auto options = small();
  const auto plain = make_small(1);
  options.skip = true;
  Mlp skipping(options, make_generator(1), at::kDouble);
  const auto x = normal_matrix(3, 5, 10), weight = normal_matrix(5, options.out, 11);
  EXPECT_TRUE(skipping->forward(x).equal(plain->forward(x))) << "it is 0 at first and draws nothing";
  skipping->set_skip(weight);
  EXPECT_LT((skipping->forward(x) - plain->forward(x) - x.mm(weight)).abs().max().item<double>(), 1e-12);
  EXPECT_EQ(skipping->parameters().size(), plain->parameters().size());
  EXPECT_FALSE(plain->skipped(x).defined());
  const auto again = make_artifact_module("expression_encoder", to_json(options), state_of(*skipping), at::kDouble);
  EXPECT_TRUE(again.run(x).equal(skipping->forward(x)));
  EXPECT_EQ(mlp_options_from_json(to_json(options)), options);
}

TEST(Registry, BuildsAnEncoderThatRunsLikeTheOneThatWasSaved) {
  const auto encoder = make_small();
  const auto artifact = make_artifact_module("expression_encoder", to_json(small()), state_of(*encoder), at::kDouble);
  const auto x = normal_matrix(3, 5, 10);
  EXPECT_TRUE(artifact.run(x).equal(encoder->forward(x)));
  EXPECT_FALSE(artifact.run(x).requires_grad());
  EXPECT_EQ(artifact.config, to_json(small()));
  EXPECT_EQ(artifact_types(), (std::vector<std::string>{"expression_encoder"}));
}

TEST(Registry, RefusesWhatItDoesNotKnowInOneSentence) {
  EXPECT_EQ(message_of([] { make_artifact_module("energy", Json::object(), {}); }), "an artifact of type \"energy\" is not known");
  EXPECT_EQ(message_of([] { make_artifact_module("expression_encoder", to_json(small()), {}); }), "the saved network has no tensor \"linear0.weight\"");
}

}  // namespace
}  // namespace geocyte::nn
