// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/state_io.h"

#include <algorithm>
#include <iterator>

#include "engine/core/error.h"
#include "engine/optim/adamw.h"

namespace geocyte::train {
namespace {

void append(NamedTensors& to, NamedTensors from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void CheckpointWriter::module(const std::string& name, const torch::nn::Module& module) {
  append(state_.model, nn::state_of(module, name + "."));
}

void CheckpointWriter::optimizer(const std::string& name, const optim::AdamW& optimizer) {
  append(state_.optimizers, optimizer.state_tensors(name + "."));
}

void CheckpointWriter::tensors(const std::string& name, const NamedTensors& tensors) {
  for (const auto& [own, tensor] : tensors)
    state_.model.emplace_back(name + "." + own, tensor.detach().to(at::kCPU, tensor.scalar_type(), false, /*copy=*/true).contiguous());
}

void CheckpointWriter::value(const std::string& name, Json value) { state_.values[name] = std::move(value); }

void CheckpointReader::module(const std::string& name, torch::nn::Module& module) const {
  with_context("loading the weights of " + name, [&] { nn::load_state(module, state_.model, name + "."); });
}

void CheckpointReader::optimizer(const std::string& name, optim::AdamW& optimizer) const {
  with_context("loading the optimiser of " + name, [&] { optimizer.load_state_tensors(state_.optimizers, name + "."); });
}

void CheckpointReader::tensors(const std::string& name, const NamedTensors& tensors) const {
  for (const auto& [own, tensor] : tensors) {
    const std::string wanted = name + "." + own;
    const auto found = std::find_if(state_.model.begin(), state_.model.end(), [&](const auto& saved) { return saved.first == wanted; });
    if (found == state_.model.end() || found->second.sizes() != tensor.sizes() || found->second.scalar_type() != tensor.scalar_type())
      throw Error(ErrorCode::bad_data, "the checkpoint has no tensor '" + wanted + "' of the shape and type that are needed",
                  "it was written by another version or system");
    at::Tensor(tensor).copy_(found->second);
  }
}

const Json& CheckpointReader::value(const std::string& name) const {
  const auto found = state_.values.find(name);
  if (found == state_.values.end())
    throw Error(ErrorCode::bad_data, "the checkpoint has no value '" + name + "'", "it was written by another version or system");
  return *found;
}

}  // namespace geocyte::train
