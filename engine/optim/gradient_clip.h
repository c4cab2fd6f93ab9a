// SPDX-License-Identifier: GPL-3.0-or-later
// Clipping by the global norm of all gradients:
//
//   n = sqrt(sum_p ||g_p||^2),   g_p <- g_p min(1, c / n)
//
// Reference: Pascanu, Mikolov, Bengio, ICML 2013, algorithm 1. Directions are kept; after clipping the norm is at most c.
// The device is asked once, for n. Gradients are left alone when n is not finite: the caller decides what that means.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

namespace torch::optim {
class Optimizer;
}

namespace geocyte::optim {

/// Global norm before clipping; 0 without gradients. `max_norm` <= 0 only measures.
double clip_gradients(std::span<const at::Tensor> parameters, double max_norm);

/// All parameters of all groups of an optimiser.
double clip_gradients(const torch::optim::Optimizer& optimizer, double max_norm);

}  // namespace geocyte::optim
