// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/source_distances.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::stats {
namespace {

struct Cells {
  std::vector<float> values;
  std::vector<std::int32_t> source;
  std::int64_t dims = 0;
  kernels::Points points() const { return {values.data(), static_cast<std::int64_t>(source.size()), dims}; }
};

/// Normal cells of unit variance; source s is moved by shift[s] in the first dimension.
Cells normal_cells(const std::vector<std::int64_t>& count, const std::vector<double>& shift, std::int64_t dims,
                   std::uint64_t seed) {
  Rng rng(seed);
  Cells cells;
  cells.dims = dims;
  for (std::size_t s = 0; s < count.size(); ++s)
    for (std::int64_t i = 0; i < count[s]; ++i) {
      cells.source.push_back(static_cast<std::int32_t>(s));
      for (std::int64_t d = 0; d < dims; ++d)
        cells.values.push_back(static_cast<float>(rng.normal() + (d == 0 ? shift[s] : 0)));
    }
  return cells;
}

SourceDistances distances_of(const Cells& cells, int sources, SourceDistanceOptions options = {}) {
  return source_distances(cells.points(), cells.source, sources, options);
}

TEST(SourceDistances, ClosedFormInTwoDimensions) {
  // Source 0: (-1,0),(1,0),(0,-2),(0,2); source 1 the same, moved by (3, 4). C = diag(2/3, 8/3) in both.
  Cells cells;
  cells.dims = 2;
  for (const float shift : {0.0f, 1.0f})
    for (const auto& [x, y] : {std::pair{-1.0f, 0.0f}, {1.0f, 0.0f}, {0.0f, -2.0f}, {0.0f, 2.0f}}) {
      cells.values.insert(cells.values.end(), {x + 3 * shift, y + 4 * shift});
      cells.source.push_back(shift > 0);
    }
  const auto d = distances_of(cells, 2, {.bootstrap = 0});
  const double trace = 10.0 / 3, mean = trace / 2;  // shrunk S = .9 C + .1 (5/3) I
  const double s1 = 0.9 * 2 / 3 + 0.1 * mean, s2 = 0.9 * 8 / 3 + 0.1 * mean;
  EXPECT_NEAR(d.raw(0, 1), 5, 1e-9);
  EXPECT_NEAR(d.within_trace, trace, 1e-9);
  EXPECT_NEAR(d.standardised(0, 1), std::sqrt(9 / s1 + 16 / s2), 1e-9);
  EXPECT_NEAR(d.floor(0, 1), std::sqrt(trace / 2), 1e-9);
  EXPECT_NEAR(d.ratio(0, 1), 5 / std::sqrt(trace / 2), 1e-9);
  // Leaving a row out: c = .9 / (2 sources x 3); q = 1/s1 for two rows of each source and 4/s2 for the others.
  const double c = 0.15, left_out = 2.0 / 3 * (1 / s1 / (1 - c / s1) + 4 / s2 / (1 - c * 4 / s2));
  EXPECT_NEAR(d.floor_standardised(0, 1), std::sqrt(left_out / 2), 1e-9);
}

TEST(SourceDistances, FloorIsWhatEqualMeansGive) {
  // Reference: 460 and 950 points, 128 dimensions, unit std: .64; 1700 and 1500: .40 (alignment-and-spatial 1.5).
  const auto small = distances_of(normal_cells({460, 950}, {0, 0}, 128, 1), 2, {.bootstrap = 0});
  EXPECT_NEAR(small.floor(0, 1), 0.64, 0.01);
  EXPECT_NEAR(small.raw(0, 1), small.floor(0, 1), 0.15 * small.floor(0, 1));
  const auto large = distances_of(normal_cells({1700, 1500}, {0, 0}, 128, 2), 2, {.bootstrap = 0});
  EXPECT_NEAR(large.floor(0, 1), 0.40, 0.01);
}

TEST(SourceDistances, RatiosAreOneInMeanSquareUnderEqualMeansEvenWithFewRowsADimension) {
  double raw = 0, standardised = 0;
  constexpr int kRepeats = 60;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const auto d = distances_of(normal_cells({40, 60}, {0, 0}, 30, 100 + repeat), 2, {.bootstrap = 0});
    raw += d.ratio(0, 1) * d.ratio(0, 1) / kRepeats;
    standardised += d.ratio_standardised(0, 1) * d.ratio_standardised(0, 1) / kRepeats;
  }
  EXPECT_NEAR(raw, 1, 0.12);  // chi-square of 30: five standard errors are 5 sqrt(2/30/60) = .17
  EXPECT_NEAR(standardised, 1, 0.15);
}

TEST(SourceDistances, MatrixIsSymmetricWithZeroDiagonalAndTriangular) {
  const auto d = distances_of(normal_cells({40, 60, 50}, {0, 2, 5}, 6, 3), 3);
  for (const auto* m : {&d.raw, &d.standardised, &d.floor, &d.ratio}) {
    EXPECT_TRUE(m->isApprox(m->transpose()));
    EXPECT_EQ(m->diagonal().norm(), 0);
  }
  EXPECT_LE(d.standardised(0, 2), d.standardised(0, 1) + d.standardised(1, 2) + 1e-12);
}

TEST(SourceDistances, ScaleFreeUnderAnyFactor) {
  Cells cells = normal_cells({80, 60, 70}, {0, 0.5, 3}, 16, 4);
  const auto before = distances_of(cells, 3);
  for (const float factor : {0.1f, 100.0f}) {
    Cells scaled = cells;
    for (auto& value : scaled.values) value *= factor;
    const auto after = distances_of(scaled, 3);
    EXPECT_TRUE(after.raw.isApprox(factor * before.raw, 1e-5));
    EXPECT_TRUE(after.standardised.isApprox(before.standardised, 1e-5));
    EXPECT_TRUE(after.ratio.isApprox(before.ratio, 1e-5));
    EXPECT_TRUE(after.ratio_standardised.isApprox(before.ratio_standardised, 1e-5));
    EXPECT_TRUE(after.standardised_high.isApprox(before.standardised_high, 1e-5));
  }
}

TEST(SourceDistances, StandardisedSeesAShiftInAQuietDimension) {
  Cells cells = normal_cells({400, 400}, {0, 1.5}, 8, 5);
  for (std::size_t i = 0; i < cells.values.size(); ++i) cells.values[i] *= i % 8 == 0 ? 0.5f : 20.0f;
  const auto d = distances_of(cells, 2, {.shrinkage = 0.0, .bootstrap = 0});
  EXPECT_LT(d.ratio(0, 1), 1.5);
  EXPECT_GT(d.ratio_standardised(0, 1), 1.5);
}

TEST(SourceDistances, IntervalHoldsTheValueAndTheTruthAndIsRepeatable) {
  const auto cells = normal_cells({300, 300}, {0, 1.0}, 4, 6);
  const auto d = distances_of(cells, 2, {.bootstrap = 400, .seed = 3}),
             again = distances_of(cells, 2, {.bootstrap = 400, .seed = 3});
  EXPECT_LE(d.raw_low(0, 1), d.raw(0, 1));
  EXPECT_GE(d.raw_high(0, 1), d.raw(0, 1));
  EXPECT_LE(d.raw_low(0, 1), 1.0);
  EXPECT_GE(d.raw_high(0, 1), 1.0);
  // Half width of a mean difference along its own direction: 1.96 sqrt(2/300) = .160.
  EXPECT_NEAR((d.raw_high(0, 1) - d.raw_low(0, 1)) / 2, 0.160, 0.03);
  EXPECT_EQ(d.raw_low(0, 1), again.raw_low(0, 1));
  EXPECT_LE(d.standardised_low(0, 1), d.standardised(0, 1));
  EXPECT_GE(d.standardised_high(0, 1), d.standardised(0, 1));
}

TEST(SourceDistances, NothingVariesGivesZeroOrInfinity) {
  Cells cells;
  cells.dims = 2;
  for (const float value : {1.7f, 1.7f, 1.7f, 1.7f, 0.3f, 0.3f})
    cells.values.insert(cells.values.end(), {value, value});
  cells.source = {0, 0, 1, 1, 2, 2};
  const auto d = distances_of(cells, 3);
  EXPECT_EQ(d.within_trace, 0);
  EXPECT_EQ(d.standardised(0, 1), 0);
  EXPECT_TRUE(std::isinf(d.standardised(0, 2)));
  EXPECT_TRUE(std::isinf(d.ratio(0, 2)));
}

TEST(SourceDistances, EmptyAndSingleCellSourcesAreNoObstacle) {
  const auto d = distances_of(normal_cells({30, 0, 1}, {0, 0, 4}, 3, 7), 3);
  EXPECT_TRUE(std::isnan(d.raw(0, 1)));
  EXPECT_TRUE(std::isnan(d.standardised_low(0, 1)));
  EXPECT_TRUE(std::isfinite(d.standardised(0, 2)));
  EXPECT_EQ(upper_triangle(d.raw).size(), 1u);
}

TEST(SourceDistances, UnlabelledRowsAreLeftOutAndBadOnesRefused) {
  Cells cells = normal_cells({20, 20}, {0, 1}, 3, 8);
  cells.source[0] = -1;
  cells.values[0] = std::nanf("");
  EXPECT_EQ(distances_of(cells, 2).count[0], 19);
  cells.source[0] = 0;
  EXPECT_THROW(distances_of(cells, 2), Error);
  cells.values[0] = 0;
  cells.source[0] = 2;
  EXPECT_THROW(distances_of(cells, 2), Error);
  cells.source.pop_back();
  EXPECT_THROW(source_distances({cells.values.data(), 40, 3}, cells.source, 2), Error);
}

TEST(SourceDistances, MahalanobisAndAucAgreeWithTheReference) {
  // alignment-and-spatial 1.5: AUC .60 <=> D .36; 0.1: a shift of 2.6 at D 2.8 has AUC .976.
  EXPECT_NEAR(auc_of_mahalanobis(0), 0.5, 1e-12);
  EXPECT_NEAR(auc_of_mahalanobis(0.36), 0.60, 0.002);
  EXPECT_NEAR(auc_of_mahalanobis(2.8), 0.976, 0.001);
}

TEST(Median, OfOddEvenAndNone) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_TRUE(std::isnan(median({})));
}

}  // namespace
}  // namespace geocyte::stats
