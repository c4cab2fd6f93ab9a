// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/Context.h>

#include "engine/core/error.h"
#include "engine/optim/adamw.h"
#include "engine/optim/ema.h"
#include "engine/optim/gradient_clip.h"
#include "engine/optim/schedule.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::optim {
namespace {

using losses::largest;
using losses::matrix;
using losses::normal_matrix;

TEST(Schedule, WarmsUpInEqualStepsAndFallsAlongACosine) {
  const Schedule schedule{.base = 2, .decay = Decay::cosine, .warmup_steps = 4, .total_steps = 104, .final_share = 0.1};
  EXPECT_NEAR(learning_rate(schedule, 0), 0.5, 1e-15);
  EXPECT_NEAR(learning_rate(schedule, 3), 2, 1e-15);
  EXPECT_NEAR(learning_rate(schedule, 4), 2, 1e-15);
  EXPECT_NEAR(learning_rate(schedule, 54), 2 * (0.1 + 0.9 * 0.5), 1e-14);
  EXPECT_NEAR(learning_rate(schedule, 29), 2 * (0.1 + 0.9 * 0.5 * (1 + std::sqrt(0.5))), 1e-14);
  EXPECT_NEAR(learning_rate(schedule, 104), 0.2, 1e-15);
  EXPECT_NEAR(learning_rate(schedule, 1'000'000), 0.2, 1e-15);
}

TEST(Schedule, NeverRisesAfterTheWarmUpAndIsConstantWhenAsked) {
  const Schedule schedule{.base = 1, .warmup_steps = 10, .total_steps = 200};
  for (int step = 10; step < 210; ++step) EXPECT_LE(learning_rate(schedule, step + 1), learning_rate(schedule, step));
  EXPECT_EQ(learning_rate({.base = 3, .decay = Decay::constant, .warmup_steps = 2}, 500), 3);
  EXPECT_EQ(learning_rate({.base = 3, .warmup_steps = 5, .total_steps = 5, .final_share = 0.5}, 5), 1.5);
}

TEST(Schedule, RefusesValuesOutOfRange) {
  EXPECT_THROW(learning_rate({.base = -1}, 0), Error);
  EXPECT_THROW(learning_rate({.warmup_steps = -1}, 0), Error);
  EXPECT_THROW(learning_rate({.final_share = 1.5}, 0), Error);
}

TEST(Schedule, RampIsOffBeforeItsStartAndFullAfterItsLength) {
  EXPECT_EQ(ramp(49, 50, 200), 0);
  EXPECT_EQ(ramp(50, 50, 200), 0);
  EXPECT_EQ(ramp(150, 50, 200), 0.5);
  EXPECT_EQ(ramp(250, 50, 200), 1);
  EXPECT_EQ(ramp(9999, 50, 200), 1);
  EXPECT_EQ(ramp(49, 50, 0), 0);
  EXPECT_EQ(ramp(50, 50, 0), 1);
}

TEST(Schedule, SetsTheRateOfAnOptimiser) {
  AdamW optimizer({normal_matrix(2, 2, 1).requires_grad_(true)});
  set_learning_rate(optimizer, 0.125);
  EXPECT_EQ(optimizer.param_groups()[0].options().get_lr(), 0.125);
}

std::vector<at::Tensor> with_gradients(std::initializer_list<at::Tensor> gradients) {
  std::vector<at::Tensor> parameters;
  for (const auto& gradient : gradients) {
    parameters.push_back(at::empty_like(gradient).zero_().requires_grad_(true));
    parameters.back().mutable_grad() = gradient.clone();
  }
  return parameters;
}

TEST(GradientClip, ScalesAllGradientsByOneFactorToTheWantedNorm) {
  auto parameters = with_gradients({matrix({{3, 0}}), matrix({{0}, {4}, {12}})});
  parameters.push_back(normal_matrix(2, 2, 1).requires_grad_(true));   // without a gradient
  EXPECT_NEAR(clip_gradients(parameters, 1), 13, 1e-13);
  EXPECT_LT(largest(parameters[0].grad() - matrix({{3 / 13.0, 0}})), 1e-15);
  EXPECT_LT(largest(parameters[1].grad() - matrix({{0}, {4 / 13.0}, {12 / 13.0}})), 1e-15);
  EXPECT_NEAR(clip_gradients(parameters, 0), 1, 1e-14);
}

TEST(GradientClip, LeavesSmallGradientsAndMeasuresWhenOff) {
  for (const double limit : {13.5, 0.0, -1.0}) {
    const auto parameters = with_gradients({matrix({{5, 12}})});
    EXPECT_NEAR(clip_gradients(parameters, limit), 13, 1e-13);
    EXPECT_TRUE(parameters[0].grad().equal(matrix({{5, 12}})));
  }
  EXPECT_EQ(clip_gradients(std::vector<at::Tensor>{}, 1), 0);
}

TEST(GradientClip, ReportsWhatIsNotFiniteAndTouchesNothing) {
  const auto parameters = with_gradients({matrix({{5, INFINITY}}), matrix({{7}})});
  EXPECT_FALSE(std::isfinite(clip_gradients(parameters, 1)));
  EXPECT_EQ(parameters[1].grad().item<double>(), 7);
  EXPECT_TRUE(std::isnan(clip_gradients(with_gradients({matrix({{NAN}})}), 1)));
}

TEST(GradientClip, TakesAllParametersOfAnOptimiser) {
  AdamW optimizer(with_gradients({matrix({{3}}), matrix({{4}})}));
  EXPECT_NEAR(clip_gradients(optimizer, 0), 5, 1e-14);
}

TEST(Ema, FollowsItsRecurrence) {
  auto x = matrix({{1.0}}).requires_grad_(true);
  Ema ema({x}, 0.5);
  EXPECT_EQ(ema.averages()[0].item<double>(), 1);
  x.detach().fill_(3);
  ema.update();   // d = min(0.5, 2 / 11)
  EXPECT_NEAR(ema.averages()[0].item<double>(), 2 / 11.0 * 1 + 9 / 11.0 * 3, 1e-14);
  for (int i = 0; i < 100; ++i) ema.update();
  EXPECT_NEAR(ema.averages()[0].item<double>(), 3, 1e-14);
  x.detach().fill_(5);
  ema.update();   // long after the start: d = 0.5
  EXPECT_NEAR(ema.averages()[0].item<double>(), 4, 1e-14);
}

TEST(Ema, IsAppliedForAsLongAsItsGuardLives) {
  auto x = matrix({{1.0, 2.0}}).requires_grad_(true);
  Ema ema({x}, 0.9);
  x.detach().fill_(7);
  {
    const auto applied = ema.applied();
    EXPECT_TRUE(x.equal(matrix({{1, 2}})));
  }
  EXPECT_TRUE(x.equal(matrix({{7, 7}})));
}

TEST(Ema, ContinuesFromASavedStateAndRefusesOthers) {
  auto x = normal_matrix(3, 2, 1).requires_grad_(true);
  Ema one({x}, 0.99), two({x}, 0.99);
  for (int i = 0; i < 4; ++i) {
    x.detach().mul_(1.1);
    one.update();
  }
  two.load_state_tensors(one.state_tensors("ema."), "ema.");
  EXPECT_EQ(two.updates(), 4);
  x.detach().mul_(1.1);
  one.update();
  two.update();
  EXPECT_TRUE(one.averages()[0].equal(two.averages()[0]));
  EXPECT_THROW(two.load_state_tensors({}), Error);
  auto state = one.state_tensors();
  state[1].second = normal_matrix(2, 2, 1);
  EXPECT_THROW(two.load_state_tensors(state), Error);
  EXPECT_THROW(Ema({x}, 1), Error);
}

}  // namespace
}  // namespace geocyte::optim
