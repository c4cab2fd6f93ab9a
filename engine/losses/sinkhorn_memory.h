// SPDX-License-Identifier: GPL-3.0-or-later
// What Sinkhorn divergences remember from step to step: an average of the median distance, and the last cells of each group.
//
//   median <- decay median + (1 - decay) median of the batch       (the first batch sets it)
//   bank_a: the last `capacity` cells of group a, detached, oldest replaced first
//
// Remembered cells make the samples larger than the batch, and with it the sampling noise smaller, while they are hardly older
// than the encoder has moved. All state is in buffers: a checkpoint saves it as it saves a network.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>

#include "engine/losses/groups.h"

namespace geocyte::losses {

struct SinkhornMemory : torch::nn::Module {
  /// No bank with capacity 0. Throws Error{internal} for negative sizes or a decay outside [0, 1).
  SinkhornMemory(std::int64_t groups, std::int64_t dims, std::int64_t capacity, double decay = 0.99);

  /// Takes in the cells of a batch; z (B, D), detached here. A batch with a number that is not finite is not remembered.
  void observe(const at::Tensor& z, const Groups& groups);

  double median_distance() const;                          ///< 0 before the first batch
  /// The remembered cells of a group, (filled, D), host float32, possibly none.
  at::Tensor remembered(std::int64_t group) const;

  at::Tensor median;                                       ///< () float64
  at::Tensor bank;                                         ///< (K, capacity, D) float32, host
  at::Tensor seen;                                         ///< (K) int64: cells of each group taken in so far

 private:
  double decay_;
};

}  // namespace geocyte::losses
