// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/augment.h"
#include "engine/nn/generator.h"
#include "engine/nn/mlp.h"
#include "engine/nn/state.h"
#include "tests/unit/engine/losses/accelerator.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::nn {
namespace {

using losses::accelerator;
using losses::largest;

[[maybe_unused]] const auto* const kOpened = testing::AddGlobalTestEnvironment(new losses::OpenAccelerator);

TEST(NetworksOnTheAccelerator, OfASeedAreTheNetworksOfTheHost) {
  GEOCYTE_SKIP_WITHOUT_ACCELERATOR();
  const MlpOptions options{.in = 9, .hidden = {7, 5}, .out = 3};
  Mlp host(options, make_generator(1), at::kDouble), device(options, make_generator(1), at::kDouble);
  device->to(*accelerator());
  const auto x = losses::normal_matrix(6, 9, 2);
  EXPECT_LT(largest(device->forward(x.to(*accelerator())).cpu() - host->forward(x)), 1e-12);
  const auto moved = state_of(*device), stayed = state_of(*host);
  for (std::size_t i = 0; i < stayed.size(); ++i) EXPECT_TRUE(moved[i].second.equal(stayed[i].second)) << stayed[i].first;
}

TEST(NetworksOnTheAccelerator, DrawFromAGeneratorOfTheirDevice) {
  GEOCYTE_SKIP_WITHOUT_ACCELERATOR();
  const auto x = (losses::normal_matrix(50, 40, 3).abs() + 0.1).to(*accelerator());
  const auto view = [&](std::uint64_t seed) { return augment(x, {}, make_generator(seed, *accelerator())); };
  EXPECT_TRUE(view(4).equal(view(4)));
  EXPECT_FALSE(view(4).equal(view(5)));
  EXPECT_NEAR(view(4).abs().lt(0.05).to(at::kDouble).mean().item<double>(), 0.2, 0.05);   // gene dropout, under small noise
}

}  // namespace
}  // namespace geocyte::nn
