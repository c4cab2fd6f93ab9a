// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/mlp.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/check.h"

namespace geocyte::nn {
namespace {

void check_options(const MlpOptions& options, ErrorCode code) {
  const auto check_width = [code](const char* what, std::int64_t width) {
    if (width < 1) throw Error(code, std::string(what) + " of a network is " + std::to_string(width) + "; it is at least 1");
  };
  check_width("the input width", options.in);
  for (const auto width : options.hidden) check_width("a hidden width", width);
  check_width("the output width", options.out);
  if (!(options.dropout >= 0 && options.dropout < 1))
    throw Error(code, "the dropout of a network is " + std::to_string(options.dropout) + "; it lies in [0, 1)");
}

[[noreturn]] void refuse(const std::string& key, const char* wanted) {
  throw Error(ErrorCode::bad_data, "\"" + key + "\" in the description of a network is not " + wanted);
}

std::int64_t width_of(const Json& value, const std::string& key) {
  if (!value.is_number_integer()) refuse(key, "a whole number");
  return value.get<std::int64_t>();
}

}  // namespace

Json to_json(const MlpOptions& options) {
  Json json{{"in", options.in}, {"hidden", options.hidden}, {"out", options.out}, {"dropout", options.dropout},
            {"layer_norm", options.layer_norm}};
  if (options.skip) json["skip"] = true;
  return json;
}

MlpOptions mlp_options_from_json(const Json& json) {
  if (!json.is_object()) throw Error(ErrorCode::bad_data, "the description of a network is not a JSON object");
  MlpOptions options;
  for (const auto& [key, value] : json.items()) {
    if (key == "in") {
      options.in = width_of(value, key);
    } else if (key == "out") {
      options.out = width_of(value, key);
    } else if (key == "hidden") {
      if (!value.is_array()) refuse(key, "a list of whole numbers");
      for (const auto& width : value) options.hidden.push_back(width_of(width, key));
    } else if (key == "dropout") {
      if (!value.is_number()) refuse(key, "a number");
      options.dropout = value.get<double>();
    } else if (key == "layer_norm") {
      if (!value.is_boolean()) refuse(key, "true or false");
      options.layer_norm = value.get<bool>();
    } else if (key == "skip") {
      if (!value.is_boolean()) refuse(key, "true or false");
      options.skip = value.get<bool>();
    } else {
      throw Error(ErrorCode::bad_data, "the description of a network has an unknown key \"" + key + "\"");
    }
  }
  for (const char* key : {"in", "hidden", "out"})
    if (!json.contains(key)) throw Error(ErrorCode::bad_data, std::string("the description of a network has no \"") + key + "\"");
  check_options(options, ErrorCode::bad_data);
  return options;
}

MlpImpl::MlpImpl(MlpOptions options, at::Generator generator, c10::ScalarType dtype) : options_(std::move(options)) {
  check_options(options_, ErrorCode::bad_config);
  auto width = options_.in;
  for (std::size_t i = 0; i <= options_.hidden.size(); ++i) {
    const bool is_last = i == options_.hidden.size();
    const auto next = is_last ? options_.out : options_.hidden[i];
    const auto index = std::to_string(i);
    linear_.push_back(register_module("linear" + index, Linear(width, next, generator, dtype)));
    if (options_.layer_norm && !is_last)
      norm_.push_back(register_module("norm" + index, LayerNorm(next, options_.norm_kernel, dtype)));
    width = next;
  }
  if (options_.skip) skip_ = register_buffer("skip", at::zeros({options_.in, options_.out}, dtype));
}

at::Tensor MlpImpl::skipped(const at::Tensor& x) const { return skip_.defined() ? x.matmul(skip_) : at::Tensor(); }

void MlpImpl::set_skip(const at::Tensor& weight) {
  require(skip_.defined(), "the network has a skip");
  require_shape("a skip", weight.sizes(), skip_.sizes());
  const c10::NoGradGuard no_gradient;
  skip_.copy_(weight);
}

at::Tensor MlpImpl::forward(const at::Tensor& x, const std::optional<at::Generator>& noise) const {
  require_shape("input of a network", x.sizes(), std::array{std::int64_t{-1}, options_.in});
  auto h = x;
  for (std::size_t i = 0; i < options_.hidden.size(); ++i) {
    h = linear_[i]->forward(h);
    if (options_.layer_norm) h = norm_[i]->forward(h);
    h = h.relu();                                                                // (B, hidden[i])
    if (noise) h = dropout(h, options_.dropout, *noise);
  }
  const auto out = linear_.back()->forward(h);                                   // (B, out)
  return skip_.defined() ? out + skipped(x) : out;
}

}  // namespace geocyte::nn
