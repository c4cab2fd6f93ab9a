// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/registry.h"

#include <ATen/core/grad_mode.h>

#include <array>
#include <string_view>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/nn/mlp.h"
#include "engine/nn/source_maps.h"

namespace geocyte::nn {
namespace {

/// An encoder and the maps behind it. Weights of the encoder keep the names that they have alone.
struct AdaptedEncoder : torch::nn::Module {
  AdaptedEncoder(const Mlp& encoder, const SourceMaps& maps) {
    for (const auto& child : encoder->named_children()) register_module(child.key(), child.value());
    for (const auto& own : encoder->named_buffers(false)) register_buffer(own.key(), own.value());
    register_module("adapter", maps.ptr());
  }
};

/// A perceptron from log-normalised expression to the embedding; with {"adapter": {"sources": [name, ...]}} an affine map a source behind it.
ArtifactModule make_expression_encoder(const Json& config, c10::ScalarType dtype) {
  Json network_config = config;
  Json adapter;
  if (config.is_object() && config.contains("adapter")) {
    adapter = config["adapter"];
    network_config.erase("adapter");
  }
  const auto options = mlp_options_from_json(network_config);
  const Mlp network(options, make_generator(0), dtype);   // every value drawn here is replaced by the weights
  const auto run = [network](const at::Tensor& x) {
    const c10::NoGradGuard no_gradient;
    return network->forward(x);
  };
  if (adapter.is_null()) return {"expression_encoder", to_json(options), network.ptr(), run, [run](const at::Tensor& x, const std::string&) { return run(x); }};
  std::vector<std::string> names;
  try {
    names = adapter.at("sources").get<std::vector<std::string>>();
  } catch (const Json::exception&) {
  }
  if (names.empty()) throw Error(ErrorCode::bad_data, "the adapter of the encoder does not name its sources");
  const SourceMaps maps(names, options.out, dtype);
  Json whole = to_json(options);
  whole["adapter"] = adapter;
  const auto run_of_source = [run, maps](const at::Tensor& x, const std::string& source) {
    const c10::NoGradGuard no_gradient;
    return maps->of_source(run(x), source);
  };
  return {"expression_encoder", std::move(whole), std::make_shared<AdaptedEncoder>(network, maps), run, run_of_source, names};
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
