// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/optim/adamw.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <cmath>
#include <map>

#include "engine/core/check.h"

namespace geocyte::optim {
namespace {

constexpr std::array kFields{"step", "exp_avg", "exp_avg_sq"};

/// Moments of one parameter; `step` is a float32 scalar on its device, as the fused kernel wants it.
struct Moments : torch::optim::OptimizerCloneableParamState<Moments> {
  explicit Moments(const at::Tensor& parameter)
      : step(at::zeros({}, parameter.options().dtype(at::kFloat))),
        exp_avg(at::empty_like(parameter).zero_()),
        exp_avg_sq(at::empty_like(parameter).zero_()) {}
  std::array<at::Tensor*, 3> fields() { return {&step, &exp_avg, &exp_avg_sq}; }
  at::Tensor step, exp_avg, exp_avg_sq;
};

/// Tensors of one device and type, which one kernel can update together.
struct Batch {
  std::vector<at::Tensor> parameters, gradients, exp_avgs, exp_avg_sqs, steps;

  void add(const at::Tensor& parameter, const Moments& moments) {
    parameters.push_back(parameter);
    gradients.push_back(parameter.grad());
    exp_avgs.push_back(moments.exp_avg);
    exp_avg_sqs.push_back(moments.exp_avg_sq);
    steps.push_back(moments.step);
  }
};

/// The equations of adamw.h.
void update_plainly(const Batch& batch, const torch::optim::AdamWOptions& options) {
  const auto [beta1, beta2] = options.betas();
  for (std::size_t i = 0; i < batch.parameters.size(); ++i) {
    const auto parameter = batch.parameters[i], gradient = batch.gradients[i];
    const auto m = batch.exp_avgs[i], v = batch.exp_avg_sqs[i];
    const double t = batch.steps[i].item<double>();
    const double first = 1 - std::pow(beta1, t), second = 1 - std::pow(beta2, t);
    parameter.mul_(1 - options.lr() * options.weight_decay());
    m.mul_(beta1).add_(gradient, 1 - beta1);
    v.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    parameter.addcdiv_(m, v.sqrt().div_(std::sqrt(second)).add_(options.eps()), -options.lr() / first);
  }
}

bool has_fused_kernel(const at::Tensor& parameter) {
  return (parameter.is_cpu() || parameter.is_cuda()) && parameter.is_floating_point();
}

std::string describe(const at::Tensor& tensor) { return std::string(c10::toString(tensor.scalar_type())) + " " + shape_text(tensor.sizes()); }

}  // namespace

AdamW::AdamW(std::vector<at::Tensor> parameters, torch::optim::AdamWOptions options, AdamWKernel kernel)
    : Optimizer(std::move(parameters), std::make_unique<torch::optim::AdamWOptions>(options)), kernel_(kernel) {
  const auto [beta1, beta2] = options.betas();
  const auto in_unit_interval = [](double beta) { return beta >= 0 && beta < 1; };
  if (!(options.lr() >= 0) || !(options.eps() >= 0) || !(options.weight_decay() >= 0) || !in_unit_interval(beta1) || !in_unit_interval(beta2))
    throw Error(ErrorCode::bad_config, "AdamW wants a learning rate, a weight decay and an eps that are not negative, and betas in [0, 1)");
  if (options.amsgrad()) throw Error(ErrorCode::bad_config, "AdamW is offered without amsgrad");
  for (const auto& parameter : tensors())
    state_[parameter.unsafeGetTensorImpl()] = std::make_unique<Moments>(parameter.detach());
}

at::Tensor AdamW::step(LossClosure closure) {
  require(!closure, "AdamW takes gradients, not a closure");
  const c10::NoGradGuard no_gradient;
  require(param_groups_.size() == 1, "AdamW has the one parameter group it was made with");
  const auto& options = static_cast<torch::optim::AdamWOptions&>(param_groups_.front().options());
  std::map<std::pair<std::string, c10::ScalarType>, Batch> batches;
  for (const auto& parameter : tensors()) {
    if (!parameter.grad().defined()) continue;
    auto& moments = static_cast<Moments&>(*state_.at(parameter.unsafeGetTensorImpl()));
    batches[{parameter.device().str(), parameter.scalar_type()}].add(parameter, moments);
  }
  for (auto& [kind, batch] : batches) {
    at::_foreach_add_(batch.steps, 1);
    if (kernel_ == AdamWKernel::plain || !has_fused_kernel(batch.parameters.front())) {
      update_plainly(batch, options);
    } else {
      const auto [beta1, beta2] = options.betas();
      at::_fused_adamw_(batch.parameters, batch.gradients, batch.exp_avgs, batch.exp_avg_sqs, {}, batch.steps, options.lr(),
                        beta1, beta2, options.weight_decay(), options.eps(), /*amsgrad=*/false, /*maximize=*/false);
    }
  }
  return {};
}

NamedTensors AdamW::state_tensors(const std::string& prefix) const {
  NamedTensors state;
  for (std::size_t i = 0; i < tensors().size(); ++i) {
    auto& moments = static_cast<Moments&>(*state_.at(tensors()[i].unsafeGetTensorImpl()));
    const auto fields = moments.fields();
    for (std::size_t f = 0; f < fields.size(); ++f)
      state.emplace_back(prefix + std::to_string(i) + "." + kFields[f],
                         fields[f]->to(at::kCPU, fields[f]->scalar_type(), false, /*copy=*/true).contiguous());
  }
  return state;
}

void AdamW::load_state_tensors(const NamedTensors& state, const std::string& prefix) {
  std::map<std::string, at::Tensor> given;
  for (const auto& [name, tensor] : state)
    if (name.starts_with(prefix)) given.emplace(name.substr(prefix.size()), tensor);

  std::vector<std::pair<at::Tensor, at::Tensor>> copies;   // (place, value)
  for (std::size_t i = 0; i < tensors().size(); ++i) {
    const auto fields = static_cast<Moments&>(*state_.at(tensors()[i].unsafeGetTensorImpl())).fields();
    for (std::size_t f = 0; f < fields.size(); ++f) {
      const auto name = std::to_string(i) + "." + kFields[f];
      const auto found = given.find(name);
      if (found == given.end()) throw Error(ErrorCode::bad_data, "the saved optimiser has no tensor \"" + prefix + name + "\"");
      if (found->second.sizes() != fields[f]->sizes() || found->second.scalar_type() != fields[f]->scalar_type())
        throw Error(ErrorCode::bad_data, "\"" + prefix + name + "\" of the saved optimiser is " + describe(found->second) + " where " +
                                             describe(*fields[f]) + " is needed");
      copies.emplace_back(*fields[f], found->second);
      given.erase(found);
    }
  }
  if (!given.empty())
    throw Error(ErrorCode::bad_data, "the saved optimiser has a tensor \"" + prefix + given.begin()->first + "\" of a parameter that is not here");
  const c10::NoGradGuard no_gradient;
  for (auto& [place, value] : copies) place.copy_(value);
}

}  // namespace geocyte::optim
