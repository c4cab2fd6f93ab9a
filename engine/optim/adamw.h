// SPDX-License-Identifier: GPL-3.0-or-later
// AdamW, Adam with decoupled weight decay, in one fused kernel a step and with a state that can be saved exactly.
//
//   w <- w - lr wd w
//   m <- b1 m + (1 - b1) g,   v <- b2 v + (1 - b2) g^2
//   w <- w - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
//
// Reference: Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2; Kingma & Ba 2015.
// Equal to torch::optim::AdamW up to rounding. Options are torch's AdamWOptions, so that param_groups()[i].options()
// .set_lr(x) works; amsgrad is not offered (Error{bad_config}).
// Make it after the network has been moved to its device: the moments live beside the parameters they were made for.
// A parameter without a gradient is left out of a step and keeps its own t. Steps are counted in float32, exact to 2^24.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/optim/adamw.h>

#include <string>
#include <utility>
#include <vector>

namespace geocyte::optim {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// fused: at::_fused_adamw_ (host and CUDA). plain: the equations, tensor by tensor, on any device.
enum class AdamWKernel { automatic, plain };

class AdamW : public torch::optim::Optimizer {
 public:
  explicit AdamW(std::vector<at::Tensor> parameters, torch::optim::AdamWOptions options = {},
                 AdamWKernel kernel = AdamWKernel::automatic);

  /// One step with the gradients that are there. A closure is not taken, and there is one parameter group, the one it was
  /// made with (Error{internal}): parts with rates of their own get optimisers of their own.
  at::Tensor step(LossClosure closure = nullptr) override;

  /// <prefix><i>.step (scalar), .exp_avg, .exp_avg_sq for each parameter i, in order; also for those that have had no
  /// gradient yet (zeros), so that every state of the same parameters has the same names. Copies on the host.
  NamedTensors state_tensors(const std::string& prefix = {}) const;
  /// Continues exactly where state_tensors() left off. Throws Error{bad_data} and changes nothing when something is
  /// missing, unknown below the prefix, or of another shape or type.
  void load_state_tensors(const NamedTensors& state, const std::string& prefix = {});

 private:
  const std::vector<at::Tensor>& tensors() const { return param_groups_.front().params(); }
  AdamWKernel kernel_;
};

}  // namespace geocyte::optim
