// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/derive_umap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/analysis/derivation_part.h"
#include "engine/analysis/parameters.h"
#include "engine/analysis/words.h"
#include "engine/core/rng.h"
#include "engine/embed/knn.h"
#include "engine/embed/pca.h"
#include "engine/embed/procrustes.h"
#include "engine/embed/umap.h"

namespace geocyte::analysis {
namespace {

constexpr int kEpochsBetweenLooks = 5;
constexpr double kStartSize = 10;      // largest coordinate of the first layout, as in umap-learn
constexpr double kStartJitter = 1e-3;  // parts duplicates, which have no gradient to part them
constexpr std::int64_t kFewestRows = 5;

kernels::Metric metric_of(const std::string& name) {
  if (name == "cosine") return kernels::Metric::cosine;
  require(name == "euclidean", "the metric of a UMAP derivation is cosine or euclidean");
  return kernels::Metric::euclidean;
}

}  // namespace

DeriveUmap::DeriveUmap(const config::DerivedSpec& spec, std::uint64_t seed)
    : points_(input_of(spec, "points", "embedding")),
      labels_(input_of(spec, "labels", "source")),
      makes_(spec.makes),
      seed_(seed) {
  Parameters parameters(spec.method, spec.parameters);
  k_ = parameters.get("k", 15);
  metric_ = metric_of(parameters.get<std::string>("metric", "cosine"));
  first_epochs_ = parameters.get("first_epochs", 200);
  warm_epochs_ = parameters.get("warm_epochs", 50);
  warm_rate_ = parameters.get("warm_rate", 0.25);
  components_ = parameters.get("components", 50);
  max_rows_ = parameters.get<std::int64_t>("max_rows", 50'000);
  threads_ = parameters.get("threads", 1);
  parameters.require_all_known();
  require(k_ >= 2 && first_epochs_ >= 1 && warm_epochs_ >= 1 && components_ >= 2 && max_rows_ >= kFewestRows &&
              warm_rate_ > 0,
          "the parameters of a UMAP derivation are positive");
}

DeriveUmap::Reduced DeriveUmap::reduce(const RowsOfSnapshot& rows) const {
  if (rows.dims <= components_) return {rows.values, rows.dims, ""};
  const embed::Pca pca = embed::fit_pca(rows.points(), components_);
  return {pca.transform_to_float(rows.points()), pca.count(),
          fmt::format(" of {} principal components ({} of the variance)", pca.count(), percent(pca.explained()))};
}

std::vector<float> DeriveUmap::first_start(const kernels::Points& points) const {
  const embed::Pca pca = embed::fit_pca(points, 2);
  const Eigen::MatrixXd scores = pca.transform(points);  // n x (at most 2)
  const double largest = scores.size() > 0 ? scores.cwiseAbs().maxCoeff() : 0;
  const double scale = largest > 0 ? kStartSize / largest : 0;
  Rng rng(hash64("umap start", seed_));
  std::vector<float> start(2 * points.rows);
  for (std::int64_t i = 0; i < points.rows; ++i)
    for (std::int64_t c = 0; c < 2; ++c) {
      const double at = c < scores.cols() ? scale * scores(i, c) : 0;
      start[2 * i + c] = static_cast<float>(at + kStartJitter * rng.normal());
    }
  return start;
}

std::vector<float> DeriveUmap::aligned_to_last(std::span<const float> layout) const {
  using RowMajorF = Eigen::Matrix<float, Eigen::Dynamic, 2, Eigen::RowMajor>;
  const auto rows = static_cast<Eigen::Index>(layout.size() / 2);
  const Eigen::MatrixXd now = Eigen::Map<const RowMajorF>(layout.data(), rows, 2).cast<double>();
  const Eigen::MatrixXd last = Eigen::Map<const RowMajorF>(last_layout_.data(), rows, 2).cast<double>();
  const RowMajorF moved = embed::fit_procrustes(now, last).apply(now).cast<float>();
  return {moved.data(), moved.data() + moved.size()};
}

store::Snapshot DeriveUmap::derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes,
                                   const StopToken& stop) {
  store::Snapshot part = empty_part(raw, "umap");
  auto rows = read_rows(raw, points_, axes);
  if (!rows || rows->count() < kFewestRows) return part;
  if (rows->count() > max_rows_) {
    const auto labels = read_labels(*rows, labels_, axes);
    rows->keep(stratified(labels ? labels->codes : std::vector<std::int32_t>(rows->count(), 0), max_rows_, seed_));
  }
  const Reduced reduced = reduce(*rows);
  const kernels::Points points{reduced.values.data(), rows->count(), reduced.dims};
  kernels::KnnOptions search;
  search.k = k_;
  search.metric = metric_;
  search.threads = threads_;
  search.stop = stop;
  const kernels::KnnGraph graph = embed::neighbour_graph(points, search);
  if (!graph.complete) return part;

  const bool warm = last_step_ >= 0 && last_rows_ == rows->row;
  embed::UmapOptions options;
  options.start = embed::UmapOptions::Start::given;
  options.epochs = warm ? warm_epochs_ : first_epochs_;
  options.learning_rate = warm ? warm_rate_ : 1.0;
  options.seed = seed_;
  embed::Umap umap(graph, options, warm ? last_layout_ : first_start(points));
  while (umap.epoch() < umap.epochs()) {
    if (stop.stop_requested()) return part;
    umap.run(umap.epoch() + kEpochsBetweenLooks);
  }
  std::vector<float> layout(umap.layout().begin(), umap.layout().end());
  if (warm) layout = aligned_to_last(layout);

  const std::string start = warm ? fmt::format("warm start from step {}", grouped(last_step_)) : "started from PCA";
  const std::string caption =
      fmt::format("UMAP{}, k={}, {}, seed {}, {}, {} of {} cells", reduced.note, graph.k, name_of(metric_), seed_,
                  start, grouped(rows->count()), grouped(rows->axis_size));
  part.arrays.push_back(make_array<float>(makes_, layout, {rows->count(), 2}, {rows->axis, "xy"}, "points", caption));
  if (rows->subset) part.arrays.push_back(row_index_array(*rows, makes_));
  part.attributes["seed"] = seed_;
  part.attributes["epochs"] = options.epochs;
  if (warm) part.attributes["warm_start_from"] = last_step_;
  last_step_ = raw.step;
  last_rows_ = rows->row;
  last_layout_ = std::move(layout);
  return part;
}

}  // namespace geocyte::analysis
