// SPDX-License-Identifier: GPL-3.0-or-later
// Plain reconstructions of tissues on small ones whose answer is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "engine/baselines/spatial_assignment.h"
#include "engine/baselines/spatial_distance_net.h"
#include "engine/baselines/spatial_features.h"
#include "engine/baselines/spatial_frame.h"
#include "engine/baselines/spatial_kernel_ridge.h"
#include "engine/baselines/spatial_task.h"
#include "engine/baselines/spatial_transport.h"
#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/embed/classical_mds.h"
#include "engine/stats/geometry_scores.h"
#include "engine/stats/layout_scores.h"

namespace geocyte::baselines {
namespace {

/// Cells whose 12 features are smooth functions of their place, plus noise; a slide may be turned and mirrored.
struct Tissue {
  Eigen::MatrixXd truth;
  SpatialSlide slide;
};

Tissue tissue(Eigen::Index n, std::uint64_t seed, double angle, bool mirror, double noise = 0.1) {
  Rng rng(seed);
  Tissue t{Eigen::MatrixXd::NullaryExpr(n, 2, [&] { return 2 * rng.uniform() - 1; }), {}};
  t.slide.features.resize(n, 12);
  for (Eigen::Index i = 0; i < n; ++i)
    for (int g = 0; g < 12; ++g) {
      const double x = t.truth(i, 0), y = t.truth(i, 1), phase = 0.5 * g;
      t.slide.features(i, g) = std::sin((1 + g % 3) * (x * std::cos(phase) + y * std::sin(phase)) + phase) + noise * rng.normal();
    }
  Eigen::Matrix2d turn;
  turn << std::cos(angle), std::sin(angle), -std::sin(angle), std::cos(angle);
  if (mirror) turn.col(0) *= -1;
  t.slide.places = (40 * t.truth * turn).rowwise() + Eigen::RowVector2d(7, -3);
  return t;
}

struct Fixture {
  Eigen::MatrixXd truth;
  SpatialTask task;
};

Fixture task(double noise = 0.1) {
  Fixture fixture;
  for (int s = 0; s < 2; ++s) fixture.task.training.push_back(tissue(250, 10 + s, 1.1 * s, s == 1, noise).slide);
  const Tissue test = tissue(200, 20, 0, false, noise);
  fixture.truth = test.truth;
  fixture.task.test.features = test.slide.features;
  return fixture;
}

double row_spearman(const Eigen::MatrixXd& x, const Eigen::MatrixXd& truth) { return stats::score_geometry(x, truth)->row_spearman.value(); }

TEST(CommonFrame, TurnsAndMirrorsEverySlideOntoTheFirst) {
  const Fixture f = task();
  const auto places = *common_frame(f.task);
  // In the frame of slide 1, slide 2 lies where its own truth would put it.
  EXPECT_LT((places[1] - unit_places(tissue(250, 11, 0, false).truth)).rowwise().norm().mean(), 0.1);
  EXPECT_NEAR(places[0].squaredNorm() / 250, 1, 1e-12);
}

TEST(Ridge, IsTheClosedFormOfOneFeature) {
  Eigen::MatrixXd x(3, 1), y(3, 1);
  x << -1, 0, 1;
  y << 1, 2, 6;
  const Ridge ridge = fit_ridge(x, y, 0.5);                                          // x'y0 = 5, x'x + .5 * 3 = 3.5
  EXPECT_NEAR(ridge.weights(0, 0), 5 / 3.5, 1e-12);
  EXPECT_NEAR(ridge.predict(x)(1, 0), 3, 1e-12);
}

TEST(SpatialBaselines, RankAsTheirInformationDoes) {
  const Fixture f = task();
  std::map<std::string, double> score;
  for (const auto& baseline : spatial_baselines()) {
    const auto places = baseline.place(f.task);
    ASSERT_TRUE(places && places->rows() == 200 && places->cols() == 2 && places->allFinite()) << baseline.name;
    score[baseline.name] = row_spearman(*places, f.truth);
  }
  EXPECT_NEAR(score["chance"], 0, 0.06);
  EXPECT_GT(score["type centroid"], 0.6);
  EXPECT_GT(score["pca"], 0.3);
  EXPECT_GT(score["umap"], 0.3);
  EXPECT_GT(score["kernel ridge"], 0.9);
  EXPECT_GT(score["distance net"], 0.9);
  EXPECT_GT(score["assignment"], 0.8);
  EXPECT_GT(score["fused gw"], 0.5);
}

TEST(SpatialBaselines, AreTheSameAgainAndStop) {
  Fixture f = task();
  for (const auto& baseline : spatial_baselines()) EXPECT_TRUE(*baseline.place(f.task) == *baseline.place(f.task)) << baseline.name;
  StopSource stop;
  stop.request_stop();
  f.task.stop = stop.get_token();
  for (const char* name : {"umap", "kernel ridge", "distance net", "assignment", "fused gw"})
    for (const auto& baseline : spatial_baselines()) {
      if (baseline.name != name) continue;
      EXPECT_FALSE(baseline.place(f.task)) << name;
    }
}

TEST(SpatialBaselines, UseTypesWhereTheyAreKnown) {
  Fixture f = task();
  const auto half = [](const Eigen::MatrixXd& truth) {
    std::vector<std::int32_t> types;
    for (Eigen::Index i = 0; i < truth.rows(); ++i) types.push_back(truth(i, 0) > 0);
    return types;
  };
  f.task.training[0].types = half(tissue(250, 10, 0, false).truth);
  f.task.training[1].types = half(tissue(250, 11, 0, false).truth);
  f.task.test.types = half(f.truth);
  const auto places = *place_by_type(f.task);
  for (Eigen::Index i = 0; i < 200; ++i)
    for (Eigen::Index j = 0; j < 200; ++j) EXPECT_EQ(places.row(i) == places.row(j), f.task.test.types[i] == f.task.test.types[j]);
}

TEST(DistanceNet, LearnsDistancesAndNoiseKeepsItFromLearningSlidesByHeart) {
  const Fixture f = task(1.0);
  const auto plain = *predict_distances(f.task, {.steps = 300});
  EXPECT_NEAR(plain.squaredNorm() / static_cast<double>(plain.size()), 1, 1e-6);
  EXPECT_LT((plain - plain.transpose()).cwiseAbs().maxCoeff(), 1e-12);
  const auto spearman = [&](const Eigen::MatrixXd& d) { return stats::score_distances(d, f.truth)->row_spearman.value(); };
  EXPECT_GT(spearman(*predict_distances(f.task, {.steps = 900})), spearman(*predict_distances(f.task, {.steps = 900, .noise = 0})));
  EXPECT_GE(spearman(*predict_distances(f.task, {.steps = 300, .members = 3})), spearman(plain) - 0.01);
}

TEST(Assignment, IsTheCheapestOfAllOrders) {
  Rng rng(3);
  const Eigen::MatrixXd cost = Eigen::MatrixXd::NullaryExpr(6, 6, [&] { return rng.uniform(); });
  std::vector<Eigen::Index> order(6);
  std::iota(order.begin(), order.end(), 0);
  double best = 1e300;
  do {
    double sum = 0;
    for (Eigen::Index i = 0; i < 6; ++i) sum += cost(i, order[i]);
    best = std::min(best, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  const auto column = least_cost_assignment(cost);
  double sum = 0;
  for (Eigen::Index i = 0; i < 6; ++i) sum += cost(i, column[i]);
  EXPECT_NEAR(sum, best, 1e-5);
}

TEST(Assignment, RespectsCapacityAndLeavesPlacesFree) {
  const Eigen::MatrixXd same = Eigen::MatrixXd::Zero(7, 3);
  std::vector<int> used(3, 0);
  for (const auto c : least_cost_assignment(same, 3)) ++used[c];
  EXPECT_LE(*std::max_element(used.begin(), used.end()), 3);
  Eigen::MatrixXd wide(2, 4);
  wide << 5, 1, 9, 9, 5, 2, 9, 8;
  EXPECT_EQ(least_cost_assignment(wide), (std::vector<Eigen::Index>{1, 0}));           // 1 + 5 = 6 against 5 + 2
  EXPECT_THROW(least_cost_assignment(same, 2), Error);
}

TEST(FusedPlan, HasItsMarginalsAndAtAlphaZeroIsEntropicTransport) {
  Rng rng(4);
  const Eigen::MatrixXd m = Eigen::MatrixXd::NullaryExpr(5, 8, [&] { return rng.uniform(); });
  const Eigen::MatrixXd c = Eigen::MatrixXd::Zero(5, 5), t = Eigen::MatrixXd::Zero(8, 8);
  const auto plan = *fused_plan(m, c, t, {.alpha = 0, .epsilon = 0.1, .outer = 1, .inner = 2000});
  EXPECT_LT((plan.rowwise().sum().array() - 0.2).abs().maxCoeff(), 1e-9);
  EXPECT_LT((plan.colwise().sum().array() - 0.125).abs().maxCoeff(), 1e-9);
  // Optimality: log P + M / eps is a row part plus a column part.
  const Eigen::MatrixXd l = plan.array().log() + m.array() / 0.1;
  for (int i = 1; i < 5; ++i)
    for (int j = 1; j < 8; ++j) EXPECT_NEAR(l(i, j) - l(0, j) - l(i, 0) + l(0, 0), 0, 1e-6);
}

TEST(FusedPlan, FindsAnIsometryFromStructureAlone) {
  // Alpha 1: the same points in another order are matched by their distances.
  Rng rng(5);
  const Eigen::MatrixXd x = Eigen::MatrixXd::NullaryExpr(12, 2, [&] { return rng.normal(); });
  const Eigen::MatrixXd shuffled = x.colwise().reverse(), d = embed::distance_matrix(x);
  const double largest = d.maxCoeff();
  const Eigen::MatrixXd m = Eigen::MatrixXd::Zero(12, 12);
  const auto plan = *fused_plan(m, d / largest, embed::distance_matrix(shuffled) / largest, {.alpha = 1, .epsilon = 0.01, .outer = 300});
  for (Eigen::Index i = 0; i < 12; ++i) {
    Eigen::Index at = 0;
    plan.row(i).maxCoeff(&at);
    EXPECT_EQ(at, 11 - i);
  }
}

TEST(SpatialFeatures, AreCentredWithinEachSlideAndKeepDistances) {
  Rng rng(6);
  const Eigen::MatrixXd a = Eigen::MatrixXd::NullaryExpr(30, 5, [&] { return rng.normal(); }), b = 3 * a.array() + 7;   // another slide that differs as a whole
  const auto z = spatial_features({a, b}, {.components = 0});
  EXPECT_LT(z[0].colwise().mean().cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((z[0] - z[1]).cwiseAbs().maxCoeff(), 1e-6);
  const auto pcs = spatial_features({a, b});
  EXPECT_EQ(pcs[0].cols(), 5);
  EXPECT_NEAR((pcs[0].row(3) - pcs[1].row(9)).norm(), (z[0].row(3) - z[1].row(9)).norm(), 1e-4);
  EXPECT_THROW(spatial_features({a, a.leftCols(4)}), Error);
}

TEST(SpatialTask, ThatIsBrokenIsOneSentence) {
  Fixture f = task();
  SpatialTask none = f.task;
  none.training.clear();
  EXPECT_THROW(require_task(none), Error);
  SpatialTask other = f.task;
  other.training[1].places.conservativeResize(100, 2);
  try {
    require_task(other);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_EQ(error.message(), "training slide 2 has places of 100 cells in 2 dimensions for 250 cells");
  }
  f.task.test.features(3, 2) = NAN;
  EXPECT_THROW(require_task(f.task), Error);
}

}  // namespace
}  // namespace geocyte::baselines
