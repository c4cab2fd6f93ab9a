// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "engine/analysis/derivation.h"
#include "engine/core/error.h"
#include "tests/unit/engine/analysis/small_embedding.h"

namespace geocyte::analysis {
namespace {

config::DerivedSpec pca_spec() { return {"pca", {{"points", "embedding"}}, "embedding/pca", Json::object(), 1}; }

TEST(DerivePca, MakesALayoutWithItsMethodLine) {
  SmallEmbedding data;
  data.shift = {0, 5, 10};
  const auto part = make_derivation(pca_spec(), 7)->derive(data.snapshot(), data.axes(), {});
  EXPECT_EQ(part.part, "pca");
  EXPECT_EQ(part.step, 100);
  EXPECT_EQ(part.stage, "encode");
  const NamedArray* layout = part.find("embedding/pca");
  ASSERT_NE(layout, nullptr);
  EXPECT_EQ(layout->shape, (std::vector<std::int64_t>{360, 2}));
  EXPECT_EQ(layout->axes, (std::vector<std::string>{"cell", "xy"}));
  EXPECT_NE(layout->caption.find("360 of 360 cells"), std::string::npos) << layout->caption;
  // The first component is the direction in which the sources differ.
  const auto xy = layout->as<float>();
  double mean[3] = {};
  for (int i = 0; i < 360; ++i) mean[i / 120] += xy[2 * i] / 120.0;
  EXPECT_NEAR(mean[1] - mean[0], 5, 0.5);
  EXPECT_NEAR(mean[2] - mean[1], 5, 0.5);
}

TEST(DerivePca, DoesNotFlipBetweenSnapshots) {
  SmallEmbedding data;
  data.shift = {0, 2, 4};
  const auto derivation = make_derivation(pca_spec(), 7);
  const auto first = derivation->derive(data.snapshot(), data.axes(), {});
  auto mirrored = data.snapshot(200);
  std::vector<float> values = data.values();
  for (auto& value : values) value = -value;
  mirrored.arrays[0] = make_array<float>("embedding", values, {data.rows(), data.dims}, {"cell", "latent"}, "points");
  const auto second = derivation->derive(mirrored, data.axes(), {});
  // Scores of -X are those of X with a sign; the sign follows the last picture.
  const auto a = first.find("embedding/pca")->as<float>(), b = second.find("embedding/pca")->as<float>();
  double agreement = 0;
  for (std::size_t i = 0; i < a.size(); i += 2) agreement += a[i] * b[i];
  EXPECT_GT(agreement, 0);
}

TEST(DerivePca, AnAbsentArrayGivesAnEmptyPartAndABadOneAnError) {
  SmallEmbedding data;
  store::Snapshot none;
  EXPECT_TRUE(make_derivation(pca_spec(), 7)->derive(none, data.axes(), {}).arrays.empty());
  auto raw = data.snapshot();
  raw.arrays[0] = make_array<float>("embedding", std::vector<float>(8, 0.0f), {4, 2}, {"cell", "latent"}, "points");
  EXPECT_THROW(make_derivation(pca_spec(), 7)->derive(raw, data.axes(), {}), Error);
}

TEST(DerivePca, ASubsetKeepsItsRowIndex) {
  SmallEmbedding data;
  auto raw = data.snapshot();
  const std::vector<float> values{0, 0, 1, 1, 2, 1, 5, 5};
  raw.arrays[0] = make_array<float>("embedding", values, {4, 2}, {"cell", "latent"}, "points");
  raw.arrays.push_back(make_array<std::int64_t>("embedding/row_index", std::vector<std::int64_t>{3, 8, 200, 301}, {4},
                                                {"cell"}, "row_index"));
  const auto part = make_derivation(pca_spec(), 7)->derive(raw, data.axes(), {});
  const NamedArray* index = part.find("embedding/pca/row_index");
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->role, "row_index");
  EXPECT_EQ(index->as<std::int64_t>()[2], 200);
  EXPECT_NE(part.arrays[0].caption.find("4 of 360"), std::string::npos);
  raw.arrays[1] = make_array<std::int64_t>("embedding/row_index", std::vector<std::int64_t>{3, 8, 200, 360}, {4},
                                           {"cell"}, "row_index");
  EXPECT_THROW(make_derivation(pca_spec(), 7)->derive(raw, data.axes(), {}), Error);
}

TEST(MakeDerivation, KnowsItsMethodsAndRefusesOthers) {
  for (const auto& method : derivation_methods())
    EXPECT_NE(make_derivation({method, {}, "made/" + method, Json::object(), 1}, 1), nullptr);
  EXPECT_THROW(make_derivation({"astrology", {}, "x", Json::object(), 1}, 1), Error);
  EXPECT_THROW(make_derivation({"umap", {}, "x", {{"neighbors", 5}}, 1}, 1), Error);
  EXPECT_THROW(make_derivation({"umap", {}, "x", {{"k", "many"}}, 1}, 1), Error);
}

}  // namespace
}  // namespace geocyte::analysis
