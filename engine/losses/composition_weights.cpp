// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/composition_weights.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"
#include "engine/losses/group_weights.h"
#include "engine/losses/host_tensor.h"

namespace geocyte::losses {

CompositionWeights composition_weights(const at::Tensor& x, const Groups& sources, const Groups& clusters, const CompositionOptions& options) {
  require(x.dim() == 2 && x.size(0) == sources.cells() && x.size(0) == clusters.cells(), "cells, sources and clusters are of the same cells");
  require(options.power > 0 && options.cutoff >= 0 && options.cutoff <= 1, "the power is above zero and the cutoff in [0, 1]");
  const c10::NoGradGuard no_gradient;
  const auto s = sources.count(), c = clusters.count(), n = sources.cells();
  std::vector<std::int64_t> cluster_of(n, -1);                                   // source * C + cluster
  for (std::int64_t cell = 0; cell < n; ++cell)
    if (sources.labels()[cell] >= 0 && clusters.labels()[cell] >= 0) cluster_of[cell] = sources.labels()[cell] * c + clusters.labels()[cell];
  const Groups both(cluster_of, s * c);
  const auto belongs = membership(both, x);                                      // (SC, N)
  const auto centroid = unit_rows(belongs.mm(x));                                // an empty cluster has none: cos = 0
  const auto cosine = centroid.mm(centroid.t()).clamp_min(0).pow(options.power).to(at::kCPU, at::kDouble).contiguous();
  const auto* a = cosine.const_data_ptr<double>();

  const auto share_of = [&](std::int64_t k) {
    double all = 0;
    for (std::int64_t other = k / c * c; other < (k / c + 1) * c; ++other) all += static_cast<double>(both.sizes()[other]);
    return all > 0 ? static_cast<double>(both.sizes()[k]) / all : 0.0;
  };
  std::vector<double> share, mass(s * c, 0);
  for (std::int64_t k = 0; k < s * c; ++k) share.push_back(share_of(k));
  for (std::int64_t k = 0; k < s * c; ++k)
    for (std::int64_t other = 0; other < s * c; ++other)
      if (k / c != other / c && a[k * s * c + other] > options.cutoff) mass[k] += a[k * s * c + other] * std::sqrt(share[k] * share[other]);

  CompositionWeights result;
  std::vector<double> weight_of(s * c, 0);
  for (std::int64_t source = 0; source < s; ++source) {
    double all = 0, matched = 0;
    for (std::int64_t k = source * c; k < (source + 1) * c; ++k) {
      all += mass[k];
      if (mass[k] > 0) matched += share[k];
    }
    for (std::int64_t k = source * c; k < (source + 1) * c; ++k)
      if (share[k] > 0) weight_of[k] = all > 0 ? mass[k] / (all * share[k]) : 1;
    result.matched.push_back(matched);
  }
  std::vector<double> weights;
  for (const auto k : cluster_of) weights.push_back(k < 0 ? 0 : weight_of[k]);
  result.weight = host_tensor(weights, {n}, x.options());
  return result;
}

}  // namespace geocyte::losses
