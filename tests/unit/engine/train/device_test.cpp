// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/device.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "engine/core/error.h"

namespace geocyte::train {
namespace {

ErrorCode code_of(const std::string& wanted) {
  try {
    choose_device(wanted);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

TEST(Device, TheCpuIsAlwaysThere) {
  EXPECT_TRUE(choose_device("cpu").is_cpu());
  EXPECT_NO_THROW(choose_device("auto"));
  EXPECT_TRUE(describe_device(c10::kCPU).starts_with("cpu ("));
}

TEST(Device, AnUnknownNameIsABadConfiguration) {
  for (const char* name : {"", "gpu", "cuda:", "cuda:-1", "cuda:x", "CPU"}) EXPECT_EQ(code_of(name), ErrorCode::bad_config) << name;
}

TEST(Device, ADeviceThatIsNotThereIsAnErrorWithTheReason) { EXPECT_EQ(code_of("cuda:99"), ErrorCode::device); }

TEST(Device, ThreadsAreWhatWasAskedForAndAllForZero) {
  EXPECT_EQ(set_threads(2), 2);
  EXPECT_EQ(at::get_num_threads(), 2);
  EXPECT_GE(set_threads(0), 1);
  set_threads(1);
}

}  // namespace
}  // namespace geocyte::train
