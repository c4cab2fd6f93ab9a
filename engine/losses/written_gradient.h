// SPDX-License-Identifier: GPL-3.0-or-later
// A loss whose value and gradient a kernel computes together: one node of the graph that hands the gradient on.
#pragma once

#include <ATen/core/Tensor.h>

namespace geocyte::losses {

/// Whether a loss of z needs its gradient at all: not while evaluating, and not for an input that does not learn.
bool wants_gradient(const at::Tensor& z);

/// `value` as a function of z with the given gradient (shape of z); the value alone when the gradient is undefined. First
/// derivatives only (first_order.h).
at::Tensor with_gradient(const at::Tensor& z, const at::Tensor& value, const at::Tensor& gradient);

}  // namespace geocyte::losses
