// SPDX-License-Identifier: GPL-3.0-or-later
// The tensor that is optimised is the tensor that is judged. Both paths are run on the same cells without noise; they must give
// the same numbers, else alignment terms shape something that no score ever sees (seed 001: a CORAL at weight 500 that seemed
// not to move the means).
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace geocyte::plugins::gems {

inline constexpr double kParityTolerance = 1e-4;   ///< of the root mean square; float32 paths differ by 1e-6

/// Largest difference of judged() and optimised(), both (n, D), in units of the root mean square of judged(). Throws
/// Error{bad_config} above the tolerance, in one sentence that says what stands between the two where that can be told: noise
/// (dropout or mode), a layer normalisation, a scaling to unit length, a constant factor.
double check_parity(const std::function<at::Tensor()>& optimised, const std::function<at::Tensor()>& judged);

}  // namespace geocyte::plugins::gems
