// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/pair_statistic.h"

#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>

#include "engine/core/check.h"
#include "engine/kernels/pair_form.h"
#include "engine/losses/written_gradient.h"

namespace geocyte::losses {
namespace {

/// c_ab of L = sum c_ab S_ab, S_ab = sum of phi over ordered pairs; 2/K M_aa and -1 / (K (K - 1)) M_ab for each order of a, b.
std::vector<double> coefficients(const std::vector<std::int64_t>& sizes, double weight, Statistic statistic) {
  const auto k = static_cast<double>(sizes.size());
  std::vector<double> c;
  for (std::size_t a = 0; a < sizes.size(); ++a)
    for (std::size_t b = 0; b < sizes.size(); ++b) {
      const auto n = static_cast<double>(sizes[a]), m = static_cast<double>(sizes[b]);
      if (a == b) c.push_back(weight * 2 / (k * n * (statistic == Statistic::unbiased ? n - 1 : n)));
      else c.push_back(-weight * 2 / (k * (k - 1) * n * m));
    }
  return c;
}

template <class T>
at::Tensor evaluate(const at::Tensor& z, const SortedGroups& sorted, const std::vector<double>& widths, double weight, Statistic statistic) {
  kernels::PairFormOptions options;
  options.widths = widths;
  options.coefficients = coefficients(sorted.sizes, weight, statistic);
  options.gradient = wants_gradient(z);
  options.threads = at::get_num_threads();
  auto found = kernels::pair_form<T>(sorted.cells.const_data_ptr<T>(), sorted.sizes, sorted.dims(), options);
  // Pairs i = j have phi = 1 for each Gaussian, or distance 0, and no gradient.
  if (statistic == Statistic::unbiased)
    for (std::size_t a = 0; a < sorted.sizes.size(); ++a)
      found.value -= options.coefficients[a * sorted.sizes.size() + a] * static_cast<double>(sorted.sizes[a]) * static_cast<double>(widths.size());
  const auto value = sorted.scalar(found.value, z);
  if (!options.gradient) return value;
  return with_gradient(z, value, sorted.scatter(at::from_blob(found.gradient.data(), sorted.cells.sizes(), sorted.cells.options()), z));
}

}  // namespace

at::Tensor mean_over_pairs(const at::Tensor& z, const SortedGroups& sorted, const std::vector<double>& widths, double weight, Statistic statistic) {
  require(sorted.groups.size() >= 2, "pairs need at least two groups");
  if (statistic == Statistic::unbiased)
    for (const auto size : sorted.sizes) require(size >= 2, "an unbiased statistic needs two cells of each group");
  return sorted.is_double() ? evaluate<double>(z, sorted, widths, weight, statistic) : evaluate<float>(z, sorted, widths, weight, statistic);
}

}  // namespace geocyte::losses
