// SPDX-License-Identifier: GPL-3.0-or-later
// Layouts fused from patches.
#include "engine/embed/patches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/embed/procrustes.h"

namespace geocyte::embed {
namespace {

Eigen::MatrixXd square(Eigen::Index n, Eigen::Index dims, std::uint64_t seed) {
  Rng rng(seed);
  return Eigen::MatrixXd::NullaryExpr(n, dims, [&] { return 2 * rng.uniform() - 1; });
}

/// Right but for a turn, a mirror and a shift of each patch, and noise.
PatchLayout turned(const Eigen::MatrixXd& truth, double noise) {
  return [truth, noise](const std::vector<std::int32_t>& cells) -> std::optional<Eigen::MatrixXd> {
    Rng rng(static_cast<std::uint64_t>(cells[cells.size() / 3]));
    Eigen::MatrixXd turn = Eigen::MatrixXd::Identity(truth.cols(), truth.cols());
    const double angle = 6.28 * rng.uniform();
    turn.topLeftCorner(2, 2) << std::cos(angle), std::sin(angle), std::sin(angle), -std::cos(angle);
    Eigen::MatrixXd y = truth(cells, Eigen::all) * turn;
    y.rowwise() += Eigen::RowVectorXd::Constant(truth.cols(), 10 * rng.uniform());
    return y + Eigen::MatrixXd::NullaryExpr(y.rows(), y.cols(), [&] { return noise * rng.normal(); });
  };
}

Eigen::MatrixXd blurred(const Eigen::MatrixXd& truth, double noise) {
  Rng rng(99);
  return truth + Eigen::MatrixXd::NullaryExpr(truth.rows(), truth.cols(), [&] { return noise * rng.normal(); });
}

TEST(Patches, HoldEveryCellOftenEnoughAndTheAnchorsAlways) {
  const PatchOptions options{.size = 150, .anchors = 20, .cover = 3};
  const auto patches = overlapping_patches(700, options);
  std::vector<int> count(700, 0);
  for (const auto& cells : patches) {
    EXPECT_TRUE(std::is_sorted(cells.begin(), cells.end()));
    EXPECT_EQ(std::set<std::int32_t>(cells.begin(), cells.end()).size(), cells.size());
    EXPECT_GE(cells.size(), 130u);         // shares differ by one cell
    EXPECT_LE(cells.size(), 150u);
    for (const auto cell : cells) ++count[static_cast<std::size_t>(cell)];
  }
  EXPECT_EQ(std::count(count.begin(), count.end(), 3), 680);
  EXPECT_EQ(std::count(count.begin(), count.end(), static_cast<int>(patches.size())), 20);
  EXPECT_EQ(patches.size(), 3u * 6u);                                                // 680 / 130, rounded up
  EXPECT_EQ(overlapping_patches(700, {.size = 700}).size(), 1u);
  EXPECT_EQ(overlapping_patches(700, options), patches) << "the same every time";
}

TEST(Patchwise, PutsPiecesThatAreRightTogetherExactly) {
  for (const Eigen::Index dims : {2, 3}) {
    const auto truth = square(600, dims, 2);
    const auto got = lay_out_in_patches(blurred(truth, 0.1), turned(truth, 0), {.size = 150, .anchors = 20, .rounds = 60});
    EXPECT_TRUE(got.complete);
    EXPECT_LT(fit_procrustes(got.points, truth).rms, 1e-3) << dims;
    EXPECT_LT(got.spread.maxCoeff(), 5e-3);
  }
}

TEST(Patchwise, IsNoWorseThanItsPiecesAndSaysHowFarTheyDisagree) {
  const auto truth = square(800, 2, 3);
  constexpr double kNoise = 0.1;
  const auto got = lay_out_in_patches(blurred(truth, 0.3), turned(truth, kNoise), {.size = 200, .anchors = 40});
  const double rms = fit_procrustes(got.points, truth).rms;
  EXPECT_LT(rms, std::sqrt(2.0) * kNoise);                                           // that of one piece
  EXPECT_GT(got.spread.mean(), 0.3 * kNoise);
  EXPECT_LT(got.spread.mean(), 2 * kNoise);
  EXPECT_NEAR(got.points.squaredNorm() / truth.squaredNorm(), 1, 0.1);               // it does not shrink
}

TEST(Patchwise, OfOnePatchIsThatPatchAndStopsAndRefuses) {
  const auto truth = square(90, 2, 4);
  const auto whole = lay_out_in_patches(truth, [&](const auto& cells) { return std::optional(Eigen::MatrixXd(7 * truth(cells, Eigen::all))); });
  EXPECT_EQ(whole.points, 7 * truth);
  EXPECT_EQ(whole.patches, 1);
  int asked = 0;
  const auto stopped = lay_out_in_patches(truth, [&](const auto&) -> std::optional<Eigen::MatrixXd> { ++asked; return std::nullopt; }, {.size = 30, .anchors = 5});
  EXPECT_FALSE(stopped.complete);
  EXPECT_EQ(stopped.points, truth);
  EXPECT_EQ(asked, 1);
  Eigen::MatrixXd broken = truth;
  broken(2, 1) = NAN;
  EXPECT_THROW(lay_out_in_patches(broken, turned(truth, 0), {.size = 30}), Error);
  EXPECT_THROW(lay_out_in_patches(truth, [&](const auto& cells) { return std::optional<Eigen::MatrixXd>(Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(cells.size()), 3)); }, {.size = 30}), Error);
}

}  // namespace
}  // namespace geocyte::embed
