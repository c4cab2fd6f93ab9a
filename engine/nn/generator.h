// SPDX-License-Identifier: GPL-3.0-or-later
// Generators of torch that belong to whoever makes them. Networks are initialised, and noise is drawn, from a generator
// that is handed in, so that no result depends on torch's default generator or on who else drew from it.
// A system that makes one generator a step, seeded by the next number of its named stream, needs to save the stream only.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>

namespace geocyte::nn {

/// A new generator for tensors of that device. Throws Error{device} when the device is not there.
/// The same seed gives other numbers on another kind of device.
at::Generator make_generator(std::uint64_t seed, c10::Device device = c10::kCPU);

}  // namespace geocyte::nn
