// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/spherical_kmeans.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <array>

#include "engine/core/check.h"
#include "engine/losses/cosine.h"

namespace geocyte::losses {
namespace {

at::Tensor first_centres(const at::Tensor& unit, std::int64_t clusters, const at::Generator& generator) {
  const auto u = at::empty({clusters}, unit.options().dtype(at::kDouble)).uniform_(0, 1, generator).to(at::kCPU).contiguous();
  const auto* draw = u.const_data_ptr<double>();
  auto centres = at::empty({clusters, unit.size(1)}, unit.options());
  const auto n = unit.size(0);
  auto place = std::min<std::int64_t>(static_cast<std::int64_t>(draw[0] * static_cast<double>(n)), n - 1);
  centres.select(0, 0).copy_(unit.select(0, place));
  auto gap = 1 - unit.mv(centres.select(0, 0));                                  // (N) to the nearest centre
  for (std::int64_t m = 1; m < clusters; ++m) {
    const auto sum = gap.clamp_min(0).to(at::kDouble).cumsum(0);
    const double wanted = draw[m] * sum[n - 1].item<double>();
    place = std::min((sum <= wanted).sum().item<std::int64_t>(), n - 1);
    centres.select(0, m).copy_(unit.select(0, place));
    gap = gap.minimum(1 - unit.mv(centres.select(0, m)));
  }
  return centres;
}

}  // namespace

SphericalKmeans spherical_kmeans(const at::Tensor& x, const at::Tensor& centres, std::int64_t max_passes) {
  require(x.dim() == 2 && centres.dim() == 2 && centres.size(0) >= 1 && x.size(0) >= centres.size(0), "there are at least as many points as centres");
  require_shape("first centres", centres.sizes(), std::array{std::int64_t{-1}, x.size(1)});
  require(max_passes >= 1, "k-means makes at least one pass");
  const c10::NoGradGuard no_gradient;
  const auto unit = unit_rows(x.detach());
  const auto m = centres.size(0);
  SphericalKmeans result;
  result.centres = unit_rows(centres.detach().to(x.options()));
  for (result.passes = 1;; ++result.passes) {
    const auto cosine = unit.mm(result.centres.t());                             // (N, M)
    auto [best, label] = cosine.max(1);
    const bool settled = result.labels.defined() && label.equal(result.labels);
    result.labels = label;
    result.similarity = best;
    if (settled || result.passes == max_passes) {
      const auto two = std::get<0>(at::topk(cosine, std::min<std::int64_t>(2, m), 1));
      result.margin = m < 2 ? at::zeros_like(best) + 2 : two.select(1, 0) - two.select(1, 1);
      result.mean_similarity = best.mean().item<double>();
      return result;
    }
    const auto belongs = (label.unsqueeze(0) == at::arange(m, label.options()).unsqueeze(1)).to(x.scalar_type());   // (M, N)
    const auto size = belongs.sum(1).to(at::kCPU, at::kLong).contiguous();
    auto next = unit_rows(belongs.mm(unit));
    auto served = best.clone();
    for (std::int64_t c = 0; c < m; ++c) {
      if (size.const_data_ptr<std::int64_t>()[c] > 0) continue;
      const auto worst = served.argmin().item<std::int64_t>();
      next.select(0, c).copy_(unit.select(0, worst));
      served.select(0, worst).fill_(2);
    }
    result.centres = next;
  }
}

SphericalKmeans spherical_kmeans(const at::Tensor& x, std::int64_t clusters, at::Generator generator, std::int64_t max_passes) {
  require(x.dim() == 2 && clusters >= 1 && x.size(0) >= clusters, "there are at least as many points as centres");
  const c10::NoGradGuard no_gradient;
  return spherical_kmeans(x, first_centres(unit_rows(x.detach()), clusters, generator), max_passes);
}

}  // namespace geocyte::losses
