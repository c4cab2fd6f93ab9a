// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/train_context.h"

#include <cmath>
#include <limits>

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/sum.h>
#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/optim/adamw.h"

namespace geocyte::train {
namespace {

struct Setting {
  Collective alone;
  TrainContext ctx{Json{{"a", {{"b", 0.5}, {"n", 3}, {"on", true}, {"t", "x"}}}}, c10::kCPU, c10::kFloat, 1, 5, {}, "", alone};
  at::Tensor own = at::full({3}, 2.0F).requires_grad_(), other = at::full({3}, 1.0F).requires_grad_();
  optim::AdamW optimizer{{own}, torch::optim::AdamWOptions(0.1).weight_decay(0)};
};

TEST(TrainContext, ReadsOptionsByDottedPathAndType) {
  Setting s;
  EXPECT_EQ(s.ctx.number("a.b"), 0.5);
  EXPECT_EQ(s.ctx.number("a.n"), 3);
  EXPECT_EQ(s.ctx.integer("a.n"), 3);
  EXPECT_TRUE(s.ctx.boolean("a.on"));
  EXPECT_EQ(s.ctx.text("a.t"), "x");
  EXPECT_THROW(s.ctx.number("a.c"), Error);
  EXPECT_THROW(s.ctx.integer("a.b"), Error);
}

TEST(TrainContext, UpdateReturnsTheNormBeforeClippingAndWritesItDown) {
  Setting s;
  // d/dw of sum(2 w) is 2 in each of three places: the norm is 2 sqrt 3.
  EXPECT_NEAR(s.ctx.update("net", s.optimizer, (2 * s.own).sum(), {1.0}), 2 * std::sqrt(3.0), 1e-6);
  const auto scalars = s.ctx.take_update_scalars();
  EXPECT_NEAR(scalars.at("grad/net_norm"), 2 * std::sqrt(3.0), 1e-6);
  EXPECT_EQ(scalars.at("grad/norm"), scalars.at("grad/net_norm"));
  EXPECT_DOUBLE_EQ(scalars.at("lr/net"), 0.1);
  EXPECT_NEAR(s.own.grad().norm().item<double>(), 1.0, 1e-5) << "clipped to 1";
  EXPECT_TRUE(s.ctx.take_update_scalars().empty());
}

TEST(TrainContext, UpdateGivesGradientsToItsOwnParametersOnly) {
  Setting s;
  s.ctx.update("net", s.optimizer, (s.own * s.other).sum());
  EXPECT_TRUE(s.own.grad().defined());
  EXPECT_FALSE(s.other.grad().defined());
}

TEST(TrainContext, ANonFiniteLossOrGradientLeavesTheParametersAlone) {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Setting s;
    const at::Tensor before = s.own.detach().clone();
    try {
      s.ctx.update("net", s.optimizer, (s.own * bad).sum());
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::diverged);
      EXPECT_NE(error.message().find("'net'"), std::string::npos) << error.message();
    }
    EXPECT_TRUE(at::equal(before, s.own.detach()));
  }
}

TEST(TrainContext, ANoteIsSaidOnce) {
  Setting s;
  s.ctx.note("a term is off");
  s.ctx.note("a term is off");
  EXPECT_EQ(s.ctx.take_notes().size(), 1u);
  s.ctx.note("a term is off");
  EXPECT_TRUE(s.ctx.take_notes().empty());
}

}  // namespace
}  // namespace geocyte::train
