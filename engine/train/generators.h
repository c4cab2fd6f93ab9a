// SPDX-License-Identifier: GPL-3.0-or-later
// torch's default generators. Systems draw from named streams; these are kept in order for what draws from them unasked.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>

namespace geocyte::train {

/// State of the default generators of the host and, if it is another one, of the device.
struct GeneratorStates {
  at::Tensor host, device;
};

void seed_generators(c10::Device device, std::uint64_t seed);
GeneratorStates generator_states(c10::Device device);
/// States that are undefined are left as they are. Throws Error{bad_data} for a state of another kind of generator.
void restore_generators(c10::Device device, const GeneratorStates& states);

/// Whatever looks at a run while one of these lives leaves the generators as they were.
class GeneratorsKept {
 public:
  explicit GeneratorsKept(c10::Device device) : device_(device), states_(generator_states(device)) {}
  ~GeneratorsKept() { restore_generators(device_, states_); }
  GeneratorsKept(const GeneratorsKept&) = delete;
  GeneratorsKept& operator=(const GeneratorsKept&) = delete;

 private:
  c10::Device device_;
  GeneratorStates states_;
};

}  // namespace geocyte::train
