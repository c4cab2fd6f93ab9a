// SPDX-License-Identifier: GPL-3.0-or-later
// Parts that work beside the encoder are trained like everything else, through TrainContext::update: a Wasserstein critic, whose loss
// has a gradient inside, and a decoder that is told the source.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "engine/losses/score_reconstruction.h"
#include "engine/losses/wasserstein.h"
#include "engine/nn/critic.h"
#include "engine/nn/generator.h"
#include "engine/nn/mlp.h"
#include "engine/nn/source_decoder.h"
#include "engine/optim/adamw.h"
#include "engine/train/train_context.h"

namespace geocyte::train {
namespace {

TEST(CriticUpdate, FindsTheDistanceOfTwoShiftedGroupsAndLeavesTheEncoderAlone) {
  Collective alone;
  TrainContext ctx{Json::object(), c10::kCPU, c10::kFloat, 1, 5, {}, "", alone};
  auto generator = nn::make_generator(1);
  const auto noise = at::empty({200, 4}).normal_(0, 1, generator);
  const auto shift = at::empty({200, 4}).zero_();
  shift.slice(0, 100).select(1, 0).fill_(3);
  std::vector<std::int64_t> labels(200, 0);
  std::fill(labels.begin() + 100, labels.end(), 1);
  const losses::Groups groups(labels, 2);
  const auto z = (noise + shift).requires_grad_(true);                           // stands for the output of an encoder

  nn::Critic critic(nn::CriticOptions{.latent = 4, .scales = {4, 2}, .hidden = {16}, .outputs = losses::critic_columns(groups)}, generator);
  optim::AdamW optimizer(critic->parameters(), torch::optim::AdamWOptions(5e-3).betas({0.0, 0.9}).weight_decay(0));
  const losses::CriticFunction scores = [&](const at::Tensor& x) { return critic->scores(x); };
  losses::CriticLoss last;
  for (int step = 0; step < 300; ++step) {
    last = losses::critic_loss(scores, z, groups, {}, generator);
    EXPECT_TRUE(std::isfinite(ctx.update("critic", optimizer, *last.loss.value)));
  }
  // W1 of two normals that differ by a shift of 3 is 3. The small scale sees less of it, the penalty allows a slope a little above 1.
  EXPECT_GT(-last.gap.item<double>(), 1.5);
  EXPECT_LT(-last.gap.item<double>(), 4.0);
  EXPECT_LT(last.penalty.item<double>(), 0.3);
  EXPECT_FALSE(z.grad().defined());
  // The encoder's side: descending its gap moves the groups together.
  const auto gap = losses::wasserstein_gap(critic->scores(z), groups);
  const auto pull = torch::autograd::grad({*gap.value}, {z})[0];
  EXPECT_GT(pull.slice(0, 100).select(1, 0).mean().item<double>(), 0);
  EXPECT_LT(pull.slice(0, 0, 100).select(1, 0).mean().item<double>(), 0);
}

/// Trains an encoder of 2 dimensions and a decoder on cells of two sources whose structure is 2-dimensional, and that differ by a large
/// shift. Returns the share of the embedding's variance that lies between the sources, and the error.
struct Decoded {
  double between = 0, error = 0;
};

Decoded decoded(bool told) {
  Collective alone;
  TrainContext ctx{Json::object(), c10::kCPU, c10::kFloat, 1, 5, {}, "", alone};
  auto generator = nn::make_generator(3);
  const std::int64_t cells = 240;
  std::vector<std::int64_t> labels(cells, 0);
  std::fill(labels.begin() + cells / 2, labels.end(), 1);
  const losses::Groups groups(labels, 2);
  auto x = at::empty({cells, 2}).normal_(0, 1, generator).mm(at::empty({2, 8}).normal_(0, 1, generator));
  x.slice(0, cells / 2).add_(at::empty({1, 8}).normal_(0, 2, generator));

  nn::Mlp encoder(nn::MlpOptions{.in = 8, .hidden = {}, .out = 2}, generator);
  nn::SourceDecoder decoder(nn::SourceDecoderOptions{.latent = 2, .sources = 2, .hidden = {32}, .out = 8}, generator);
  auto parameters = encoder->parameters();
  for (const auto& p : decoder->parameters()) parameters.push_back(p);
  optim::AdamW optimizer(parameters, torch::optim::AdamWOptions(1e-2).weight_decay(0));
  const auto source = told ? groups.label_tensor() : groups.label_tensor() * 0;
  Decoded result;
  for (int step = 0; step < 800; ++step) {
    const auto z = encoder->forward(x);
    const auto loss = losses::score_reconstruction(decoder->forward(z, source), x, groups);
    ctx.update("encoder", optimizer, *loss.value);
    result.error = loss.value->item<double>();
  }
  const auto z = encoder->forward(x).detach();
  const auto gap = z.slice(0, cells / 2).mean(0) - z.slice(0, 0, cells / 2).mean(0);
  result.between = (gap.pow(2).sum() / 4 / (z - z.mean(0)).pow(2).mean(0).sum()).item<double>();
  return result;
}

TEST(SourceDecoder, LeavesTheSourceOutOfAnEmbeddingThatHasNoRoomForIt) {
  const auto told = decoded(true), untold = decoded(false);
  EXPECT_GT(untold.between, 0.3);          // the shift is the largest thing to explain
  EXPECT_LT(told.between, 0.1);
  EXPECT_LT(told.error, 0.5 * untold.error);
}

}  // namespace
}  // namespace geocyte::train
