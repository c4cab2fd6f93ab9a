// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/generators.h"

#include <mutex>

#include <ATen/Context.h>
#include <ATen/core/Generator.h>
#include <c10/util/Exception.h>

#include "engine/core/error.h"

namespace geocyte::train {
namespace {

at::Generator default_generator(c10::Device device) { return at::globalContext().defaultGenerator(device); }

at::Tensor state_of(at::Generator generator) {
  const std::lock_guard lock(generator.mutex());
  return generator.get_state();
}

void restore(at::Generator generator, const at::Tensor& state) {
  if (!state.defined()) return;
  try {
    const std::lock_guard lock(generator.mutex());
    generator.set_state(state);
  } catch (const c10::Error&) {
    throw Error(ErrorCode::bad_data, "the state of a random generator is of another kind of device",
                "resume on the kind of device the run was started on");
  }
}

}  // namespace

void seed_generators(c10::Device device, std::uint64_t seed) {
  for (const c10::Device one : {c10::Device(c10::kCPU), device}) {
    at::Generator generator = default_generator(one);
    const std::lock_guard lock(generator.mutex());
    generator.set_current_seed(seed);
  }
}

GeneratorStates generator_states(c10::Device device) {
  GeneratorStates states{state_of(default_generator(c10::kCPU)), {}};
  if (!device.is_cpu()) states.device = state_of(default_generator(device));
  return states;
}

void restore_generators(c10::Device device, const GeneratorStates& states) {
  restore(default_generator(c10::kCPU), states.host);
  if (!device.is_cpu()) restore(default_generator(device), states.device);
}

}  // namespace geocyte::train
