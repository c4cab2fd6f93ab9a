// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a place beside it: how sure it is, and how unlike the training tissue its cell.
#include <gtest/gtest.h>

#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "plugins/st_edm/calibration.h"
#include "plugins/st_edm/input_map.h"
#include "plugins/st_edm/off_tissue.h"
#include "tests/unit/plugins/st_edm/normal.h"

namespace geocyte::plugins::st_edm {
namespace {

/// n cells whose errors are normal with a deviation of `scale` spreads an axis.
ErrorsAndSpreads normal_errors(std::int64_t n, double scale, std::uint64_t seed) {
  const at::Tensor truth = 5 * normal({n, 2}, seed), spread = normal({n}, seed + 1).abs() * 0.01 + 0.01;
  ErrorsAndSpreads made;
  made.add(truth + scale / std::sqrt(2.0) * spread.unsqueeze(1) * normal({n, 2}, seed + 2), truth, spread);
  return made;
}

TEST(Calibration, SpreadsThatAreHalfTheErrorAreDoubledAndHoldOnNewCells) {
  const Calibration made = fit_calibration(normal_errors(2000, 2, 1), 2);
  EXPECT_NEAR(made.factor, 2, 0.1);
  // Of a normal law in the plane P(|e| <= m u) = 1 - exp(-m^2).
  for (std::size_t p = 0; p < kCoverageLevels.size(); ++p) EXPECT_NEAR(made.multiple[p], std::sqrt(-std::log(1 - kCoverageLevels[p])), 0.08) << p;
  const CoverageCurve curve = coverage_curve(made, normal_errors(2000, 2, 11), "new");
  for (std::size_t p = 0; p < curve.nominal.size(); ++p) {
    EXPECT_NEAR(curve.observed[p], curve.nominal[p], 0.04);
    EXPECT_LT(curve.low[p], curve.observed[p]);
    EXPECT_GT(curve.high[p], curve.observed[p]);
  }
  // Cells that are harder than those it was made on are seen to be.
  EXPECT_LT(coverage_curve(made, normal_errors(2000, 4, 21), "harder").observed[3], 0.6);
}

TEST(Calibration, IsBlindToTurnsAndMirrorImages) {
  const at::Tensor truth = normal({50, 2}, 3), spread = at::full({50}, 0.1F);
  at::Tensor mirrored = truth.clone();
  mirrored.select(1, 0).neg_();
  ErrorsAndSpreads made;
  made.add(mirrored + 3, truth, spread);
  for (const double error : made.error) EXPECT_LT(error, 1e-4);
}

TEST(Calibration, OfTooFewCellsIsANormalLaw) {
  const Calibration made = fit_calibration(normal_errors(19, 2, 1), 2);
  EXPECT_EQ(made.cells, 0);
  EXPECT_EQ(made.factor, 1);
  EXPECT_NEAR(made.multiple[3], 1.517427, 1e-5);   // sqrt(chi2(.9; 2) / 2)
  EXPECT_NEAR(fit_calibration({}, 3).multiple[3], 1.443535, 1e-5);
  EXPECT_TRUE(coverage_curve(made, {}, "nothing").nominal.empty());
  const Calibration again = Calibration::from_json(made.to_json());
  EXPECT_EQ(again.multiple, made.multiple);
  EXPECT_THROW(Calibration::from_json(Json{{"factor", "x"}}), Error);
}

TEST(OffTissue, OneTrainingCellInTwentyLiesAboveOne) {
  const at::Tensor cells = normal({900, 5}, 1);
  std::vector<std::int64_t> training;
  for (std::int64_t i = 0; i < 900; ++i) training.push_back(i);
  const TrainingProfile profile = training_profile(cells, training);
  const at::Tensor own = off_tissue_scores(profile, cells, 1);
  EXPECT_NEAR(own.gt(1).to(at::kDouble).mean().item<double>(), 0.05, 0.01);
  const at::Tensor alike = off_tissue_scores(profile, normal({900, 5}, 2), 1), strange = off_tissue_scores(profile, normal({900, 5}, 3) + 6, 1);
  EXPECT_NEAR(alike.gt(1).to(at::kDouble).mean().item<double>(), 0.05, 0.03);
  EXPECT_GT(strange.min().item<double>(), 1.5);
}

TEST(OffTissue, SurvivesFewerCellsThanNeighbours) {
  const at::Tensor cells = normal({4, 3}, 1);
  const at::Tensor scores = off_tissue_scores(training_profile(cells, {0, 1, 2}), cells, 1);
  for (std::int64_t i = 0; i < 4; ++i) EXPECT_TRUE(std::isfinite(scores[i].item<double>()));
}

TEST(SourceMoments, OfPiecesAreThoseOfTheWhole) {
  const at::Tensor y = 1000 + normal({100, 3}, 1);
  SourceMoments whole, pieces;
  whole.add(y);
  for (std::int64_t begin = 0; begin < 100; begin += 30) pieces.add(y.narrow(0, begin, std::min<std::int64_t>(30, 100 - begin)));
  EXPECT_LT((whole.scale().deviation - pieces.scale().deviation).abs().max().item<double>(), 1e-9);
  const at::Tensor z = pieces.scale().apply(y);
  EXPECT_LT(z.mean(0).abs().max().item<double>(), 1e-5);
  EXPECT_NEAR(z.square().mean().item<double>(), 1, 1e-4);
  EXPECT_EQ(SourceMoments(whole).scale().apply(at::full({1, 3}, 2000.0F)).max().item<double>(), 6);
}

TEST(InputMap, OfAFileIsTheMapThatWasWritten) {
  InputMap map;
  map.kind = "both";
  map.seen = 2;
  map.components_unit = 2;
  map.genes_unit = 0.5;
  map.mean = normal({4}, 1);
  map.axes = normal({4, 3}, 2);
  const at::Tensor z = normal({7, 4}, 3), x = map.input(z, map.components(z), {});
  EXPECT_EQ(x.size(1), 6);
  EXPECT_LT((x.narrow(1, 2, 4) - 2 * z).abs().max().item<double>(), 1e-6);
  const InputMap again = InputMap::from(map.to_json(), map.tensors("m/"), "m/", 4);
  EXPECT_TRUE(again.input(z, again.components(z), {}).equal(x));
  EXPECT_THROW(InputMap::from(map.to_json(), map.tensors("m/"), "m/", 5), Error);
  EXPECT_THROW(InputMap::from(Json::object(), map.tensors("m/"), "m/", 4), Error);
  EXPECT_THROW(InputMap::from(map.to_json(), {}, "m/", 4), Error);
}

TEST(InputMap, ComponentsStandBeforeWhatAnEncoderMadeEachInUnitsOfItsOwn) {
  InputMap map;
  map.kind = "embedding";
  map.seen = 2;
  map.components_unit = 2;
  map.embedding_unit = 4;
  map.mean = normal({4}, 1);
  map.axes = normal({4, 3}, 2);
  map.embedding_mean = normal({1, 5}, 4);
  const at::Tensor z = normal({7, 4}, 3), made = normal({7, 5}, 5), alone = map.input(z, map.components(z), made);
  EXPECT_LT((alone - (made - map.embedding_mean) / 4).abs().max().item<double>(), 1e-6);
  map.beside = true;
  const at::Tensor x = map.input(z, map.components(z), made);
  EXPECT_EQ(x.size(1), 7);
  EXPECT_LT((x.narrow(1, 0, 2) - map.components(z).narrow(1, 0, 2) / 2).abs().max().item<double>(), 1e-6);
  EXPECT_TRUE(x.narrow(1, 2, 5).equal(alone));
  const InputMap again = InputMap::from(map.to_json(), map.tensors("m/"), "m/", 4);
  EXPECT_TRUE(again.input(z, again.components(z), made).equal(x));
  Json older = map.to_json();
  older.erase("beside");
  EXPECT_FALSE(InputMap::from(older, map.tensors("m/"), "m/", 4).beside);
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
