// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of unit length: x / sqrt(|x|^2 + 1e-12). The guard keeps value and gradient finite at an empty row; a row of length
// 1 changes by 5e-13. It is relative to nothing: rows shorter than 1e-5 do not count as having a direction.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

namespace geocyte::losses {

inline at::Tensor unit_rows(const at::Tensor& x) { return x * (x.pow(2).sum(-1, /*keepdim=*/true) + 1e-12).rsqrt(); }

}  // namespace geocyte::losses
