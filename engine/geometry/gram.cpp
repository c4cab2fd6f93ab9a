// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/geometry/gram.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/where.h>

#include <algorithm>

#include "engine/core/check.h"
#include "engine/geometry/sets.h"

namespace geocyte::geometry {
namespace {

/// Columns flipped so that the entry of largest size is positive; of entries alike within rounding the first decides.
at::Tensor with_fixed_signs(const at::Tensor& v) {
  if (v.size(-2) == 0) return v;
  const auto size = v.abs();
  const auto lead = (size >= size.amax({-2}, /*keepdim=*/true) * (1 - 1e-9)).to(at::kByte).argmax(-2, /*keepdim=*/true);  // (..., 1, K)
  return v * at::where(v.gather(-2, lead) < 0, -1.0, 1.0).to(v.scalar_type());
}

/// The last dimension cut or filled up with 0 to `columns`.
at::Tensor fitted(const at::Tensor& v, std::int64_t columns) {
  const auto have = std::min(v.size(-1), columns);
  return at::constant_pad_nd(v.narrow(-1, 0, have), {0, columns - have});
}

}  // namespace

at::Tensor gram(const at::Tensor& x, const at::Tensor& mask) {
  const auto y = centred(x, mask);
  return y.matmul(y.transpose(-2, -1));
}

at::Tensor gram_factor(const at::Tensor& g, std::int64_t columns) {
  require(g.dim() >= 2 && g.size(-1) == g.size(-2) && columns >= 1, "a Gram matrix is square and has a factor of at least one column");
  const c10::NoGradGuard no_gradient;
  const auto [values, vectors] = at::linalg_eigh(g.to(at::kDouble));               // rising
  const auto root = values.clamp_min(0).sqrt().flip(-1).unsqueeze(-2);
  return with_fixed_signs(fitted(vectors.flip(-1) * root, columns)).to(g.scalar_type());
}

at::Tensor principal_frame(const at::Tensor& x, const at::Tensor& mask, std::int64_t columns) {
  require(columns >= 1, "a frame has at least one column");
  const c10::NoGradGuard no_gradient;
  const auto y = centred(x.detach().to(at::kDouble), mask);
  const auto [values, axes] = at::linalg_eigh(y.transpose(-2, -1).matmul(y));
  return with_fixed_signs(fitted(y.matmul(axes.flip(-1)), columns)).to(x.scalar_type());
}

}  // namespace geocyte::geometry
