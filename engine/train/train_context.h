// SPDX-License-Identifier: GPL-3.0-or-later
// What the trainer lends to a system. Every parameter update goes through update(): zero, backward, finite check before
// the step, clip, step, timing, lr/<name> and grad/norm. A check forbids backward() and optimizer.step() elsewhere.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/json.h"
#include "engine/core/rng.h"
#include "engine/core/stop_token.h"
#include "engine/store/contract/axis.h"

namespace torch::optim {
class Optimizer;
}

namespace geocyte::train {

struct UpdateOptions {
  double clip_norm = 0;                    ///< 0 = no clipping; of all parameters together, those of partners included
  /// Optimisers, with their names, that step with the same backward pass: a decoder beside its encoder.
  std::vector<std::pair<std::string, torch::optim::Optimizer*>> partners;
};

/// How many processes train together. One process: rank 0 of 1, everything is the identity.
class Collective {
 public:
  virtual ~Collective() = default;
  virtual int rank() const { return 0; }
  virtual int world_size() const { return 1; }
  virtual void all_reduce_mean(at::Tensor&) {}
};

class TrainContext {
 public:
  TrainContext(Json options, c10::Device device, c10::ScalarType dtype, int threads, std::uint64_t seed, StopToken stop,
               std::string scratch, Collective& collective);

  const Json& options() const { return options_; }
  /// Typed access by dotted path. Throws Error{internal} when the schema has no such parameter.
  double number(std::string_view path) const;
  std::int64_t integer(std::string_view path) const;
  bool boolean(std::string_view path) const;
  std::string text(std::string_view path) const;

  c10::Device device() const { return device_; }
  c10::ScalarType dtype() const { return dtype_; }
  int threads() const { return threads_; }
  RngStreams& rng() { return rng_; }
  Collective& collective() { return collective_; }
  const StopToken& stop() const { return stop_; }
  const std::string& scratch() const { return scratch_; }
  std::int64_t step() const { return step_; }
  std::int64_t total_steps() const { return total_steps_; }
  /// Of the weights: the step, but for a run that has ended on its best one.
  std::int64_t weights_of() const { return weights_of_ >= 0 ? weights_of_ : step_; }
  /// step / total_steps in [0, 1]
  double progress() const;

  /// The only place where parameters change. Throws Error{diverged} naming `name` when loss or gradient norm is not finite
  /// (parameters are left as they were). Returns the gradient norm before clipping.
  double update(std::string_view name, torch::optim::Optimizer& optimizer, const at::Tensor& loss, const UpdateOptions& how = {});

  /// Axes declared here are written to axes.h5 before the first step.
  void declare_axis(store::Axis axis);
  const std::vector<store::Axis>& axes() const { return axes_; }

  /// A sentence the user should read ("patient CORAL is off: …"): becomes an event of kind note. The same one is said once.
  void note(const std::string& text);

  // --- trainer only ---
  void set_options(Json options) { options_ = std::move(options); }
  void set_step(std::int64_t step, std::int64_t total) { step_ = step; total_steps_ = total; }
  void set_weights_of(std::int64_t step) { weights_of_ = step; }
  std::map<std::string, double> take_update_scalars();
  std::vector<std::string> take_notes();

 private:
  const Json& value_at(std::string_view path) const;
  Json options_;
  c10::Device device_;
  c10::ScalarType dtype_;
  int threads_;
  RngStreams rng_;
  StopToken stop_;
  std::string scratch_;
  Collective& collective_;
  std::int64_t step_ = 0, total_steps_ = 0, weights_of_ = -1;
  std::vector<store::Axis> axes_;
  std::map<std::string, double> update_scalars_;
  std::set<std::string> noted_;
  std::vector<std::string> notes_;
};

}  // namespace geocyte::train
