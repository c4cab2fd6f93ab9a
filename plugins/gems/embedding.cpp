// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/embedding.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

namespace geocyte::plugins::gems {
namespace {

constexpr std::int64_t kChunk = 2048;   // rows embedded at once: bounds the memory of hidden layers

}  // namespace

at::Tensor embed_cells(const Cells& cells, const Model& model, const at::Tensor& rows) {
  const at::NoGradGuard no_gradient;
  const at::Tensor wanted = rows.defined() ? rows : at::arange(cells.count(), cells.expression.options().dtype(at::kLong));
  const std::int64_t count = wanted.size(0);
  at::Tensor all = at::empty({count, model.encoder()->options().out}, at::kFloat);
  for (std::int64_t begin = 0; begin < count; begin += kChunk) {
    const std::int64_t size = std::min(kChunk, count - begin);
    const at::Tensor chunk = wanted.narrow(0, begin, size), x = cells.expression.index_select(0, chunk);   // (size, G)
    const at::Tensor source = cells.source_number.index_select(0, chunk);
    all.narrow(0, begin, size).copy_(model.embed(cells.scaling.rows(source).apply(x), source));
  }
  return all;
}

}  // namespace geocyte::plugins::gems
