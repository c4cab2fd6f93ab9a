// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/parity.h"

#include <ATen/ops/layer_norm.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "plugins/gems/system.h"
#include "tests/conformance/small_run.h"

namespace geocyte::plugins::gems {
namespace {

at::Tensor embedding() { return at::randn({40, 6}, nn::make_generator(3), at::TensorOptions(at::kDouble)).mul_(2).add_(1); }
at::Tensor layer_norm(const at::Tensor& z) { return at::layer_norm(z, {z.size(1)}); }
at::Tensor unit_length(const at::Tensor& z) { return z / z.norm(2, 1, true); }

std::string complaint(const std::function<at::Tensor()>& optimised, const std::function<at::Tensor()>& judged) {
  try {
    check_parity(optimised, judged);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
    return error.message();
  }
  return "";
}

TEST(Parity, TheSameTensorPasses) { EXPECT_EQ(check_parity(embedding, embedding), 0); }

TEST(Parity, SaysWhatStandsBetweenTheTwo) {
  EXPECT_NE(complaint(embedding, [] { return layer_norm(embedding()); }).find("layer normalisation stands before they are judged"), std::string::npos);
  EXPECT_NE(complaint([] { return layer_norm(embedding()); }, embedding).find("layer normalisation stands before they are optimised"), std::string::npos);
  EXPECT_NE(complaint(embedding, [] { return unit_length(embedding()); }).find("unit length"), std::string::npos);
  EXPECT_NE(complaint(embedding, [] { return embedding() * 0.1; }).find("factor of 0.1"), std::string::npos);
  EXPECT_NE(complaint([n = 0]() mutable { return embedding() + 0.1 * ++n; }, embedding).find("dropout"), std::string::npos);
  EXPECT_NE(complaint(embedding, [] { return embedding().square(); }).find("another network"), std::string::npos);
}

/// A run whose judge looks through `injected`.
train::RunOutcome run_judged_through(std::function<at::Tensor(const at::Tensor&)> injected, const std::string& by_source) {
  SmallRun run(spec_named("gems"), 3);
  run.set("normalize.by_source", by_source);
  auto system = std::make_unique<Gems>();
  system->judge_through(std::move(injected));
  run.system = std::move(system);
  return run.run();
}

TEST(Parity, ARunWithALayerNormInFrontOfItsJudgeStopsWithASentence) {
  const auto outcome = run_judged_through([](const at::Tensor& z) { return layer_norm(z); }, "none");
  ASSERT_EQ(outcome.state, store::RunState::failed);
  EXPECT_NE(outcome.error->message().find("not the ones that are optimised"), std::string::npos) << outcome.error->message();
  EXPECT_NE(outcome.error->message().find("layer normalisation"), std::string::npos);
}

TEST(Parity, ARunWithoutPassesHoweverGenesAreScaled) {
  for (const char* by_source : {"none", "centre", "zscore"}) {
    const auto outcome = run_judged_through({}, by_source);
    EXPECT_EQ(outcome.state, store::RunState::completed) << by_source << ": " << why(outcome);
  }
}

}  // namespace
}  // namespace geocyte::plugins::gems
