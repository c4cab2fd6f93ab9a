// SPDX-License-Identifier: GPL-3.0-or-later
// What a system hands over to be saved, and gets back: named tensors and small values. Where and how they are stored is the
// trainer's affair (checkpoints.h), so a system never sees a path.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace torch::nn {
class Module;
}
namespace torch::optim {
class Optimizer;
}

namespace geocyte::train {

using TensorMap = std::map<std::string, at::Tensor>;

/// Collects the state of a system. Names are unique; tensors are copied to host memory at once.
class CheckpointWriter {
 public:
  /// Parameters and buffers under "<name>.<path of the parameter>".
  void module(const std::string& name, const torch::nn::Module& module);
  /// Moments and step counts of every parameter, and the learning rate.
  void optimizer(const std::string& name, const torch::optim::Optimizer& optimizer);
  void tensor(const std::string& name, const at::Tensor& tensor);
  void value(const std::string& name, Json value);

  const TensorMap& model() const { return model_; }
  const TensorMap& optimizers() const { return optimizers_; }
  const Json& values() const { return values_; }

 private:
  TensorMap model_, optimizers_;
  Json values_ = Json::object();
};

/// Gives a saved state back. Everything throws Error{bad_data} naming the entry when it is missing or has another shape or
/// type: a checkpoint of another model or gene panel.
class CheckpointReader {
 public:
  CheckpointReader(TensorMap model, TensorMap optimizers, Json values);
  /// Copies into the module's own tensors; also refuses entries of that name the module does not have.
  void module(const std::string& name, torch::nn::Module& module) const;
  void optimizer(const std::string& name, torch::optim::Optimizer& optimizer) const;
  at::Tensor tensor(const std::string& name) const;
  const Json& value(const std::string& name) const;

 private:
  TensorMap model_, optimizers_;
  Json values_;
};

/// One output for other runs: artifact.json and weights.safetensors in a folder of its own.
struct Artifact {
  std::string name;                        ///< folder: "encoder"
  std::string type;                        ///< "expression_encoder"
  int version = 1;                         ///< of that type
  Json description = Json::object();       ///< architecture, gene panel, recipe …
  TensorMap tensors;
};

/// Collects the artifacts of a system.
class ArtifactWriter {
 public:
  void add(Artifact artifact) { artifacts_.push_back(std::move(artifact)); }
  const std::vector<Artifact>& artifacts() const { return artifacts_; }

 private:
  std::vector<Artifact> artifacts_;
};

/// Parameters and buffers of a module by path, on the host.
TensorMap tensors_of(const torch::nn::Module& module);

}  // namespace geocyte::train
