// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/state.h"

#include <ATen/core/grad_mode.h>
#include <torch/nn/module.h>

#include <map>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

/// Handles of parameters, then buffers.
NamedTensors handles_of(const torch::nn::Module& module) {
  NamedTensors handles;
  for (const auto& item : module.named_parameters()) handles.emplace_back(item.key(), item.value());
  for (const auto& item : module.named_buffers()) handles.emplace_back(item.key(), item.value());
  return handles;
}

std::string describe(const at::Tensor& tensor) { return std::string(c10::toString(tensor.scalar_type())) + " " + shape_text(tensor.sizes()); }

}  // namespace

NamedTensors state_of(const torch::nn::Module& module, const std::string& prefix) {
  auto state = handles_of(module);
  for (auto& [name, tensor] : state) {
    name = prefix + name;
    tensor = tensor.detach().to(at::kCPU, tensor.scalar_type(), false, /*copy=*/true).contiguous();
  }
  return state;
}

void load_state(torch::nn::Module& module, const NamedTensors& state, const std::string& prefix) {
  std::map<std::string, at::Tensor> given;
  for (const auto& [name, tensor] : state)
    if (name.starts_with(prefix)) given.emplace(name.substr(prefix.size()), tensor);

  const auto handles = handles_of(module);
  for (const auto& [name, tensor] : handles) {
    const auto found = given.find(name);
    if (found == given.end()) throw Error(ErrorCode::bad_data, "the saved network has no tensor \"" + prefix + name + "\"");
    if (found->second.sizes() != tensor.sizes() || found->second.scalar_type() != tensor.scalar_type())
      throw Error(ErrorCode::bad_data, "\"" + prefix + name + "\" of the saved network is " + describe(found->second) + " where " +
                                           describe(tensor) + " is needed");
  }
  if (given.size() != handles.size()) {
    for (const auto& [name, tensor] : handles) given.erase(name);
    throw Error(ErrorCode::bad_data, "the saved network has a tensor \"" + prefix + given.begin()->first + "\" that this network has not");
  }
  const c10::NoGradGuard no_gradient;
  for (const auto& [name, tensor] : handles) at::Tensor(tensor).copy_(given.at(name));
}

}  // namespace geocyte::nn
