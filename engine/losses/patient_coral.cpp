// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/patient_coral.h"

#include <ATen/ops/from_blob.h>

#include <algorithm>

namespace geocyte::losses {
namespace {

/// The cells of all these groups in one set.
Moments pooled_moments(const at::Tensor& z, const Groups& groups, const std::vector<std::int64_t>& kept) {
  std::vector<std::int64_t> rows;
  for (std::int64_t cell = 0; cell < groups.cells(); ++cell)
    if (std::find(kept.begin(), kept.end(), groups.labels()[cell]) != kept.end()) rows.push_back(cell);
  const auto index = at::from_blob(rows.data(), {static_cast<std::int64_t>(rows.size())}, at::TensorOptions().dtype(at::kLong));
  return moments_of(z.index_select(0, index.to(z.device(), at::kLong, false, /*copy=*/true)));
}

}  // namespace

Term patient_coral(const at::Tensor& z, const Groups& patients, PatientReference reference, CoralForm form,
                   std::int64_t min_cells) {
  if (reference == PatientReference::pairs || patients.of_at_least(min_cells).size() < 2)
    return pairwise_coral(z, patients, form, min_cells, "patient");
  auto moments = group_moments(z, patients, min_cells);
  const auto pool = pooled_moments(z, patients, moments.groups);
  // One comparison of the stacked patients with the pool: the mean over patients is the mean over the first dimension.
  return Term::of(coral({moments.mean, moments.covariance, 0}, {pool.mean.expand_as(moments.mean), pool.covariance, pool.n}, form));
}

}  // namespace geocyte::losses
