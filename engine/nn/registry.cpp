// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/registry.h"

#include <ATen/core/grad_mode.h>

#include <array>
#include <string_view>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/nn/mlp.h"

namespace geocyte::nn {
namespace {

/// A perceptron from log-normalised expression to the embedding.
ArtifactModule make_expression_encoder(const Json& config, c10::ScalarType dtype) {
  const auto options = mlp_options_from_json(config);
  const Mlp network(options, make_generator(0), dtype);   // every value drawn here is replaced by the weights
  const auto run = [network](const at::Tensor& x) {
    const c10::NoGradGuard no_gradient;
    return network->forward(x);
  };
  return {"expression_encoder", to_json(options), network.ptr(), run};
}

struct Row {
  std::string_view type;
  ArtifactModule (*make)(const Json&, c10::ScalarType);
};
constexpr std::array kTypes{Row{"expression_encoder", make_expression_encoder}};

}  // namespace

std::vector<std::string> artifact_types() {
  std::vector<std::string> types;
  for (const auto& row : kTypes) types.emplace_back(row.type);
  return types;
}

ArtifactModule make_artifact_module(const std::string& type, const Json& config, const NamedTensors& weights, c10::ScalarType dtype) {
  for (const auto& row : kTypes) {
    if (row.type != type) continue;
    auto made = with_context("loading an artifact of type " + type, [&] {
      auto module = row.make(config, dtype);
      load_state(*module.module, weights);
      return module;
    });
    return made;
  }
  std::string known;
  for (const auto& row : kTypes) known += (known.empty() ? "" : ", ") + std::string(row.type);
  throw Error(ErrorCode::bad_data, "an artifact of type \"" + type + "\" is not known", "Known: " + known + ".");
}

}  // namespace geocyte::nn
