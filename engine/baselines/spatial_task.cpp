// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/spatial_task.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/baselines/spatial_assignment.h"
#include "engine/baselines/spatial_distance_net.h"
#include "engine/baselines/spatial_kernel_ridge.h"
#include "engine/baselines/spatial_transport.h"
#include "engine/core/error.h"

namespace geocyte::baselines {
namespace {

constexpr Eigen::Index kMostAssigned = 4000, kMostTransported = 2500;   // 640 MB; a minute on one core

void require_slide(const SpatialSlide& slide, const std::string& what, Eigen::Index features, Eigen::Index dims) {
  const auto fail = [&what](const std::string& problem) { throw Error(ErrorCode::bad_data, what + " " + problem); };
  if (slide.features.rows() < 4) fail(fmt::format("has {} cells; a reconstruction needs at least 4", slide.features.rows()));
  if (slide.features.cols() != features || features == 0) fail(fmt::format("has {} features, the first slide has {}", slide.features.cols(), features));
  if (!slide.features.allFinite()) fail("has a feature that is not finite");
  if (!slide.types.empty() && static_cast<Eigen::Index>(slide.types.size()) != slide.features.rows()) fail("has another number of types than of cells");
  if (dims == 0) return;
  if (slide.places.rows() != slide.features.rows() || slide.places.cols() != dims)
    fail(fmt::format("has places of {} cells in {} dimensions for {} cells", slide.places.rows(), slide.places.cols(), slide.features.rows()));
  if (!slide.places.allFinite()) fail("has a place that is not finite");
}

}  // namespace

void require_task(const SpatialTask& task) {
  if (task.training.empty()) throw Error(ErrorCode::bad_data, "there is no slide with places to learn from", "Name at least one source with coordinates.");
  const Eigen::Index features = task.training.front().features.cols(), dims = task.dims();
  if (dims < 1) throw Error(ErrorCode::bad_data, "the first training slide has no places");
  for (std::size_t s = 0; s < task.training.size(); ++s) require_slide(task.training[s], fmt::format("training slide {}", s + 1), features, dims);
  require_slide(task.test, "the test slide", features, 0);
}

Eigen::MatrixXd unit_places(const Eigen::MatrixXd& places) {
  const Eigen::MatrixXd centred = places.rowwise() - places.colwise().mean();
  const double rms = std::sqrt(centred.squaredNorm() / static_cast<double>(places.rows()));
  return rms > 0 ? Eigen::MatrixXd(centred / rms) : centred;
}

std::vector<SpatialBaseline> spatial_baselines() {
  return {{"chance", "places of a training slide in random order", false, place_by_chance},
          {"type centroid", "mean place of the cell's type", false, place_by_type},
          {"pca", "leading components of the expression of the test cells", true, place_by_pca},
          {"umap", "UMAP of the expression of the test cells alone", true, place_by_umap},
          {"kernel ridge", "RBF kernel ridge from expression to places in one frame", false, [](const SpatialTask& task) { return place_by_kernel_ridge(task); }},
          {"distance net", "a perceptron that regresses distances in the tissue, then MDS", false, [](const SpatialTask& task) { return place_by_distance_net(task); }},
          {"assignment", "exact linear assignment to the places of training slides", true, [](const SpatialTask& task) { return place_by_assignment(task); }, kMostAssigned},
          {"fused gw", "entropic fused Gromov-Wasserstein transport to the first training slide", true, [](const SpatialTask& task) { return place_by_transport(task); },
           kMostTransported}};
}

}  // namespace geocyte::baselines
