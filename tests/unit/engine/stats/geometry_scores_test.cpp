// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of reconstructed tissues: against scipy and scikit-learn on stored points (make_expected_geometry.py), and closed forms and laws.
#include "engine/stats/geometry_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/core/rng.h"
#include "engine/stats/layout_scores.h"

namespace geocyte::stats {
namespace {

Eigen::MatrixXd normal_points(Eigen::Index n, Eigen::Index dims, std::uint64_t seed) {
  Rng rng(seed);
  return Eigen::MatrixXd::NullaryExpr(n, dims, [&] { return rng.normal(); });
}

Eigen::MatrixXd stored(const Json& json, const char* name) {
  const auto values = json.at(name).get<std::vector<double>>();
  return Eigen::Map<const Eigen::Matrix<double, -1, 2, Eigen::RowMajor>>(values.data(), static_cast<Eigen::Index>(values.size() / 2), 2);
}

Json expected() {
  std::ifstream file(std::string(GEOCYTE_SOURCE_DIR) + "/tests/unit/engine/stats/expected_geometry.json");
  return Json::parse(file);
}

TEST(GeometryScores, AgreeWithScipyAndScikitLearn) {
  const Json e = expected();
  const Json& want = e.at("of_prediction");
  const Eigen::MatrixXd truth = stored(e, "truth"), prediction = stored(e, "prediction");
  const auto got = *score_geometry(prediction, truth);
  const auto near = [&want](double value, const char* name) { EXPECT_NEAR(value, want.at(name).get<double>(), 1e-6) << name; };
  near(got.row_spearman.value(), "row_spearman");
  near(got.row_pearson.value(), "row_pearson");
  near(got.spearman, "spearman");
  near(got.pearson, "pearson");
  near(got.precision.value(), "precision");
  near(got.recall.value(), "recall");
  near(got.jaccard.value(), "jaccard");
  near(got.edge_auc, "edge_auc");
  near(got.trustworthiness.value(), "trustworthiness");
  near(got.continuity.value(), "continuity");
  const auto layout = score_layout(prediction, truth);
  near(layout.disparity, "disparity");
  near(layout.knn_w1, "knn_w1");
  near(layout.hull_ratio, "hull_ratio");
}

TEST(GeometryScores, GiveTiesTheirMidRanks) {
  const Json e = expected();
  const auto got = *score_geometry(stored(e, "coarse"), stored(e, "truth"));
  EXPECT_NEAR(got.row_spearman.value(), e.at("of_coarse").at("row_spearman").get<double>(), 1e-6);
  EXPECT_NEAR(got.spearman, e.at("of_coarse").at("spearman").get<double>(), 1e-6);
}

TEST(GeometryScores, OfTheTruthArePerfectHoweverItIsMovedOrScaled) {
  const auto x = normal_points(80, 2, 1);
  Eigen::Matrix2d mirror;
  mirror << 0, 1, 1, 0;
  const Eigen::MatrixXd moved = (3 * x * mirror).rowwise() + Eigen::RowVector2d(5, -2);
  const auto got = *score_geometry(moved, x);
  for (const auto* score : {&got.row_spearman, &got.row_pearson, &got.precision, &got.recall, &got.jaccard, &got.trustworthiness, &got.continuity}) EXPECT_NEAR(score->value(), 1, 1e-6);
  EXPECT_NEAR(got.spearman, 1, 1e-6);
  EXPECT_GT(got.edge_auc, 0.9);                                                      // edges of points far out are longer than other pairs
  EXPECT_NEAR(got.stress1, 0, 1e-3);
  const auto layout = score_layout(moved, x);
  EXPECT_NEAR(layout.rssd, 0, 1e-9);
  EXPECT_NEAR(layout.disparity, 0, 1e-12);
  EXPECT_NEAR(layout.sliced_w2, 0, 1e-9);
  EXPECT_NEAR(layout.knn_w1, 0, 1e-6);
  EXPECT_NEAR(layout.hull_ratio, 1, 1e-9);
  EXPECT_NEAR(layout.scale_ratio, 3, 1e-12);
  EXPECT_NEAR(layout.s2_s1, layout.s2_s1_truth, 1e-12);
  EXPECT_EQ(layout.boundary, layout.boundary_truth);
}

TEST(GeometryScores, OfACrossThatIsStretchedHaveAClosedForm) {
  // Arms a and b instead of 1 and 1, at one radius: a^2 + b^2 = 2.
  const double a = 1.3, b = std::sqrt(2 - a * a);
  Eigen::MatrixXd truth(4, 2), stretched(4, 2);
  truth << 1, 0, -1, 0, 0, 1, 0, -1;
  stretched << a, 0, -a, 0, 0, b, 0, -b;
  const auto pairs = *score_geometry(5 * stretched, truth, {.k = 2, .trust_k = 1});
  const double fit = (a + b + 2) / 4;                                                // sum d t over sqrt(sum d^2 sum t^2): 2a 2, 2b 2 and four times sqrt 2 sqrt 2
  EXPECT_NEAR(pairs.stress1, std::sqrt(1 - fit * fit), 1e-6);
  const auto layout = score_layout(5 * stretched, truth);
  const double squared = 2 * (a - 1) * (a - 1) + 2 * (b - 1) * (b - 1);
  EXPECT_NEAR(layout.rssd, std::sqrt(squared), 1e-9);                                // LUNA's form
  EXPECT_NEAR(layout.rms(), std::sqrt(squared / 4), 1e-9);                           // a point
  EXPECT_NEAR(layout.disparity, 1 - (a + b) * (a + b) / 4, 1e-9);
  EXPECT_NEAR(layout.scale_ratio, 5, 1e-9);
  EXPECT_NEAR(layout.s2_s1, b / a, 1e-9);
  EXPECT_NEAR(layout.hull_ratio, a * b, 1e-9);
  double sum = 0;
  constexpr int kFine = 20'000;
  for (int i = 0; i < kFine; ++i) {
    const double c = std::abs(std::cos(M_PI * i / kFine)), s = std::abs(std::sin(M_PI * i / kFine));
    const double far = std::max(a * c, b * s) - std::max(c, s), near = std::min(a * c, b * s) - std::min(c, s);
    sum += (far * far + near * near) / 2;
  }
  EXPECT_NEAR(layout.sliced_w2, std::sqrt(sum / kFine), 2e-3);                       // 64 directions
}

TEST(GeometryScores, OfNoiseAreAtTheirChance) {
  const auto got = *score_geometry(normal_points(600, 2, 2), normal_points(600, 2, 3));
  EXPECT_NEAR(got.row_spearman.value(), 0, 0.02);
  EXPECT_NEAR(got.precision.value(), 0.10, 0.01);
  EXPECT_NEAR(got.recall.value(), got.chance_recall(), 0.005);
  EXPECT_NEAR(got.jaccard.value(), got.chance_jaccard(), 0.003);
  EXPECT_NEAR(got.trustworthiness.value(), 0.5, 0.02);
  EXPECT_NEAR(got.edge_auc, 0.5, 0.03);
  EXPECT_NEAR(score_layout(normal_points(600, 2, 2), normal_points(600, 2, 3)).disparity, 1, 0.03);
}

TEST(GeometryScores, OfACollapseShowIt) {
  const auto x = normal_points(200, 2, 4);
  Eigen::MatrixXd line = x;
  line.col(1).setZero();
  EXPECT_EQ(score_layout(line, x).s2_s1, 0);
  EXPECT_EQ(score_layout(line, x).hull_ratio, 0);
  EXPECT_EQ(score_layout(line, x).boundary, 1);
  const Eigen::MatrixXd point = Eigen::MatrixXd::Zero(200, 2);
  const auto got = *score_geometry(point, x);
  EXPECT_EQ(got.row_spearman.value(), 0);
  EXPECT_NEAR(got.stress1, 1, 1e-12);
  EXPECT_EQ(score_layout(point, x).scale_ratio, 0);
  EXPECT_EQ(score_layout(point, x).disparity, 1);
}

TEST(GeometryScores, OfDistancesAreThoseOfTheirPointsAndOfManyCellsThoseOfAnEvenSubset) {
  const auto x = normal_points(90, 2, 5), y = normal_points(90, 2, 6);
  Eigen::MatrixXd d(90, 90);
  for (Eigen::Index i = 0; i < 90; ++i) d.col(i) = (x.rowwise() - x.row(i)).rowwise().norm();
  const auto from = *score_distances(d, y), of = *score_geometry(x, y, {.threads = 3});
  EXPECT_EQ(from.row_spearman.value(), of.row_spearman.value());
  EXPECT_EQ(from.precision.value(), of.precision.value());
  StopSource stop;
  stop.request_stop();
  EXPECT_FALSE(score_geometry(x, y, {.stop = stop.get_token()}));
  Eigen::MatrixXd broken = x;
  broken(3, 0) = NAN;
  EXPECT_THROW(score_geometry(broken, y), Error);
  EXPECT_THROW(score_geometry(x.topRows(3), y.topRows(3)), Error);
}

TEST(ConvexHull, OfASquareWithPointsInsideAndOnItsEdgesIsTheSquare) {
  Eigen::MatrixXd points(7, 2);
  points << 0, 0, 2, 0, 2, 2, 0, 2, 1, 1, 1, 0, 0.5, 1.5;
  EXPECT_EQ(convex_hull(points).rows(), 4);
  EXPECT_NEAR(polygon_area(convex_hull(points)), 4, 1e-15);
}

TEST(PairedDifference, CancelsWhatIsHardForBoth) {
  // Two predictions whose cells differ by .05 each, while cells differ among themselves by far more.
  Rng rng(7);
  CellScore a{Eigen::VectorXd(400), Eigen::VectorXd::Ones(400)}, b = a;
  for (Eigen::Index i = 0; i < 400; ++i) {
    b.numerator[i] = rng.normal();
    a.numerator[i] = b.numerator[i] + 0.05 + 0.05 * rng.normal();
  }
  const auto paired = paired_difference(a, b);
  EXPECT_NEAR(paired.value, 0.05, 0.01);
  EXPECT_NEAR(paired.high - paired.low, 2 * 1.645 * 0.05 / 20, 0.0015);               // 90 % of a normal with sd .05 / sqrt(400)
  EXPECT_GT(paired.low, 0);
  const auto alone = interval_of(a);
  EXPECT_GT(alone.high - alone.low, 10 * (paired.high - paired.low));
  const auto same = paired_difference(b, b);
  EXPECT_EQ(same.low, 0);
  EXPECT_EQ(same.high, 0);
  EXPECT_THROW(paired_difference(a, {Eigen::VectorXd::Ones(3), Eigen::VectorXd::Ones(3)}), Error);
}

TEST(PairedDifference, HoldsItsLevelUnderTheNull) {
  int outside = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(100);
    const CellScore a{normal_points(100, 1, 2 * seed), ones}, b{normal_points(100, 1, 2 * seed + 1), ones};
    const auto difference = paired_difference(a, b, {.draws = 300, .seed = seed});
    outside += difference.low > 0 || difference.high < 0;
  }
  EXPECT_NEAR(outside / 200.0, 0.10, 0.06);
}

}  // namespace
}  // namespace geocyte::stats
