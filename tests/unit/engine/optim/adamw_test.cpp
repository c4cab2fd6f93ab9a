// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/adamw.h"

#include "engine/core/error.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::optim {
namespace {

using losses::largest;
using losses::normal_matrix;
using torch::optim::AdamWOptions;

std::vector<at::Tensor> parameters(at::ScalarType type = at::kDouble) {
  std::vector<at::Tensor> made;
  for (const auto& [rows, columns] : {std::pair{7, 5}, {1, 5}, {33, 4}})
    made.push_back(normal_matrix(rows, columns, 10 + rows).to(type).requires_grad_(true));
  return made;
}

/// Sets gradients that depend on the parameters and the step, so that a difference grows. One is absent in every third step.
void set_gradients(std::vector<at::Tensor>& tensors, int step) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto wave = normal_matrix(tensors[i].size(0), tensors[i].size(1), 100 * step + i).to(tensors[i].scalar_type());
    tensors[i].mutable_grad() = i == 1 && step % 3 == 0 ? at::Tensor() : at::Tensor(tensors[i].detach().sin() + 0.3 * wave);
  }
}

AdamWOptions options() { return AdamWOptions(0.03).weight_decay(0.1).betas({0.8, 0.95}).eps(1e-7); }

TEST(AdamW, EqualsTorchsAdamWOverFiftySteps) {
  for (const auto kernel : {AdamWKernel::automatic, AdamWKernel::plain}) {
    auto ours = parameters(), theirs = parameters();
    AdamW own(ours, options(), kernel);
    torch::optim::AdamW reference(theirs, options());
    for (int step = 0; step < 50; ++step) {
      set_gradients(ours, step);
      set_gradients(theirs, step);
      own.step();
      reference.step();
    }
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_LT(largest(ours[i].detach() - theirs[i].detach()), 1e-12) << i;
  }
}

TEST(AdamW, FirstStepIsTheLearningRateInTheDirectionOfTheSign) {
  // m / (1 - b1) = g and v / (1 - b2) = g^2 at t = 1, so the step is lr g / (|g| + eps).
  auto x = losses::matrix({{1, -2}}).requires_grad_(true);
  AdamW optimizer({x}, AdamWOptions(0.1).weight_decay(0).eps(0));
  x.mutable_grad() = losses::matrix({{3, -0.5}});
  optimizer.step();
  EXPECT_LT(largest(x.detach() - losses::matrix({{0.9, -1.9}})), 1e-14);
}

TEST(AdamW, DecaysWeightsWithoutTheGradientsHelp) {
  auto x = losses::matrix({{1, -2}}).requires_grad_(true);
  AdamW optimizer({x}, AdamWOptions(0.1).weight_decay(0.5));
  x.mutable_grad() = at::empty_like(x.detach()).zero_();
  optimizer.step();
  EXPECT_LT(largest(x.detach() - 0.95 * losses::matrix({{1, -2}})), 1e-15);
}

TEST(AdamW, ContinuesFromASavedStateBitForBit) {
  for (const auto type : {at::kFloat, at::kDouble}) {
    auto straight = parameters(type);
    AdamW one(straight, options());
    std::vector<at::Tensor> copies;
    NamedTensors saved;
    for (int step = 0; step < 20; ++step) {
      if (step == 11) {
        saved = one.state_tensors("optimizer.");
        for (const auto& tensor : straight) copies.push_back(tensor.detach().clone().requires_grad_(true));
      }
      set_gradients(straight, step);
      one.step();
    }
    AdamW two(copies, options());
    two.load_state_tensors(saved, "optimizer.");
    for (int step = 11; step < 20; ++step) {
      set_gradients(copies, step);
      two.step();
    }
    for (std::size_t i = 0; i < copies.size(); ++i) EXPECT_TRUE(copies[i].equal(straight[i])) << i;
  }
}

TEST(AdamW, StateHasTheSameNamesBeforeAndAfterTheFirstStep) {
  auto tensors = parameters();
  AdamW optimizer(tensors, options());
  const auto before = optimizer.state_tensors();
  ASSERT_EQ(before.size(), 9);
  EXPECT_EQ(before[0].first, "0.step");
  EXPECT_EQ(before[8].first, "2.exp_avg_sq");
  set_gradients(tensors, 3);   // the second has no gradient
  optimizer.step();
  const auto after = optimizer.state_tensors();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i].first, before[i].first);
  EXPECT_EQ(after[0].second.item<double>(), 1);
  EXPECT_EQ(after[3].second.item<double>(), 0);
}

TEST(AdamW, ObeysALearningRateSetBetweenSteps) {
  auto tensors = parameters();
  AdamW optimizer(tensors, options());
  optimizer.param_groups()[0].options().set_lr(0);
  const auto before = tensors[0].detach().clone();
  set_gradients(tensors, 1);
  optimizer.step();
  EXPECT_TRUE(tensors[0].equal(before));
}

TEST(AdamW, RefusesAStateThatDoesNotFitAndChangesNothing) {
  auto tensors = parameters();
  AdamW optimizer(tensors, options());
  set_gradients(tensors, 1);
  optimizer.step();
  const auto good = optimizer.state_tensors();
  const auto message = [&](const NamedTensors& state) -> std::string {
    try {
      optimizer.load_state_tensors(state);
    } catch (const Error& error) {
      return error.message();
    }
    return "no error";
  };
  auto state = good;
  state.pop_back();
  EXPECT_EQ(message(state), "the saved optimiser has no tensor \"2.exp_avg_sq\"");
  state.emplace_back("2.exp_avg_sq", normal_matrix(2, 2, 1));
  EXPECT_EQ(message(state), "\"2.exp_avg_sq\" of the saved optimiser is Double 2 x 2 where Double 33 x 4 is needed");
  state = good;
  state.emplace_back("3.step", good[0].second);
  EXPECT_EQ(message(state), "the saved optimiser has a tensor \"3.step\" of a parameter that is not here");
  const auto now = optimizer.state_tensors();
  for (std::size_t i = 0; i < good.size(); ++i) EXPECT_TRUE(now[i].second.equal(good[i].second));
}

TEST(AdamW, RefusesOptionsItCannotHave) {
  EXPECT_THROW(AdamW(parameters(), AdamWOptions(-1)), Error);
  EXPECT_THROW(AdamW(parameters(), AdamWOptions(0.1).amsgrad(true)), Error);
  EXPECT_THROW(AdamW(parameters(), AdamWOptions(0.1).betas({0.9, 1.0})), Error);
}

}  // namespace
}  // namespace geocyte::optim
