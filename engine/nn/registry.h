// SPDX-License-Identifier: GPL-3.0-or-later
// Artifacts are how systems feed each other: a type and a configuration say which network to build, the tensors beside them
// fill it. One table in registry.cpp; a new type is one row there.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/ScalarType.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/nn/state.h"

namespace geocyte::nn {

/// A network of an artifact, ready to be used.
struct ArtifactModule {
  std::string type;                                        ///< "expression_encoder"
  Json config;                                             ///< with all defaults written out
  std::shared_ptr<torch::nn::Module> module;
  std::function<at::Tensor(const at::Tensor&)> run;        ///< without gradient and noise: expression (B, G) -> (B, latent)
  /// The same of cells of one source, by its name, with the map that the artifact brings for it; run() where it brings none.
  std::function<at::Tensor(const at::Tensor&, const std::string& source)> run_of_source;
  std::vector<std::string> adapted_sources = {};           ///< names of the sources that have a map
};

std::vector<std::string> artifact_types();

/// Builds the network of `config` and loads `weights` into it.
/// Throws Error{bad_data} for an unknown type, a configuration it cannot have, or weights that do not fit.
ArtifactModule make_artifact_module(const std::string& type, const Json& config, const NamedTensors& weights,
                                    c10::ScalarType dtype = c10::kFloat);

}  // namespace geocyte::nn
