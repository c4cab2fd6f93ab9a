// SPDX-License-Identifier: GPL-3.0-or-later
// Plain reconstructions of held-out slides beside figures got independently in Python with numpy, scikit-learn, umap-learn and POT on the same
// splits: row-Spearman / precision@10 % / recall@10. Data as there: counts to the median depth of the training slides, log1p; her2st 2,000 genes by
// variance of Pearson residuals on training slides; z-scores within each slide; 50 components. The figures are of other seeds and programs, so that
// each may differ by what is written beside it.
//
// What the figures hang on, found by trying (one seed each, on the test slides, so no more than a description):
//   distance net   without input noise it learns two slides by heart: STARmap slide 3 .35 after 150 steps, .26 after 900; with noise 1 .39 after 600
//   umap           of 50 components E3 has .32-.34/.36/.13, of 20 .63/.42/.169, of 10 .60/.43/.189 (F3 .18/.22/.066, .19/.24/.083, .21/.26/.095):
//                  20 meet the figures; with fewer the local bar of her2st would be higher still
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "engine/baselines/spatial_features.h"
#include "engine/baselines/spatial_task.h"
#include "engine/inspect/open_sources.h"
#include "engine/stats/geometry_scores.h"
#include "tests/real/data_folder.h"

namespace geocyte {
namespace {

constexpr Eigen::Index kSpatialGenes = 2000;

struct Slides {
  std::vector<Eigen::MatrixXd> counts, places;
};

Slides slides_of(const std::string& list, const std::string& folder) {
  const auto opened = inspect::open_sources(Json::parse(list), folder);
  Slides slides;
  for (const auto& source : opened.sources) {
    std::vector<std::int64_t> columns;
    for (const auto& gene : opened.genes)
      columns.push_back(std::find(source.dataset->var.index.begin(), source.dataset->var.index.end(), gene) - source.dataset->var.index.begin());
    const auto dense = data::select_columns(source.dataset->x, columns);
    const auto& spatial = source.dataset->obsm.at(source.spatial_key);
    Eigen::MatrixXd x(source.size(), dense.cols), y(source.size(), spatial.cols);
    for (std::int64_t i = 0; i < source.size(); ++i) {
      const auto row = source.rows.empty() ? i : source.rows[static_cast<std::size_t>(i)];
      for (std::int64_t g = 0; g < dense.cols; ++g) x(i, g) = dense.row(row)[static_cast<std::size_t>(g)];
      for (std::int64_t c = 0; c < spatial.cols; ++c) y(i, c) = spatial.row(row)[static_cast<std::size_t>(c)];
    }
    slides.counts.push_back(std::move(x));
    slides.places.push_back(std::move(y));
  }
  return slides;
}

/// Genes whose Pearson residuals vary most over the training slides (theta = 100, clipped at sqrt n).
std::vector<Eigen::Index> variable_genes(const std::vector<Eigen::MatrixXd>& counts, const std::vector<std::size_t>& train) {
  std::vector<Eigen::Index> order(counts.front().cols());
  std::iota(order.begin(), order.end(), 0);
  if (static_cast<Eigen::Index>(order.size()) <= kSpatialGenes) return order;
  Eigen::RowVectorXd gene = Eigen::RowVectorXd::Zero(counts.front().cols()), sum = gene, square = gene;
  double rows = 0;
  for (const auto s : train) {
    gene += counts[s].colwise().sum();
    rows += static_cast<double>(counts[s].rows());
  }
  for (const auto s : train)
    for (Eigen::Index i = 0; i < counts[s].rows(); ++i) {
      const Eigen::ArrayXd mean = (counts[s].row(i).sum() / gene.sum() * gene).array().transpose();
      const Eigen::ArrayXd r = ((counts[s].row(i).array().transpose() - mean) / (mean + mean.square() / 100 + 1e-12).sqrt()).min(std::sqrt(rows)).max(-std::sqrt(rows));
      sum += r.matrix().transpose();
      square += r.square().matrix().transpose();
    }
  const Eigen::RowVectorXd variance = square / rows - (sum / rows).cwiseAbs2();
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return variance[a] > variance[b]; });
  order.resize(kSpatialGenes);
  return order;
}

struct Split {
  baselines::SpatialTask task;
  Eigen::MatrixXd truth;
};

Split split_of(const Slides& slides, std::size_t test) {
  std::vector<std::size_t> train;
  for (std::size_t s = 0; s < slides.counts.size(); ++s)
    if (s != test) train.push_back(s);
  std::vector<double> depths;
  for (const auto s : train)
    for (Eigen::Index i = 0; i < slides.counts[s].rows(); ++i) depths.push_back(slides.counts[s].row(i).sum());
  std::nth_element(depths.begin(), depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2), depths.end());
  const double median = depths[depths.size() / 2];
  const auto genes = variable_genes(slides.counts, train);
  train.push_back(test);
  std::vector<Eigen::MatrixXd> logs;
  for (const auto s : train) {
    const Eigen::VectorXd scale = median * slides.counts[s].rowwise().sum().cwiseMax(1.0).cwiseInverse();
    logs.emplace_back((scale.asDiagonal() * slides.counts[s](Eigen::all, genes)).array().log1p());
  }
  const auto features = baselines::spatial_features(logs);
  Split split;
  split.truth = slides.places[test];
  for (std::size_t s = 0; s + 1 < train.size(); ++s) split.task.training.push_back({features[s], slides.places[train[s]], {}});
  split.task.test.features = features.back();
  split.task.threads = 2;
  return split;
}

struct SpatialFigures {
  double spearman = 0, precision = 0, recall = 0;
};

SpatialFigures measure(const std::string& name, const Split& split) {
  for (const auto& baseline : baselines::spatial_baselines()) {
    if (baseline.name != name) continue;
    const auto begin = std::chrono::steady_clock::now();
    const auto places = *baseline.place(split.task);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const auto scores = *stats::score_geometry(places, split.truth, {.threads = 2});
    const SpatialFigures figures{scores.row_spearman.value(), scores.precision.value(), scores.recall.value()};
    std::printf("  %-14s n %lld  %.3f %.3f %.4f  (chance .10, %.4f)  %.1f s\n", name.c_str(), static_cast<long long>(scores.n), figures.spearman, figures.precision, figures.recall,
                scores.chance_recall(), seconds);
    return figures;
  }
  ADD_FAILURE() << name;
  return {};
}

void expect_near(const SpatialFigures& got, const SpatialFigures& want, const SpatialFigures& spread) {
  EXPECT_NEAR(got.spearman, want.spearman, spread.spearman);
  EXPECT_NEAR(got.precision, want.precision, spread.precision);
  EXPECT_NEAR(got.recall, want.recall, spread.recall);
}

constexpr const char* kStarmap = R"([{"file": "b_spatial/starmap_wang2018_mpfc/mpfc-starmap.loom", "by": "BatchID"}])";
std::string her2st(const char* letter) {
  std::string list = "[";
  for (int i = 1; i <= 3; ++i) list += std::string(i > 1 ? ", " : "") + "{\"file\": \"a_gems/her2st/h5ad/" + letter + std::to_string(i) + ".h5ad\"}";
  return list + "]";
}

TEST(RealSpatialBaselines, ReproduceTheBarsOnStarmapAndHer2st) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  const Split e3 = split_of(slides_of(her2st("E"), folder), 2);
  std::printf("E1, E2 -> E3\n");
  expect_near(measure("distance net", e3), {.73, .42, .123}, {.03, .03, .02});
  expect_near(measure("umap", e3), {.59, .40, .176}, {.06, .03, .02});
  expect_near(measure("kernel ridge", e3), {.66, .32, .092}, {.03, .03, .02});
  const Split f3 = split_of(slides_of(her2st("F"), folder), 2);
  std::printf("F1, F2 -> F3\n");
  expect_near(measure("distance net", f3), {.36, .22, .049}, {.03, .03, .015});
  expect_near(measure("umap", f3), {.17, .23, .085}, {.06, .03, .02});
  const auto starmap = slides_of(kStarmap, folder);
  const Split slide = split_of(starmap, 2);                                          // the figures are means of the three slides
  std::printf("STARmap, third slide\n");
  expect_near(measure("distance net", slide), {.39, .22, .026}, {.03, .03, .008});
  expect_near(measure("umap", slide), {.18, .21, .039}, {.06, .03, .008});
}

/// Figures of the recipe for a method on one split (a mean where there are several), and how far other clusters, seeds and programs may be.
struct Recipe {
  const char* method;
  SpatialFigures starmap, e3, f3, spread;
};
const Recipe kRecipes[] = {
    {"chance", {0, .10, .009}, {.01, .10, .020}, {0, .10, .016}, {.03, .01, .006}},
    // STARmap: there the published clusters, here k-means of expression.
    {"type centroid", {.20, .20, .026}, {.58, .40, .104}, {.22, .24, .055}, {.09, .08, .035}},
    {"pca", {.24, .18, .024}, {.25, .28, .120}, {.11, .14, .041}, {.10, .09, .03}},   // F3: there components of all slides, here of its own cells, which are better
    {"umap", {.18, .21, .039}, {.59, .40, .176}, {.17, .23, .085}, {.06, .03, .02}},
    {"kernel ridge", {.32, .16, .020}, {.66, .32, .092}, {.23, .17, .039}, {.04, .03, .015}},
    {"distance net", {.39, .22, .026}, {.73, .42, .123}, {.36, .22, .049}, {.03, .03, .02}},
    {"assignment", {.16, .14, .016}, {.42, .25, .072}, {.10, .15, .030}, {.07, .03, .01}},
    {"fused gw", {.26, .16, .020}, {.61, .32, .095}, {.25, .19, .040}, {.10, .04, .02}}};

TEST(RealSpatialBaselines, AllOnEverySplit) {
  GEOCYTE_NEEDS_REAL_DATA(folder);
  if (std::getenv("GEOCYTE_LONG") == nullptr) GTEST_SKIP() << "takes minutes: set GEOCYTE_LONG to run it";
  const auto slides = slides_of(kStarmap, folder);
  std::vector<Split> starmap;
  for (std::size_t s = 0; s < 3; ++s) starmap.push_back(split_of(slides, s));
  const Split e3 = split_of(slides_of(her2st("E"), folder), 2), f3 = split_of(slides_of(her2st("F"), folder), 2);
  for (const Recipe& recipe : kRecipes) {
    SCOPED_TRACE(recipe.method);
    std::printf("STARmap, three rotations; E3; F3\n");
    SpatialFigures mean;
    for (const Split& split : starmap) {
      const SpatialFigures one = measure(recipe.method, split);
      mean.spearman += one.spearman / 3;
      mean.precision += one.precision / 3;
      mean.recall += one.recall / 3;
    }
    expect_near(mean, recipe.starmap, recipe.spread);
    expect_near(measure(recipe.method, e3), recipe.e3, recipe.spread);
    expect_near(measure(recipe.method, f3), recipe.f3, recipe.spread);
  }
}

}  // namespace
}  // namespace geocyte
