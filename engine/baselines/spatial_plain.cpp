// SPDX-License-Identifier: GPL-3.0-or-later
// The methods of spatial_task.h that need a few lines each.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "engine/baselines/spatial_frame.h"
#include "engine/baselines/spatial_task.h"
#include "engine/core/rng.h"
#include "engine/embed/knn.h"
#include "engine/embed/pca.h"
#include "engine/embed/umap.h"

namespace geocyte::baselines {
namespace {

using RowMajorF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr int kClusters = 15, kRounds = 50, kStarts = 10, kNeighbours = 15;
constexpr Eigen::Index kUmapFeatures = 20;   // of components: later ones hide neighbours (her2st E3 recall@10 .17 of 20, .13 of 50)

struct Clusters {
  Eigen::MatrixXd centres;
  double spread = 0;                       // squared distances of all cells to their centre
  std::int32_t of(const Eigen::RowVectorXd& x) const {
    Eigen::Index nearest = 0;
    (centres.rowwise() - x).rowwise().squaredNorm().minCoeff(&nearest);
    return static_cast<std::int32_t>(nearest);
  }
};

/// Lloyd's k-means from k-means++ seeds (Arthur & Vassilvitskii 2007).
Clusters k_means_once(const Eigen::MatrixXd& x, int count, Rng& rng) {
  Clusters clusters{Eigen::MatrixXd(count, x.cols())};
  Eigen::VectorXd nearest = Eigen::VectorXd::Constant(x.rows(), std::numeric_limits<double>::infinity());
  for (int c = 0; c < count; ++c) {
    Eigen::Index chosen = static_cast<Eigen::Index>(rng.below(static_cast<std::uint64_t>(x.rows())));
    if (c > 0 && nearest.sum() > 0) {
      double left = rng.uniform() * nearest.sum();
      for (chosen = 0; chosen + 1 < x.rows() && left >= nearest[chosen]; ++chosen) left -= nearest[chosen];
    }
    clusters.centres.row(c) = x.row(chosen);
    nearest = nearest.cwiseMin((x.rowwise() - x.row(chosen)).rowwise().squaredNorm());
  }
  for (int round = 0; round < kRounds; ++round) {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(count, x.cols());
    Eigen::VectorXd size = Eigen::VectorXd::Zero(count);
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      const auto c = clusters.of(x.row(i));
      sum.row(c) += x.row(i);
      size[c] += 1;
    }
    const Eigen::MatrixXd before = clusters.centres;
    for (int c = 0; c < count; ++c)
      if (size[c] > 0) clusters.centres.row(c) = sum.row(c) / size[c];
    if ((clusters.centres - before).norm() < 1e-9 * (1 + before.norm())) break;
  }
  for (Eigen::Index i = 0; i < x.rows(); ++i) clusters.spread += (clusters.centres.row(clusters.of(x.row(i))) - x.row(i)).squaredNorm();
  return clusters;
}

/// The tightest of several starts.
Clusters k_means(const Eigen::MatrixXd& x, int count, std::uint64_t seed) {
  Rng rng(seed);
  Clusters best = k_means_once(x, count, rng);
  for (int start = 1; start < kStarts; ++start)
    if (Clusters again = k_means_once(x, count, rng); again.spread < best.spread) best = std::move(again);
  return best;
}

/// Features of all cells, the test cells last: what they express is known.
Eigen::MatrixXd stacked(const SpatialTask& task) {
  Eigen::Index rows = task.test.features.rows();
  for (const auto& slide : task.training) rows += slide.features.rows();
  Eigen::MatrixXd all(rows, task.test.features.cols());
  rows = 0;
  for (const auto& slide : task.training) {
    all.middleRows(rows, slide.features.rows()) = slide.features;
    rows += slide.features.rows();
  }
  all.bottomRows(task.test.features.rows()) = task.test.features;
  return all;
}

}  // namespace

std::optional<Eigen::MatrixXd> place_by_chance(const SpatialTask& task) {
  require_task(task);
  Rng rng(task.seed);
  const Eigen::MatrixXd places = unit_places(task.training.front().places);
  Eigen::MatrixXd out(task.test.features.rows(), places.cols());
  std::vector<Eigen::Index> bag;
  for (Eigen::Index i = 0; i < out.rows(); ++i) {
    if (bag.empty()) {
      bag.resize(places.rows());
      std::iota(bag.begin(), bag.end(), 0);
    }
    std::swap(bag[rng.below(bag.size())], bag.back());
    out.row(i) = places.row(bag.back());
    bag.pop_back();
  }
  return out;
}

std::optional<Eigen::MatrixXd> place_by_type(const SpatialTask& task) {
  require_task(task);
  auto framed = common_frame(task);
  if (!framed) return std::nullopt;
  bool known = !task.test.types.empty();
  for (const auto& slide : task.training) known = known && !slide.types.empty();
  std::optional<Clusters> clusters;
  if (!known) clusters = k_means(stacked(task), kClusters, task.seed);
  const auto type_of = [&](const SpatialSlide& slide, Eigen::Index i) { return known ? slide.types[static_cast<std::size_t>(i)] : clusters->of(slide.features.row(i)); };
  std::map<std::int32_t, std::pair<Eigen::RowVectorXd, double>> sums;
  for (std::size_t s = 0; s < task.training.size(); ++s)
    for (Eigen::Index i = 0; i < task.training[s].features.rows(); ++i) {
      auto& [sum, count] = sums.try_emplace(type_of(task.training[s], i), Eigen::RowVectorXd::Zero(task.dims()), 0.0).first->second;
      sum += (*framed)[s].row(i);
      count += 1;
    }
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(task.test.features.rows(), task.dims());   // a type that no training slide has is placed in the middle
  for (Eigen::Index i = 0; i < out.rows(); ++i)
    if (const auto found = sums.find(type_of(task.test, i)); found != sums.end()) out.row(i) = found->second.first / found->second.second;
  return out;
}

std::optional<Eigen::MatrixXd> place_by_pca(const SpatialTask& task) {
  require_task(task);
  const RowMajorF x = task.test.features.cast<float>();
  const embed::Pca pca = embed::fit_pca({x.data(), x.rows(), x.cols()}, static_cast<int>(task.dims()));
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(x.rows(), task.dims());
  out.leftCols(pca.count()) = pca.transform({x.data(), x.rows(), x.cols()});
  return out;
}

std::optional<Eigen::MatrixXd> place_by_umap(const SpatialTask& task) {
  require_task(task);
  const RowMajorF x = task.test.features.leftCols(std::min(task.test.features.cols(), kUmapFeatures)).cast<float>();
  const auto graph = embed::neighbour_graph({x.data(), x.rows(), x.cols()}, {.k = kNeighbours, .threads = task.threads, .stop = task.stop});
  if (!graph.complete) return std::nullopt;
  constexpr int kEpochs = 200, kBetweenLooks = 20;
  embed::Umap umap(graph, {.epochs = kEpochs, .seed = task.seed});
  while (umap.epoch() < umap.epochs()) {
    if (task.stop.stop_requested()) return std::nullopt;
    umap.run(std::min(umap.epochs(), umap.epoch() + kBetweenLooks));
  }
  // UMAP lays out in the plane; a third axis stays flat.
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(x.rows(), std::max<Eigen::Index>(2, task.dims()));
  out.leftCols(2) = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, 2, Eigen::RowMajor>>(umap.layout().data(), x.rows(), 2).cast<double>();
  return Eigen::MatrixXd(out.leftCols(task.dims()));
}

}  // namespace geocyte::baselines
