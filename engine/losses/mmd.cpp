// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/losses/mmd.h"

#include <ATen/TensorOperators.h>

#include <cmath>
#include <numeric>
#include <utility>

#include "engine/core/check.h"
#include "engine/kernels/pair_form.h"
#include "engine/losses/pair_statistic.h"

namespace geocyte::losses {
namespace {

constexpr int kDanKernels = 5;

/// Mean of |x - y|^2 over ordered pairs of different cells: 2 N / (N - 1) times the mean squared distance from the centre.
double mean_square(const at::Tensor& cells) {
  const auto n = static_cast<double>(cells.size(0));
  return n < 2 ? 0 : 2 / (n - 1) * (cells - cells.mean(0)).pow(2).sum(at::kDouble).item<double>();
}

double scale_of(const SortedGroups& sorted, MmdWidths widths) {
  if (widths == MmdWidths::mean_square) return mean_square(sorted.cells);
  return sorted.is_double() ? kernels::median_distance(sorted.cells.const_data_ptr<double>(), sorted.sizes, sorted.dims(), false)
                            : kernels::median_distance(sorted.cells.const_data_ptr<float>(), sorted.sizes, sorted.dims(), false);
}

}  // namespace

Term mmd(const at::Tensor& z, const Groups& groups, const MmdOptions& options) {
  if (auto why = why_no_pair(groups, options.min_cells, options.what); !why.empty()) return Term::absent(std::move(why));
  const auto sorted = sorted_groups(z, groups, options.min_cells);
  double scale = options.scale > 0 ? options.scale : scale_of(sorted, options.widths);
  if (!(scale > 0) || !std::isfinite(scale)) scale = 1;
  std::vector<double> widths;
  if (options.widths == MmdWidths::mean_square) {
    for (int i = 0; i < kDanKernels; ++i) widths.push_back(std::sqrt(scale / 4 * std::pow(2, i) / 2));   // b 2^i = 2 sigma^2
    return Term::of(mean_over_pairs(z, sorted, widths, 1, options.statistic));
  }
  require(!options.multiples.empty(), "MMD needs at least one kernel width");
  for (const double multiple : options.multiples) widths.push_back(multiple * scale);
  return Term::of(mean_over_pairs(z, sorted, widths, 1 / static_cast<double>(widths.size()), options.statistic));
}

double mmd_scale(const at::Tensor& z, const Groups& groups, const MmdOptions& options) {
  return scale_of(sorted_groups(z, groups, options.min_cells), options.widths);
}

}  // namespace geocyte::losses
