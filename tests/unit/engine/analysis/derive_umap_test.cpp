// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/analysis/derivation.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/core/error.h"
#include "tests/unit/engine/analysis/small_embedding.h"

namespace geocyte::analysis {
namespace {

config::DerivedSpec umap_spec(Json parameters = Json::object()) {
  return {"umap", {{"points", "embedding"}, {"labels", "source"}}, "embedding/umap", std::move(parameters), 1};
}

double root_mean_square_step(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(2 * sum / static_cast<double>(a.size()));
}

double size_of_layout(std::span<const float> a) {
  const auto [low, high] = std::minmax_element(a.begin(), a.end());
  return *high - *low;
}

TEST(DeriveUmap, FirstLayoutIsColdAndLaterOnesAreWarm) {
  SmallEmbedding data;
  data.shift = {0, 6, 12};
  const auto derivation = make_derivation(umap_spec(), 7);
  const auto first = derivation->derive(data.snapshot(1200), data.axes(), {});
  EXPECT_EQ(first.find("embedding/umap")->caption, "UMAP, k=15, cosine, seed 7, started from PCA, 360 of 360 cells");
  data.drift = 0.05;
  const auto second = derivation->derive(data.snapshot(1300), data.axes(), {});
  EXPECT_EQ(second.find("embedding/umap")->caption,
            "UMAP, k=15, cosine, seed 7, warm start from step 1 200, 360 of 360 cells");
  EXPECT_EQ(second.part, "umap");
  const auto a = first.find("embedding/umap")->as<float>(), b = second.find("embedding/umap")->as<float>();
  EXPECT_LT(root_mean_square_step(a, b), 0.25 * size_of_layout(a));
}

TEST(DeriveUmap, IsRepeatableFromTheSameHistory) {
  SmallEmbedding data;
  for (int repeat = 0; repeat < 2; ++repeat) {
    const auto one = make_derivation(umap_spec(), 7), two = make_derivation(umap_spec(), 7);
    const auto a = one->derive(data.snapshot(), data.axes(), {}), b = two->derive(data.snapshot(), data.axes(), {});
    EXPECT_EQ(*a.arrays[0].bytes, *b.arrays[0].bytes);
  }
  const auto other = make_derivation(umap_spec(), 8)->derive(data.snapshot(), data.axes(), {});
  EXPECT_NE(*make_derivation(umap_spec(), 7)->derive(data.snapshot(), data.axes(), {}).arrays[0].bytes,
            *other.arrays[0].bytes);
}

TEST(DeriveUmap, WideEmbeddingsAreReducedAndTheCaptionSaysSo) {
  SmallEmbedding data;
  data.dims = 80;
  const auto part = make_derivation(umap_spec({{"first_epochs", 10}}), 7)->derive(data.snapshot(), data.axes(), {});
  EXPECT_NE(part.arrays[0].caption.find("UMAP of 50 principal components ("), std::string::npos)
      << part.arrays[0].caption;
}

TEST(DeriveUmap, ManyCellsAreShownAsAStratifiedPart) {
  SmallEmbedding data;
  const auto part =
      make_derivation(umap_spec({{"max_rows", 90}, {"first_epochs", 10}}), 7)->derive(data.snapshot(), data.axes(), {});
  const NamedArray* index = part.find("embedding/umap/row_index");
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(part.arrays[0].shape[0], 90);
  const auto rows = index->as<std::int64_t>();
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
  for (int source = 0; source < 3; ++source)
    EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [&](std::int64_t row) { return row / 120 == source; }), 30);
  EXPECT_NE(part.arrays[0].caption.find("90 of 360 cells"), std::string::npos);
}

TEST(DeriveUmap, AStopLeavesTheLastLayoutAsItWas) {
  SmallEmbedding data;
  const auto derivation = make_derivation(umap_spec(), 7);
  derivation->derive(data.snapshot(100), data.axes(), {});
  StopSource source;
  source.request_stop();
  EXPECT_TRUE(derivation->derive(data.snapshot(200), data.axes(), source.get_token()).arrays.empty());
  const auto third = derivation->derive(data.snapshot(300), data.axes(), {});
  EXPECT_NE(third.arrays[0].caption.find("warm start from step 100"), std::string::npos);
}

TEST(DeriveUmap, OtherRowsStartCold) {
  SmallEmbedding data;
  const auto derivation = make_derivation(umap_spec({{"first_epochs", 10}}), 7);
  derivation->derive(data.snapshot(100), data.axes(), {});
  data.each = 60;
  const auto part = derivation->derive(data.snapshot(200), data.axes(), {});
  EXPECT_NE(part.arrays[0].caption.find("started from PCA"), std::string::npos);
}

TEST(DeriveUmap, ACollapsedEmbeddingStillGivesAFinitePicture) {
  SmallEmbedding data;
  data.scale = 0;
  const auto part = make_derivation(umap_spec({{"metric", "euclidean"}, {"first_epochs", 20}}), 7)
                        ->derive(data.snapshot(), data.axes(), {});
  for (const float value : part.arrays[0].as<float>()) ASSERT_TRUE(std::isfinite(value));
}

TEST(DeriveUmap, BrokenOrTinyEmbeddingsAreRefusedOrPassedOver) {
  SmallEmbedding data;
  data.scale = std::nan("");
  EXPECT_THROW(make_derivation(umap_spec(), 7)->derive(data.snapshot(), data.axes(), {}), Error);
  data.scale = 1;
  data.each = 1;
  EXPECT_TRUE(make_derivation(umap_spec(), 7)->derive(data.snapshot(), data.axes(), {}).arrays.empty());
}

TEST(Stratified, KeepsProportionsAndIsTheSameForTheSameSeed) {
  std::vector<std::int32_t> codes(1000, 0);
  std::fill(codes.begin() + 900, codes.end(), 1);
  codes[7] = -1;
  const auto kept = stratified(codes, 100, 3);
  EXPECT_EQ(kept, stratified(codes, 100, 3));
  EXPECT_NE(kept, stratified(codes, 100, 4));
  EXPECT_EQ(std::count_if(kept.begin(), kept.end(), [](std::int64_t i) { return i >= 900; }), 10);
  EXPECT_EQ(std::count(kept.begin(), kept.end(), 7), 1);  // even the smallest group keeps one
  EXPECT_EQ(stratified(codes, 1000, 3).size(), 1000u);
}

}  // namespace
}  // namespace geocyte::analysis
