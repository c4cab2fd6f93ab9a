// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/adamw.h"
#include "engine/optim/ema.h"
#include "engine/optim/gradient_clip.h"
#include "tests/unit/engine/losses/accelerator.h"
#include "tests/unit/engine/losses/gradient_check.h"

namespace geocyte::optim {
namespace {

using losses::accelerator;
using losses::largest;
using losses::normal_matrix;

[[maybe_unused]] const auto* const kOpened = testing::AddGlobalTestEnvironment(new losses::OpenAccelerator);

TEST(UpdatesOnTheAccelerator, FollowTheHost) {
  GEOCYTE_SKIP_WITHOUT_ACCELERATOR();
  const auto start = normal_matrix(11, 7, 1);
  auto host = start.clone().requires_grad_(true), device = start.to(*accelerator()).requires_grad_(true);
  AdamW on_host({host}), on_device({device});
  Ema host_average({host}, 0.9), device_average({device}, 0.9);
  for (int i = 0; i < 30; ++i) {
    const auto gradient = normal_matrix(11, 7, 100 + i);
    host.mutable_grad() = gradient.clone();
    device.mutable_grad() = gradient.to(*accelerator());
    EXPECT_NEAR(clip_gradients(on_device, 1), clip_gradients(on_host, 1), 1e-12);
    on_host.step();
    on_device.step();
    host_average.update();
    device_average.update();
  }
  EXPECT_LT(largest(device.detach().cpu() - host.detach()), 1e-12);
  EXPECT_LT(largest(device_average.averages()[0].cpu() - host_average.averages()[0]), 1e-12);

  AdamW again({device});
  again.load_state_tensors(on_device.state_tensors());
  const auto saved = on_device.state_tensors(), loaded = again.state_tensors();
  for (std::size_t i = 0; i < saved.size(); ++i) EXPECT_TRUE(loaded[i].second.equal(saved[i].second)) << saved[i].first;
}

}  // namespace
}  // namespace geocyte::optim
