// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/patchwise.h"

#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include "plugins/st_edm/pair_losses.h"

namespace geocyte::plugins::st_edm {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr std::int64_t kMeasured = 1000;   // cells that the radius of all is taken from

Eigen::MatrixXd to_matrix(const at::Tensor& places) {
  const at::Tensor host = places.to(at::kFloat).contiguous();
  return Eigen::Map<const RowMajor>(host.const_data_ptr<float>(), host.size(0), host.size(1)).cast<double>();
}

/// Root mean squared radius of a set with the mean predicted distances.
double radius_of(const at::Tensor& distance) {
  const std::int64_t n = distance.size(1), count = std::min(n, kMeasured);
  const at::Tensor some = distance.index_select(1, at::arange(count, at::kLong) * n / count);
  return std::sqrt(smooth_distances(some).mean(0).square().mean().item<double>() / 2);
}

}  // namespace

at::Tensor laid_out_in_patches(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop,
                               std::int64_t patch_cells) {
  Eigen::MatrixXd start = to_matrix(scaled_places(views.distance, dims));
  const double radius = std::sqrt(start.squaredNorm() / static_cast<double>(start.rows()));
  if (radius > 0) start *= radius_of(views.distance) / radius;
  const auto lay_out = [&](const std::vector<std::int32_t>& cells) -> std::optional<Eigen::MatrixXd> {
    const at::Tensor rows = at::tensor(std::vector<std::int64_t>(cells.begin(), cells.end()), at::kLong);
    const PairViews own{views.distance.index_select(1, rows), views.local.index_select(1, rows), views.expression.index_select(0, rows)};
    const at::Tensor places = laid_out_places(own, dims, options, threads, stop);
    if (stop.stop_requested()) return std::nullopt;
    return to_matrix(places);
  };
  const auto layout = embed::lay_out_in_patches(start, lay_out, {.size = patch_cells, .stop = stop});
  const at::Tensor out = at::empty({start.rows(), dims}, at::kFloat);
  Eigen::Map<RowMajor>(out.mutable_data_ptr<float>(), start.rows(), dims) = (layout.points.rowwise() - layout.points.colwise().mean()).cast<float>();
  return out;
}

}  // namespace geocyte::plugins::st_edm
