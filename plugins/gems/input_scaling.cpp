// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/input_scaling.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

namespace geocyte::plugins::gems {

InputScaling InputScaling::of(const std::vector<preprocess::SourceStatistics>& statistics, preprocess::BySource how, c10::Device device,
                              c10::ScalarType dtype) {
  const auto sources = static_cast<std::int64_t>(statistics.size()), genes = static_cast<std::int64_t>(statistics.front().mean.size());
  at::Tensor mean = at::empty({sources, genes}, at::kFloat), sd = at::empty({sources, genes}, at::kFloat);
  for (std::int64_t s = 0; s < sources; ++s) {
    const auto row = [&](const std::vector<float>& values) { return at::from_blob(const_cast<float*>(values.data()), {genes}, at::kFloat); };
    mean.select(0, s).copy_(row(statistics[static_cast<std::size_t>(s)].mean));
    sd.select(0, s).copy_(row(statistics[static_cast<std::size_t>(s)].sd));
  }
  return {mean.to(device, dtype), sd.reciprocal().to(device, dtype), how == preprocess::BySource::standardise};
}

InputScaling InputScaling::rows(const at::Tensor& source) const {
  if (!*this) return {};
  return {mean.index_select(0, source), inverse_sd.index_select(0, source), clip};
}

at::Tensor InputScaling::apply(const at::Tensor& x) const {
  if (!*this) return x;
  at::Tensor scaled = x.view({-1, mean.size(0), mean.size(1)}).sub(mean).mul_(inverse_sd).view(x.sizes());   // (V B, G)
  return clip ? scaled.clamp_(-preprocess::kClip, preprocess::kClip) : scaled;
}

}  // namespace geocyte::plugins::gems
