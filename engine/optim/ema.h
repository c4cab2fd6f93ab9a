// SPDX-License-Identifier: GPL-3.0-or-later
// Exponential moving average of parameters:
//
//   a_0 = w_0,   a_t = d_t a_{t-1} + (1 - d_t) w_t,   d_t = min(d, (1 + t) / (10 + t))
//
// The second argument lets the average leave the initial weights quickly (the rule of TensorFlow's
// ExponentialMovingAverage with num_updates). It has no gradient and draws nothing.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace geocyte::optim {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

class Ema {
 public:
  /// Follows these parameters (handles, not copies). Throws Error{bad_config} for a decay outside [0, 1).
  Ema(std::vector<at::Tensor> parameters, double decay);

  void update();
  std::int64_t updates() const { return updates_; }
  const std::vector<at::Tensor>& averages() const { return averages_; }

  /// While it lives the parameters hold the averages; its destructor gives the trained values back. Not to be nested.
  class Applied {
   public:
    explicit Applied(const Ema& ema);
    ~Applied();
    Applied(const Applied&) = delete;
    Applied& operator=(const Applied&) = delete;

   private:
    std::vector<at::Tensor> parameters_, trained_;
  };
  [[nodiscard]] Applied applied() const { return Applied(*this); }

  /// <prefix>updates (scalar int64) and <prefix><i>, copies on the host.
  NamedTensors state_tensors(const std::string& prefix = {}) const;
  /// Throws Error{bad_data} and changes nothing when something is missing or of another shape or type.
  void load_state_tensors(const NamedTensors& state, const std::string& prefix = {});

 private:
  std::vector<at::Tensor> parameters_, averages_;
  double decay_;
  std::int64_t updates_ = 0;
};

}  // namespace geocyte::optim
