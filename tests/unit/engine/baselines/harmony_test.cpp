// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/harmony.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/core/error.h"
#include "engine/embed/knn.h"
#include "engine/stats/own_source_share.h"
#include "tests/unit/engine/baselines/gaussian_cells.h"

namespace geocyte::baselines {
namespace {

/// Three types around corners, drawn in two sources of which the second is moved as a whole.
struct Typed {
  Cells cells;
  std::vector<std::int32_t> type;
};

Typed shifted_types(double shift, std::uint64_t seed, Eigen::Index per_type = 80) {
  Rng rng(seed);
  Typed typed;
  std::vector<Eigen::MatrixXd> blocks;
  for (int source = 0; source < 2; ++source) {
    Eigen::MatrixXd block = normal_matrix(3 * per_type, 6, rng);
    for (Eigen::Index i = 0; i < block.rows(); ++i) {
      const Eigen::Index type = i / per_type;
      block(i, type) += 12;
      block(i, 3) += source * shift;
      typed.type.push_back(static_cast<std::int32_t>(type));
    }
    blocks.push_back(block);
  }
  typed.cells = stacked(blocks);
  return typed;
}

double own_share(const Eigen::MatrixXd& x, const std::vector<std::int32_t>& label, int labels) {
  kernels::KnnOptions options;
  options.k = 20;
  const FloatRows rows = to_float(x);
  return stats::own_source_share(embed::neighbour_graph(rows.points(), options), label, labels).mean_share;
}

HarmonyOptions few_clusters() {
  HarmonyOptions options;
  options.clusters = 6;
  return options;
}

TEST(HarmonyTest, mixes_shifted_sources_and_keeps_their_types) {
  const Typed typed = shifted_types(5, 1);
  ASSERT_GT(own_share(typed.cells.x, typed.cells.source, 2), 0.98) << "apart to begin with";
  const HarmonyResult result = harmony(typed.cells, few_clusters());
  EXPECT_LT(own_share(result.corrected, typed.cells.source, 2), 0.6);
  EXPECT_GT(own_share(result.corrected, typed.type, 3), 0.98);
}

TEST(HarmonyTest, the_objective_never_increases_within_a_round) {
  for (const double theta : {0.0, 2.0, 8.0}) {
    HarmonyOptions options = few_clusters();
    options.theta = theta;
    options.cluster_tolerance = -1;  // run all rounds
    options.max_iter = 3;
    const HarmonyResult result = harmony(shifted_types(5, 2).cells, options);
    ASSERT_EQ(result.objective.size(), 3u);
    for (const auto& round : result.objective) {
      ASSERT_EQ(round.size(), 20u);
      for (std::size_t i = 1; i < round.size(); ++i) EXPECT_LE(round[i], round[i - 1] + 1e-9 * std::abs(round[i - 1]));
    }
    EXPECT_LT(result.objective[0].back(), result.objective[0].front()) << "theta " << theta;
  }
}

TEST(HarmonyTest, responsibilities_are_shares) {
  const HarmonyResult result = harmony(shifted_types(3, 3).cells, few_clusters());
  EXPECT_GE(result.responsibility.minCoeff(), 0);
  EXPECT_LT((result.responsibility.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-12);
}

TEST(HarmonyTest, one_cluster_is_a_ridge_regression_on_the_source) {
  // K = 1, two sources of n cells, lambda l: the common row is the mean of the two source means m +- h by symmetry, and
  // each source gives back n / (n + l) of its offset h.
  Rng rng(4);
  const Cells cells = stacked({exact_cells(50, Eigen::RowVector2d(3, 1), Eigen::Matrix2d::Identity(), rng),
                               exact_cells(50, Eigen::RowVector2d(1, 5), Eigen::Matrix2d::Identity(), rng)});
  HarmonyOptions options;
  options.clusters = 1;
  options.lambda = 10;
  const HarmonyResult result = harmony(cells, options);
  const Eigen::RowVector2d middle(2, 3), half(1, -2);
  const double left = 1 - 50.0 / 60.0;
  EXPECT_LT((moments_of_source(result.corrected, cells, 0).mean - (middle + left * half)).norm(), 1e-10);
  EXPECT_LT((moments_of_source(result.corrected, cells, 1).mean - (middle - left * half)).norm(), 1e-10);
  EXPECT_LT((moments_of_source(result.corrected, cells, 0).covariance - Eigen::Matrix2d::Identity()).norm(), 1e-10);
}

TEST(HarmonyTest, one_source_is_left_as_it_is) {
  // The common row takes the mean of each cluster, so that nothing is left for the ridge to ascribe to the source.
  Rng rng(5);
  const Cells cells = stacked({normal_matrix(90, 4, rng)});
  EXPECT_LT((harmony(cells, few_clusters()).corrected - cells.x).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(HarmonyTest, a_scale_of_all_cells_scales_the_result) {
  const Typed typed = shifted_types(4, 6);
  Cells larger = typed.cells;
  larger.x *= 8;  // a power of two: the same rounding
  const Eigen::MatrixXd one = harmony(typed.cells, few_clusters()).corrected,
                        eight = harmony(larger, few_clusters()).corrected;
  EXPECT_LT((eight / 8 - one).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(HarmonyTest, the_same_seed_gives_the_same_bits) {
  const Typed typed = shifted_types(4, 7);
  EXPECT_EQ(harmony(typed.cells, few_clusters()).corrected, harmony(typed.cells, few_clusters()).corrected);
}

TEST(HarmonyTest, cells_at_the_origin_and_empty_sources_do_no_harm) {
  Typed typed = shifted_types(4, 8, 20);
  typed.cells.x.row(0).setZero();
  typed.cells.sources = 4;
  EXPECT_TRUE(harmony(typed.cells, few_clusters()).corrected.allFinite());
  const Cells same{Eigen::MatrixXd::Constant(12, 3, 2.0), std::vector<std::int32_t>(12, 0), 1};
  EXPECT_TRUE(harmony(same, few_clusters()).corrected.allFinite()) << "all cells equal";
}

TEST(HarmonyTest, bad_input_is_refused) {
  Typed typed = shifted_types(4, 9, 10);
  const auto refused = [&](auto change, ErrorCode code) {
    HarmonyOptions options;
    change(options);
    try {
      harmony(typed.cells, options);
    } catch (const Error& error) {
      return error.code() == code;
    }
    return false;
  };
  EXPECT_TRUE(refused([](HarmonyOptions& o) { o.theta = -1; }, ErrorCode::bad_config));
  EXPECT_TRUE(refused([](HarmonyOptions& o) { o.sigma = 0; }, ErrorCode::bad_config));
  EXPECT_TRUE(
      refused([](HarmonyOptions& o) { o.lambda = std::numeric_limits<double>::quiet_NaN(); }, ErrorCode::bad_config));
  EXPECT_TRUE(refused([](HarmonyOptions& o) { o.clusters = 1000; }, ErrorCode::bad_config));
  EXPECT_TRUE(refused([](HarmonyOptions& o) { o.block_share = 0; }, ErrorCode::bad_config));
  typed.cells.x(0, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(refused([](HarmonyOptions&) {}, ErrorCode::bad_data));
  EXPECT_THROW(harmony({Eigen::MatrixXd(0, 2), {}, 1}), Error);
}

}  // namespace
}  // namespace geocyte::baselines
