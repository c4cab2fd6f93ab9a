// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/baselines/alignment_guards.h"

#include <gtest/gtest.h>

#include <cmath>

namespace geocyte::baselines {
namespace {

Score score(const char* name, double value, double half = -1, int source = -1) {
  Score made{name, value, {}, {}, {}, 100, source};
  if (half >= 0) made.low = value - half, made.high = value + half;
  return made;
}

/// As plain PCA and raw expression have them.
AlignmentScores pca_scores() {
  AlignmentScores pca;
  pca.scores = {score("least_std", 0.8), score("participation_ratio", 10), score("spatial_overlap", 0.2, 0.02), score("spatial_overlap", 0.1, 0.02, 0),
                score("spatial_overlap", 0.3, 0.02, 1), score("expression_overlap", 1, 0), score("cell_type_accuracy", 0.65, 0.1)};
  return pca;
}
AlignmentScores raw_scores() {
  AlignmentScores raw;
  raw.scores = {score("expression_overlap", 0.32, 0.01)};
  return raw;
}

/// The scores of PCA with this one in place of its own.
AlignmentScores with(const Score& changed) {
  AlignmentScores scores = pca_scores();
  for (Score& one : scores.scores)
    if (one.name == changed.name && one.source == changed.source) one = changed;
  return scores;
}

const Guard* named(const AlignmentGuards& guards, const std::string& name) {
  for (const Guard& guard : guards.judged)
    if (guard.name == name) return &guard;
  return nullptr;
}

bool holds(const Score& changed, const char* name, const std::vector<int>& whole = {}) {
  const AlignmentScores pca = pca_scores(), raw = raw_scores();
  return named(alignment_guards(with(changed), &pca, &raw, whole), name)->holds;
}

TEST(AlignmentGuards, PlainPcaHoldsItsOwn) {
  const AlignmentScores pca = pca_scores(), raw = raw_scores();
  const AlignmentGuards guards = alignment_guards(pca, &pca, &raw, {});
  ASSERT_EQ(guards.judged.size(), 5u);
  EXPECT_TRUE(guards.hold() && guards.missing.empty());
  for (const Guard& guard : guards.judged) EXPECT_FALSE(guard.rule.empty() || guard.title.empty()) << guard.name;
}

TEST(AlignmentGuards, SpreadAndDimensionsBeginAtNineTenthsOfPca) {
  EXPECT_TRUE(holds(score("least_std", 0.7201), "spread"));
  EXPECT_FALSE(holds(score("least_std", 0.7199), "spread"));
  EXPECT_TRUE(holds(score("participation_ratio", 9.001), "dimensions"));
  EXPECT_FALSE(holds(score("participation_ratio", 8.999), "dimensions"));
}

TEST(AlignmentGuards, WhatIsKeptIsJudgedByItsInterval) {
  EXPECT_TRUE(holds(score("cell_type_accuracy", 0.55, 0.101), "types"));
  EXPECT_FALSE(holds(score("cell_type_accuracy", 0.55, 0.099), "types"));
  EXPECT_TRUE(holds(score("spatial_overlap", 0.19, 0.011), "space"));
  EXPECT_FALSE(holds(score("spatial_overlap", 0.19, 0.009), "space"));
  EXPECT_TRUE(holds(score("expression_overlap", 0.31, 0.011), "expression")) << "raw expression shares .32 with PCA";
  EXPECT_FALSE(holds(score("expression_overlap", 0.31, 0.009), "expression"));
}

TEST(AlignmentGuards, ASlideThatIsHeldOutWholeIsTheOneThatCounts) {
  const Score lost = score("spatial_overlap", 0.2, 0.01, 1);   // slide 1: PCA has .3
  EXPECT_FALSE(holds(lost, "space", {1}));
  EXPECT_TRUE(holds(lost, "space", {0}));
  EXPECT_TRUE(holds(lost, "space"));
  const AlignmentScores pca = pca_scores(), raw = raw_scores();
  const AlignmentGuards both = alignment_guards(with(lost), &pca, &raw, {0, 1});
  EXPECT_NEAR(named(both, "space")->value, 0.15, 1e-12);
  EXPECT_NEAR(named(both, "space")->bound, 0.2, 1e-12);
  EXPECT_NEAR(*named(both, "space")->high - 0.15, std::hypot(0.02, 0.01) / 2, 1e-12);
  EXPECT_NE(named(both, "space")->rule.find("held out whole"), std::string::npos);
  EXPECT_NE(named(alignment_guards(pca, &pca, &raw, {}), "space")->rule.find("no slide is held out whole"), std::string::npos);
}

TEST(AlignmentGuards, WhatCannotBeJudgedIsNamed) {
  const AlignmentScores pca = pca_scores();
  AlignmentScores scores;
  scores.scores = {score("least_std", 1), score("participation_ratio", 20)};
  const AlignmentGuards guards = alignment_guards(scores, &pca, nullptr, {});
  EXPECT_EQ(guards.judged.size(), 2u);
  EXPECT_TRUE(guards.hold());
  ASSERT_EQ(guards.missing.size(), 3u);
  EXPECT_EQ(guards.missing.back().title, "Cell types");
  EXPECT_EQ(alignment_guards(scores, nullptr, nullptr, {}).judged.size(), 0u);
}

}  // namespace
}  // namespace geocyte::baselines
