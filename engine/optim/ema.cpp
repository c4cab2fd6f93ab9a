// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/ema.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/scalar_tensor.h>

#include <algorithm>
#include <map>

#include "engine/core/check.h"

namespace geocyte::optim {
namespace {

at::Tensor copy_of(const at::Tensor& tensor) { return tensor.detach().clone(); }

}  // namespace

Ema::Ema(std::vector<at::Tensor> parameters, double decay) : parameters_(std::move(parameters)), decay_(decay) {
  if (!(decay >= 0 && decay < 1)) throw Error(ErrorCode::bad_config, "the decay of a moving average lies in [0, 1)");
  for (const auto& parameter : parameters_) averages_.push_back(copy_of(parameter));
}

void Ema::update() {
  ++updates_;
  if (parameters_.empty()) return;
  const c10::NoGradGuard no_gradient;
  const auto t = static_cast<double>(updates_);
  at::_foreach_lerp_(averages_, parameters_, 1 - std::min(decay_, (1 + t) / (10 + t)));
}

Ema::Applied::Applied(const Ema& ema) : parameters_(ema.parameters_) {
  const c10::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    trained_.push_back(copy_of(parameters_[i]));
    parameters_[i].copy_(ema.averages_[i]);
  }
}

Ema::Applied::~Applied() {
  const c10::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameters_[i].copy_(trained_[i]);
}

NamedTensors Ema::state_tensors(const std::string& prefix) const {
  NamedTensors state{{prefix + "updates", at::scalar_tensor(updates_, at::TensorOptions().dtype(at::kLong))}};
  for (std::size_t i = 0; i < averages_.size(); ++i)
    state.emplace_back(prefix + std::to_string(i), averages_[i].to(at::kCPU, averages_[i].scalar_type(), false, /*copy=*/true).contiguous());
  return state;
}

void Ema::load_state_tensors(const NamedTensors& state, const std::string& prefix) {
  const std::map<std::string, at::Tensor> given(state.begin(), state.end());
  const auto find = [&](const std::string& name, at::IntArrayRef shape, at::ScalarType type) {
    const auto found = given.find(prefix + name);
    if (found == given.end()) throw Error(ErrorCode::bad_data, "the saved moving average has no tensor \"" + prefix + name + "\"");
    if (found->second.sizes() != shape || found->second.scalar_type() != type)
      throw Error(ErrorCode::bad_data, "\"" + prefix + name + "\" of the saved moving average is of another shape or type than its parameter");
    return found->second;
  };
  std::vector<at::Tensor> values;
  for (std::size_t i = 0; i < averages_.size(); ++i) values.push_back(find(std::to_string(i), averages_[i].sizes(), averages_[i].scalar_type()));
  updates_ = find("updates", {}, at::kLong).item<std::int64_t>();
  for (std::size_t i = 0; i < averages_.size(); ++i) averages_[i].copy_(values[i]);
}

}  // namespace geocyte::optim
