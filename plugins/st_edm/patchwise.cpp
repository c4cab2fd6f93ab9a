// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/patchwise.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include "plugins/st_edm/on_host.h"

namespace geocyte::plugins::st_edm {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr std::int64_t kMeasured = 1000;   // cells that the radius of all is taken from

/// Evenly spread cells: what is true of them is true of all.
at::Tensor some_cells(std::int64_t n) {
  const std::int64_t count = std::min(n, kMeasured);
  std::vector<std::int64_t> even(static_cast<std::size_t>(count));
  for (std::int64_t k = 0; k < count; ++k) even[static_cast<std::size_t>(k)] = k * n / count;
  return at::tensor(even, at::kLong);
}

/// Root mean squared radius of a set with these distances.
double radius_of(const at::Tensor& distances) { return std::sqrt(distances.square().mean().item<double>() / 2); }

/// The factor that minimises sum w (factor d - D)^2, w = 1 / (D + .1 radius): a mean of copies that differ is a little too small.
double fitted_scale(const at::Tensor& places, const at::Tensor& distances) {
  const at::Tensor laid = at::cdist(places, places), weights = (distances + 0.1 * radius_of(distances)).reciprocal();
  const double own = (weights * laid.square()).sum().item<double>();
  return own > 0 ? (weights * laid * distances).sum().item<double>() / own : 1;
}

}  // namespace

at::Tensor laid_out_in_patches(const PairViews& views, std::int64_t dims, const LayoutOptions& options, int threads, const StopToken& stop,
                               std::int64_t patch_cells, const PatchProgress& progress) {
  const at::Tensor some = some_cells(views.distance.size(1));
  const at::Tensor distances = views.of(some).distances();
  Eigen::MatrixXd start = to_matrix(views.start(dims));
  const double radius = std::sqrt(start.squaredNorm() / static_cast<double>(start.rows()));
  if (radius > 0) start *= radius_of(distances) / radius;
  const auto lay_out = [&](const std::vector<std::int32_t>& cells) -> std::optional<Eigen::MatrixXd> {
    const at::Tensor rows = at::tensor(std::vector<std::int64_t>(cells.begin(), cells.end()), at::kLong);
    const at::Tensor places = laid_out_places(views.of(rows), dims, options, threads, stop);
    if (stop.stop_requested()) return std::nullopt;
    return to_matrix(places);
  };
  embed::PatchOptions how{.size = patch_cells, .anchors = std::max<std::int64_t>(patch_cells / 3, dims + 1), .stop = stop};
  if (progress) how.progress = progress;
  const auto layout = embed::lay_out_in_patches(start, lay_out, how);
  const at::Tensor out = at::empty({start.rows(), dims}, at::kFloat);
  Eigen::Map<RowMajor>(out.mutable_data_ptr<float>(), start.rows(), dims) = (layout.points.rowwise() - layout.points.colwise().mean()).cast<float>();
  return out * fitted_scale(out.index_select(0, some), distances.to(at::kFloat));
}

}  // namespace geocyte::plugins::st_edm
