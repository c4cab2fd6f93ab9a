// SPDX-License-Identifier: GPL-3.0-or-later
// What a module has learned, as an ordered list of (name, tensor): parameters, then buffers, in order of registration.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

namespace torch::nn {
class Module;
}

namespace geocyte::nn {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// Copies on the host, detached and contiguous: they do not change when training goes on. `prefix` goes before each name
/// ("encoder.").
NamedTensors state_of(const torch::nn::Module& module, const std::string& prefix = {});

/// Copies values into the module, whatever its device; nothing is changed when anything is wrong. Names that do not begin
/// with `prefix` are of somebody else and ignored. Throws Error{bad_data} naming what is missing, unknown, or of another
/// shape or type.
void load_state(torch::nn::Module& module, const NamedTensors& state, const std::string& prefix = {});

}  // namespace geocyte::nn
