// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/probe_classifier.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/stats/source_distances.h"

namespace geocyte::stats {
namespace {

struct Set {
  std::vector<float> values;
  std::vector<std::uint8_t> positive;
  std::int64_t dims = 0;
  LabelledPoints view() const { return {{values.data(), static_cast<std::int64_t>(positive.size()), dims}, positive}; }
};

/// Unit normals; positives are moved by `shift` in the first dimension.
Set normals(std::int64_t rows, std::int64_t dims, double shift, double share, std::uint64_t seed) {
  Rng rng(seed);
  Set set;
  set.dims = dims;
  for (std::int64_t i = 0; i < rows; ++i) {
    set.positive.push_back(rng.uniform() < share);
    for (std::int64_t d = 0; d < dims; ++d)
      set.values.push_back(static_cast<float>(rng.normal() + (d == 0 && set.positive.back() ? shift : 0)));
  }
  return set;
}

/// Positives where the signs of the first two coordinates differ: no linear score helps.
Set exclusive_or(std::int64_t rows, std::uint64_t seed) {
  Set set = normals(rows, 4, 0, 0.5, seed);
  for (std::int64_t i = 0; i < rows; ++i) set.positive[i] = (set.values[i * 4] > 0) != (set.values[i * 4 + 1] > 0);
  return set;
}

TEST(ProbeClassifier, EqualDistributionsAreAtChance) {
  const auto result = probe_separability(normals(1500, 20, 0, 0.3, 1).view(), normals(1000, 20, 0, 0.3, 2).view());
  EXPECT_LE(result.auc.low, 0.5);
  EXPECT_GE(result.auc.high, 0.5);
}

TEST(ProbeClassifier, AShiftGivesTheAucOfItsMahalanobisDistance) {
  for (const double shift : {1.0, 2.8}) {
    const auto result =
        probe_separability(normals(3000, 10, shift, 0.5, 3).view(), normals(2000, 10, shift, 0.5, 4).view());
    EXPECT_NEAR(result.auc.value, auc_of_mahalanobis(shift), 0.03) << shift;
  }
}

TEST(ProbeClassifier, SeesWhatNoLinearScoreSees) {
  const auto result = probe_separability(exclusive_or(2000, 5).view(), exclusive_or(1000, 6).view());
  EXPECT_GT(result.auc.value, 0.9);
}

TEST(ProbeClassifier, ScaleOfTheEmbeddingChangesNothingMuch) {
  auto training = normals(1000, 8, 1.0, 0.4, 7), held_out = normals(800, 8, 1.0, 0.4, 8);
  const double before = probe_separability(training.view(), held_out.view()).auc.value;
  for (auto* set : {&training, &held_out})
    for (auto& value : set->values) value *= 0.125f;
  EXPECT_NEAR(probe_separability(training.view(), held_out.view()).auc.value, before, 1e-6);
}

TEST(ProbeClassifier, FlatNoiseDoesNotHideWhatWideDimensionsHold) {
  // The signs of two wide dimensions among 60 flat ones: scaled each by itself, noise drowns them.
  const auto wide = [](std::uint64_t seed) {
    Set set = normals(1200, 62, 0, 0.5, seed);
    for (std::size_t i = 0; i < set.positive.size(); ++i) {
      set.positive[i] = (set.values[i * 62] > 0) != (set.values[i * 62 + 1] > 0);
      for (std::size_t d = 2; d < 62; ++d) set.values[i * 62 + d] *= 0.05f;
    }
    return set;
  };
  const auto training = wide(15), held_out = wide(16);
  const auto each = probe_separability(training.view(), held_out.view(), {.scale = ProbeScale::each_dimension});
  const auto better = probe_separability(training.view(), held_out.view());
  EXPECT_EQ(better.scale, ProbeScale::whole);
  EXPECT_GT(better.auc.value, each.auc.value + 0.1);
}

TEST(ProbeClassifier, SameSeedSameAnswer) {
  const auto training = normals(400, 6, 0.5, 0.5, 9), held_out = normals(400, 6, 0.5, 0.5, 10);
  const auto a = probe_separability(training.view(), held_out.view(), {.seed = 4});
  const auto b = probe_separability(training.view(), held_out.view(), {.seed = 4});
  EXPECT_EQ(a.score, b.score);
  EXPECT_NE(a.score, probe_separability(training.view(), held_out.view(), {.seed = 5}).score);
}

TEST(ProbeClassifier, BelowChanceIsNamedALeak) {
  EXPECT_TRUE(below_chance({.value = 0.3, .low = 0.2, .high = 0.4}));
  EXPECT_FALSE(below_chance({.value = 0.45, .low = 0.3, .high = 0.6}));
}

TEST(ProbeClassifier, RefusesTooFewCellsAndBadValues) {
  auto training = normals(100, 3, 0, 0.5, 11), held_out = normals(100, 3, 0, 0.5, 12);
  auto one_class = training;
  std::fill(one_class.positive.begin(), one_class.positive.end(), 1);
  EXPECT_THROW(probe_separability(one_class.view(), held_out.view()), Error);
  EXPECT_THROW(probe_separability(training.view(), normals(100, 4, 0, 0.5, 1).view()), Error);
  held_out.values[5] = std::nanf("");
  EXPECT_THROW(probe_separability(training.view(), held_out.view()), Error);
}

TEST(ProbeClassifier, ConstantDimensionsAreIgnored) {
  auto training = normals(600, 4, 1.5, 0.5, 13), held_out = normals(600, 4, 1.5, 0.5, 14);
  for (auto* set : {&training, &held_out})
    for (std::size_t i = 3; i < set->values.size(); i += 4) set->values[i] = 42;
  EXPECT_GT(probe_separability(training.view(), held_out.view()).auc.value, 0.8);
}

}  // namespace
}  // namespace geocyte::stats
