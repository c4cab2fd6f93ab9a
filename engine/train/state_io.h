// SPDX-License-Identifier: GPL-3.0-or-later
// What a system hands over to be saved, and gets back: named tensors and small values. Where and how they are stored is the
// trainer's affair (checkpoints.h), so a system never sees a path.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/core/json.h"
#include "engine/nn/state.h"

namespace geocyte::optim {
class AdamW;
}

namespace geocyte::train {

using nn::NamedTensors;

/// Everything a checkpoint holds of a system.
struct SystemState {
  NamedTensors model, optimizers;
  Json values = Json::object();
};

/// Collects the state of a system. Tensors are copied to host memory at once.
class CheckpointWriter {
 public:
  /// Parameters and buffers as "<name>.<path of the parameter>".
  void module(const std::string& name, const torch::nn::Module& module);
  /// Moments and step counts of every parameter as "<name>.<i>.…".
  void optimizer(const std::string& name, const optim::AdamW& optimizer);
  /// State that is in no module, as "<name>.<name of the tensor>".
  void tensors(const std::string& name, const NamedTensors& tensors);
  void value(const std::string& name, Json value);

  const SystemState& state() const { return state_; }

 private:
  SystemState state_;
};

/// Gives a saved state back. Every call throws Error{bad_data} that names the entry when it is missing or has another shape
/// or type (a checkpoint of another model or gene panel) and then changes nothing.
class CheckpointReader {
 public:
  explicit CheckpointReader(SystemState state) : state_(std::move(state)) {}
  void module(const std::string& name, torch::nn::Module& module) const;
  void optimizer(const std::string& name, optim::AdamW& optimizer) const;
  /// Copies values into the tensors, whatever their device.
  void tensors(const std::string& name, const NamedTensors& tensors) const;
  const Json& value(const std::string& name) const;

 private:
  SystemState state_;
};

/// One output for other runs, of a type that engine/nn/registry can build and run.
struct Artifact {
  std::string name;                        ///< folder: "encoder"
  std::string type;                        ///< "expression_encoder"
  int version = 1;                         ///< of that type
  Json config = Json::object();            ///< of nn::make_artifact_module
  Json about = Json::object();             ///< gene panel, recipe, statistics …
  NamedTensors tensors;
};

/// Collects the artifacts of a system.
class ArtifactWriter {
 public:
  void add(Artifact artifact) { artifacts_.push_back(std::move(artifact)); }
  const std::vector<Artifact>& artifacts() const { return artifacts_; }

 private:
  std::vector<Artifact> artifacts_;
};

}  // namespace geocyte::train
