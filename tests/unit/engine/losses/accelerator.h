// SPDX-License-Identifier: GPL-3.0-or-later
// The accelerator that tests of the torch tier run on where there is one. libtorch_cuda is opened at run time, and before
// the first backward(): autograd makes a thread for each device that it knows at that moment.
#pragma once

#include <ATen/Context.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

namespace geocyte::losses {

inline bool has_accelerator_driver() { return std::filesystem::exists("/dev/nvidiactl"); }

/// To be added as a global test environment: it is set up before any test.
class OpenAccelerator : public testing::Environment {
 public:
  void SetUp() override {
    if (has_accelerator_driver()) dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
  }
};

inline std::optional<c10::Device> accelerator() {
  if (!has_accelerator_driver() || !at::globalContext().hasCUDA()) return std::nullopt;
  return c10::Device(c10::kCUDA, 0);
}

}  // namespace geocyte::losses

#define GEOCYTE_SKIP_WITHOUT_ACCELERATOR() \
  if (!geocyte::losses::accelerator()) GTEST_SKIP() << "no accelerator that libtorch_cuda can use"
