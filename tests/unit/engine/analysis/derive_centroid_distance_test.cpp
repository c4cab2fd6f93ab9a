// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>

#include "engine/analysis/derivation.h"
#include "engine/core/error.h"
#include "tests/unit/engine/analysis/small_embedding.h"

namespace geocyte::analysis {
namespace {

config::DerivedSpec distance_spec(Json parameters = Json::object()) {
  return {"centroid_distance",
          {{"points", "embedding"}, {"labels", "source"}},
          "align/centroid_distance",
          std::move(parameters),
          1};
}

store::Snapshot derive(const SmallEmbedding& data, Json parameters = Json::object()) {
  return make_derivation(distance_spec(std::move(parameters)), 7)->derive(data.snapshot(), data.axes(), {});
}

TEST(DeriveCentroidDistance, MakesTheAgreedArraysAndScalars) {
  SmallEmbedding data;
  data.shift = {0, 0, 4};
  const auto part = derive(data);
  for (const char* name : {"align/centroid_distance", "align/centroid_distance_standardised", "align/sampling_floor",
                           "align/ratio_to_floor"}) {
    const NamedArray* array = part.find(name);
    ASSERT_NE(array, nullptr) << name;
    EXPECT_EQ(array->shape, (std::vector<std::int64_t>{3, 3}));
    EXPECT_EQ(array->axes, (std::vector<std::string>{"source", "source"}));
    EXPECT_NE(array->caption.find("n = 180 held-out cells"), std::string::npos);
  }
  EXPECT_EQ(part.arrays.size(), 4u);
  for (const char* name : {"align/max_centroid_distance", "align/median_centroid_distance", "align/max_standardised",
                           "align/participation_ratio", "align/min_std", "align/median_std"})
    EXPECT_TRUE(part.scalars.count(name)) << name;
  EXPECT_EQ(part.scalars.size(), 6u);
  EXPECT_NEAR(part.scalars.at("align/max_centroid_distance"), 4, 0.6);
  EXPECT_NEAR(part.find("align/sampling_floor")->as<float>()[1], std::sqrt(16.0 * 2 / 60), 0.05);
}

TEST(DeriveCentroidDistance, JudgesHeldOutCellsOnly) {
  SmallEmbedding data;
  auto raw = data.snapshot();
  std::vector<float> values = data.values();
  for (std::int64_t i = 0; i < data.rows(); i += 2)
    values[i * data.dims] += 1000.0f * static_cast<float>(i / 120);  // training rows
  raw.arrays[0] = make_array<float>("embedding", values, {data.rows(), data.dims}, {"cell", "latent"}, "points");
  auto axes = data.axes();
  const auto held_out = make_derivation(distance_spec(), 7)->derive(raw, axes, {});
  EXPECT_LT(held_out.scalars.at("align/max_centroid_distance"), 2);
  axes[0].labels.erase(axes[0].labels.begin() + 1);
  const auto all = make_derivation(distance_spec(), 7)->derive(raw, axes, {});
  EXPECT_GT(all.scalars.at("align/max_centroid_distance"), 500);
  EXPECT_NE(all.arrays[0].caption.find("no held-out part"), std::string::npos);
}

TEST(DeriveCentroidDistance, ScaleChangesNoVerdict) {
  for (const auto& shift : {std::vector<double>{0, 0, 0}, {0, 0, 5}, {0, 3, 9}, {0, 0.8, 0}}) {
    SmallEmbedding data;
    data.shift = shift;
    const auto before = derive(data);
    for (const double factor : {0.1, 50.0}) {
      data.scale = factor;
      const auto after = derive(data);
      ASSERT_EQ(after.verdicts.size(), 1u);
      EXPECT_EQ(after.verdicts[0].headline, before.verdicts[0].headline);
      EXPECT_EQ(after.verdicts[0].evidence, before.verdicts[0].evidence);
      EXPECT_EQ(after.verdicts[0].state, before.verdicts[0].state);
    }
  }
}

TEST(DeriveCentroidDistance, VerdictsAreInPlainWords) {
  SmallEmbedding data;
  auto verdict = derive(data).verdicts.at(0);
  EXPECT_EQ(verdict.workspace, "align");
  EXPECT_EQ(verdict.state, "good");
  EXPECT_EQ(verdict.headline, "No measurable gap between source means.");
  data.shift = {0, 0, 6, 0};
  verdict = derive(data).verdicts.at(0);
  EXPECT_EQ(verdict.state, "warn");
  EXPECT_EQ(verdict.headline, "S2 is the outlier source.");
  EXPECT_NE(verdict.evidence.find("n = 240 held-out cells"), std::string::npos) << verdict.evidence;
  EXPECT_NE(verdict.evidence.find("S1 and S3 are not, so this is one source and not sc in general."), std::string::npos)
      << verdict.evidence;
  data.shift = {0, 0, 0};
  data.scale = 0;
  EXPECT_EQ(derive(data).verdicts.at(0).headline, "The embedding has collapsed.");
}

TEST(DeriveCentroidDistance, IntervalsOnRequest) {
  SmallEmbedding data;
  data.shift = {0, 1, 3};
  const auto part = derive(data, {{"bootstrap", 50}});
  const auto low = part.find("align/centroid_distance_standardised_low")->as<float>();
  const auto high = part.find("align/centroid_distance_standardised_high")->as<float>();
  const auto value = part.find("align/centroid_distance_standardised")->as<float>();
  for (int i : {1, 2, 5}) {
    EXPECT_LE(low[i], value[i]);
    EXPECT_GE(high[i], value[i]);
  }
}

TEST(DeriveCentroidDistance, FollowsTheOrderOfTheSourceAxis) {
  SmallEmbedding data;
  data.shift = {0, 0, 7};
  auto axes = data.axes();
  std::swap(axes[1].ids[0], axes[1].ids[2]);
  const auto part = make_derivation(distance_spec(), 7)->derive(data.snapshot(), axes, {});
  const auto d = part.find("align/centroid_distance")->as<float>();
  EXPECT_GT(d[0 * 3 + 1], 5);
  EXPECT_LT(d[1 * 3 + 2], 2);
  EXPECT_EQ(part.verdicts[0].headline, "S2 is the outlier source.");
  axes[1].ids[0] = "renamed";
  EXPECT_THROW(make_derivation(distance_spec(), 7)->derive(data.snapshot(), axes, {}), Error);
}

TEST(DeriveCentroidDistance, WithoutLabelsOrArrayThereIsNothing) {
  SmallEmbedding data;
  EXPECT_TRUE(make_derivation(distance_spec(), 7)->derive(store::Snapshot{}, data.axes(), {}).arrays.empty());
  auto axes = data.axes();
  axes[0].labels.clear();
  EXPECT_TRUE(make_derivation(distance_spec(), 7)->derive(data.snapshot(), axes, {}).arrays.empty());
}

}  // namespace
}  // namespace geocyte::analysis
