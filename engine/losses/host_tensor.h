// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers that were worked out on the host, as a tensor that owns its memory.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <cstdint>
#include <vector>

namespace geocyte::losses {

/// In the type and on the device of `options`.
inline at::Tensor host_tensor(std::vector<double>& values, at::IntArrayRef shape, const at::TensorOptions& options) {
  return at::from_blob(values.data(), shape, at::TensorOptions().dtype(at::kDouble)).to(options, false, /*copy=*/true);
}

/// int64 on `device`.
inline at::Tensor host_tensor(std::vector<std::int64_t>& values, at::IntArrayRef shape, c10::Device device) {
  return at::from_blob(values.data(), shape, at::TensorOptions().dtype(at::kLong)).to(device, at::kLong, false, /*copy=*/true);
}

}  // namespace geocyte::losses
