// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/generator.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include "engine/core/error.h"

namespace geocyte::nn {

at::Generator make_generator(std::uint64_t seed, c10::Device device) {
  if (device.is_cpu()) return at::make_generator<at::CPUGeneratorImpl>(seed);
  // Through the hooks of the device: its library is opened at run time and not linked.
  if (!device.is_cuda() || !at::globalContext().hasCUDA())
    throw Error(ErrorCode::device, "random numbers were asked for on " + device.str() + ", which this computer does not offer",
                "Choose --device cpu.");
  auto generator = at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index());
  generator.set_current_seed(seed);
  return generator;
}

}  // namespace geocyte::nn
