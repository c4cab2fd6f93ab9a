// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/train_context.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <torch/csrc/autograd/autograd.h>
#include <torch/optim/optimizer.h>

#include "engine/config/schema.h"
#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/optim/gradient_clip.h"

namespace geocyte::train {
namespace {

std::vector<at::Tensor> parameters_of(const torch::optim::Optimizer& optimizer) {
  std::vector<at::Tensor> parameters;
  for (const auto& group : optimizer.param_groups())
    for (const at::Tensor& parameter : group.params())
      if (parameter.requires_grad()) parameters.push_back(parameter);
  return parameters;
}

[[noreturn]] void diverged(std::string_view what, std::string_view name, std::int64_t step) {
  throw Error(ErrorCode::diverged,
              "the " + std::string(what) + " of '" + std::string(name) + "' is not finite at step " + std::to_string(step + 1),
              "lower the learning rate or the weight of the term that grew before; the last checkpoint is intact");
}

}  // namespace

TrainContext::TrainContext(Json options, c10::Device device, c10::ScalarType dtype, int threads, std::uint64_t seed,
                           StopToken stop, std::string scratch, Collective& collective)
    : options_(std::move(options)), device_(device), dtype_(dtype), threads_(threads), rng_(seed), stop_(std::move(stop)),
      scratch_(std::move(scratch)), collective_(collective) {}

const Json& TrainContext::value_at(std::string_view path) const {
  const Json* value = config::find(options_, std::string(path));
  if (!value) throw Error(ErrorCode::internal, "a promise was broken: there is an option '" + std::string(path) + "'");
  return *value;
}

double TrainContext::number(std::string_view path) const {
  const Json& value = value_at(path);
  require(value.is_number(), "an option read as a number is one: " + std::string(path));
  return value.get<double>();
}

std::int64_t TrainContext::integer(std::string_view path) const {
  const Json& value = value_at(path);
  require(value.is_number_integer(), "an option read as an integer is one: " + std::string(path));
  return value.get<std::int64_t>();
}

bool TrainContext::boolean(std::string_view path) const {
  const Json& value = value_at(path);
  require(value.is_boolean(), "an option read as yes or no is one: " + std::string(path));
  return value.get<bool>();
}

std::string TrainContext::text(std::string_view path) const {
  const Json& value = value_at(path);
  require(value.is_string(), "an option read as text is one: " + std::string(path));
  return value.get<std::string>();
}

double TrainContext::progress() const {
  return total_steps_ > 0 ? std::clamp(static_cast<double>(step_) / static_cast<double>(total_steps_), 0.0, 1.0) : 0.0;
}

double TrainContext::update(std::string_view name, torch::optim::Optimizer& optimizer, const at::Tensor& loss,
                            const UpdateOptions& how) {
  require(loss.dim() == 0 && loss.requires_grad(), "a loss is one number with a gradient");
  std::vector<at::Tensor> parameters = parameters_of(optimizer);
  for (const auto& [partner, its] : how.partners) {
    const auto more = parameters_of(*its);
    parameters.insert(parameters.end(), more.begin(), more.end());
    its->zero_grad(true);
  }
  // Setting gradients to "none" lets the backward pass hand its buffers over instead of adding them to zeros.
  optimizer.zero_grad(true);
  // Only this optimiser's parameters receive gradients: an adversary behind a reversal costs and keeps none.
  torch::autograd::backward({loss}, {}, std::nullopt, false, parameters);
  if (collective_.world_size() > 1)
    for (const at::Tensor& parameter : parameters)
      if (parameter.grad().defined()) collective_.all_reduce_mean(parameter.mutable_grad());
  const double norm = optim::clip_gradients(parameters, how.clip_norm);
  if (!std::isfinite(norm) || !std::isfinite(loss.item<double>())) {
    optimizer.zero_grad(true);
    for (const auto& [partner, its] : how.partners) its->zero_grad(true);
    diverged(std::isfinite(norm) ? "loss" : "gradient", name, step_);
  }
  optimizer.step();
  for (const auto& [partner, its] : how.partners) {
    its->step();
    update_scalars_["lr/" + partner] = its->param_groups().front().options().get_lr();
  }
  const std::string text(name);
  update_scalars_["lr/" + text] = optimizer.param_groups().front().options().get_lr();
  update_scalars_["grad/" + text + "_norm"] = norm;
  update_scalars_["grad/norm"] = norm;   // of the last update of a step, which is the model's own
  return norm;
}

void TrainContext::declare_axis(store::Axis axis) {
  const auto same = std::find_if(axes_.begin(), axes_.end(), [&](const store::Axis& other) { return other.name == axis.name; });
  if (same != axes_.end()) *same = std::move(axis);
  else axes_.push_back(std::move(axis));
}

void TrainContext::note(const std::string& text) {
  if (noted_.insert(text).second) notes_.push_back(text);
}

std::vector<std::string> TrainContext::take_notes() { return std::exchange(notes_, {}); }

std::map<std::string, double> TrainContext::take_update_scalars() { return std::exchange(update_scalars_, {}); }

}  // namespace geocyte::train
