// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/state_io.h"

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

void CheckpointWriter::value(const std::string& name, Json value) { state_.values[name] = std::move(value); }

void CheckpointReader::module(const std::string& name, torch::nn::Module& module) const {
  with_context("loading the weights of " + name, [&] { nn::load_state(module, state_.model, name + "."); });
}

void CheckpointReader::optimizer(const std::string& name, optim::AdamW& optimizer) const {
  with_context("loading the optimiser of " + name, [&] { optimizer.load_state_tensors(state_.optimizers, name + "."); });
}

const Json& CheckpointReader::value(const std::string& name) const {
  const auto found = state_.values.find(name);
  if (found == state_.values.end())
    throw Error(ErrorCode::bad_data, "the checkpoint has no value '" + name + "'", "it was written by another version or system");
  return *found;
}

}  // namespace geocyte::train
