// SPDX-License-Identifier: GPL-3.0-or-later
// Losses whose gradient is written out as one node instead of being recorded operation by operation. What such a node keeps
// for its backward pass is a number to autograd, not a function of the input: a second derivative through it would be
// silently wrong, so it is refused.
#pragma once

#include <ATen/core/grad_mode.h>

#include "engine/core/check.h"

namespace geocyte::losses {

/// For the first line of a backward pass. Throws Error{internal} when a graph of the gradient is asked for (create_graph).
inline void require_first_order() { require(!at::GradMode::is_enabled(), "this loss has first derivatives only"); }

}  // namespace geocyte::losses
