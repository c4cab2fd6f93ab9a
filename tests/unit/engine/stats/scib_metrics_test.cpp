// SPDX-License-Identifier: GPL-3.0-or-later
// The mixing and conservation metrics of scIB: against scib-metrics 0.5.10 on stored points (make_expected_scib.py), and
// closed forms and laws that need no other program.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/core/rng.h"
#include "engine/stats/bras.h"
#include "engine/stats/chi_square.h"
#include "engine/stats/clisi.h"
#include "engine/stats/graph_connectivity.h"
#include "engine/stats/ilisi.h"
#include "engine/stats/isolated_labels.h"
#include "engine/stats/kbet.h"
#include "engine/stats/kbet_by_type.h"
#include "engine/stats/pcr_comparison.h"
#include "engine/stats/silhouette.h"

namespace geocyte::stats {
namespace {

constexpr double kAgreement = 1e-3;

kernels::KnnGraph neighbours(const kernels::Points& points, int k) {
  kernels::KnnOptions options;
  options.k = k;
  return kernels::exact_knn(points, options);
}

struct Expected {
  Json json;
  std::vector<float> before, after;
  std::vector<std::int32_t> source, type;
  int sources = 0, types = 0;
  std::int64_t dims = 0;

  Expected() {
    std::ifstream file(std::string(GEOCYTE_SOURCE_DIR) + "/tests/unit/engine/stats/expected_scib.json");
    json = Json::parse(file);
    before = json.at("before").get<std::vector<float>>();
    after = json.at("after").get<std::vector<float>>();
    source = json.at("source").get<std::vector<std::int32_t>>();
    type = json.at("type").get<std::vector<std::int32_t>>();
    sources = json.at("sources"), types = json.at("types"), dims = json.at("dims");
  }
  kernels::Points points(const std::vector<float>& values) const {
    return {values.data(), static_cast<std::int64_t>(source.size()), dims};
  }
  double of(const char* name) const { return json.at(name); }
};

TEST(ScibMetrics, NeighbourMetricsAgree) {
  const Expected e;
  const auto near = neighbours(e.points(e.after), 89);   // scib-metrics counts the cell itself among its 90
  EXPECT_NEAR(ilisi(near, e.source, e.sources).scaled, e.of("ilisi"), kAgreement);
  EXPECT_NEAR(clisi(near, e.type, e.types), e.of("clisi"), kAgreement);
  EXPECT_NEAR(kbet(neighbours(e.points(e.after), 49), e.source, e.sources), e.of("kbet"), kAgreement);
  EXPECT_NEAR(graph_connectivity(neighbours(e.points(e.after), 4), e.type, e.types), e.of("graph_connectivity"), kAgreement);
  EXPECT_NEAR(graph_connectivity(neighbours(e.points(e.after), 14), e.type, e.types), e.of("graph_connectivity_15"), kAgreement);
}

TEST(ScibMetrics, PointMetricsAgree) {
  const Expected e;
  EXPECT_NEAR(bras(e.points(e.after), e.type, e.source), e.of("bras"), kAgreement);
  EXPECT_NEAR(pcr_comparison(e.points(e.before), e.points(e.after), e.source, e.sources), e.of("pcr_comparison"), kAgreement);
  EXPECT_NEAR(isolated_labels(e.points(e.after), e.type, e.types, e.source), e.of("isolated_labels"), kAgreement);
}

TEST(ScibMetrics, ScaleChangesNothing) {
  const Expected e;
  auto small = e.after;
  for (float& value : small) value *= 0.0625f;   // a power of two: exact
  const auto graph = neighbours(e.points(small), 49);
  EXPECT_EQ(kbet(graph, e.source, e.sources), kbet(neighbours(e.points(e.after), 49), e.source, e.sources));
  EXPECT_NEAR(bras(e.points(small), e.type, e.source), bras(e.points(e.after), e.type, e.source), 1e-9);
  EXPECT_NEAR(isolated_labels(e.points(small), e.type, e.types, e.source), isolated_labels(e.points(e.after), e.type, e.types, e.source), 1e-6);
  EXPECT_NEAR(clisi(graph, e.type, e.types, 16), clisi(neighbours(e.points(e.after), 49), e.type, e.types, 16), 1e-5);
}

TEST(ChiSquare, UpperTailHasItsClosedForms) {
  // Two degrees: exp(-x/2). Four: exp(-x/2) (1 + x/2). One: erfc(sqrt(x/2)).
  for (const double x : {0.0, 0.3, 1.0, 3.84, 10.0, 60.0}) {
    EXPECT_NEAR(chi_square_upper_tail(x, 2), std::exp(-x / 2), 1e-13);
    EXPECT_NEAR(chi_square_upper_tail(x, 4), std::exp(-x / 2) * (1 + x / 2), 1e-13);
    EXPECT_NEAR(chi_square_upper_tail(x, 1), std::erfc(std::sqrt(x / 2)), 1e-13);
  }
  EXPECT_NEAR(chi_square_upper_tail(3.841458820694124, 1), 0.05, 1e-12);
  EXPECT_THROW(chi_square_upper_tail(-1, 2), Error);
}

/// n standard normal cells of two sources, source 1 moved by `apart` in the first dimension.
struct Cloud {
  std::vector<float> x;
  std::vector<std::int32_t> source, type;
  kernels::Points points() const { return {x.data(), static_cast<std::int64_t>(source.size()), 3}; }
};
Cloud cloud(int n, double apart, std::uint64_t seed = 1) {
  Rng rng(seed);
  Cloud made;
  for (int i = 0; i < n; ++i) {
    made.source.push_back(i % 2);
    made.type.push_back(i / 2 % 2);
    for (int d = 0; d < 3; ++d)
      made.x.push_back(static_cast<float>(rng.normal() + (d == 0 ? apart * made.source.back() : d == 1 ? 8.0 * made.type.back() : 0)));
  }
  return made;
}

TEST(Kbet, AcceptsAMixtureAndRejectsAGap) {
  const Cloud mixed = cloud(1000, 0), apart = cloud(1000, 20);
  EXPECT_NEAR(kbet(neighbours(mixed.points(), 29), mixed.source, 2), 0.95, 0.05);
  EXPECT_EQ(kbet(neighbours(apart.points(), 29), apart.source, 2), 0);
  EXPECT_EQ(kbet(neighbours(apart.points(), 29), std::vector<std::int32_t>(1000, 0), 2), 1) << "one source has nothing to mix";
}

TEST(KbetByType, AgreesWithScibMetricsOnTheSameNeighbours) {
  const Expected e;
  const TypeKbet by_type = kbet_by_type(e.points(e.after), e.type, e.source, e.sources);
  EXPECT_NEAR(by_type.mean, e.of("kbet_per_label"), kAgreement);
  EXPECT_EQ(by_type.types, 3) << "the type of one source is left out";
}

TEST(KbetByType, DoesNotBlameACompositionThatDiffers) {
  // Two types far apart, mixed within each; type 0 is nine tenths source 0, type 1 the other way round.
  Cloud c = cloud(2000, 0);
  Rng rng(7);
  for (std::size_t i = 0; i < 2000; ++i) c.source[i] = rng.uniform() < 0.9 ? c.type[i] : 1 - c.type[i];
  EXPECT_LT(kbet(neighbours(c.points(), 29), c.source, 2), 0.05) << "the global test sees the composition";
  const TypeKbet by_type = kbet_by_type(c.points(), c.type, c.source, 2);
  EXPECT_NEAR(by_type.mean, 0.95, 0.05);
  EXPECT_EQ(by_type.types, 2);
  EXPECT_EQ(by_type.cells, 2000);
  EXPECT_GT(by_type.error, 0);
  EXPECT_LT(by_type.error, 0.01);
}

TEST(KbetByType, SeesAGapWithinATypeAndHasItsGuards) {
  Cloud c = cloud(800, 0);
  for (std::size_t i = 0; i < 800; ++i)
    if (c.type[i] == 0 && c.source[i] == 1) c.x[3 * i + 2] += 15;
  EXPECT_NEAR(kbet_by_type(c.points(), c.type, c.source, 2).mean, 0.475, 0.04) << "one type of two";
  Cloud few = cloud(16, 0);
  EXPECT_TRUE(std::isnan(kbet_by_type(few.points(), std::vector<std::int32_t>(16, -1), few.source, 2).mean)) << "no types";
  EXPECT_EQ(kbet_by_type(few.points(), few.type, few.source, 2).types, 0) << "fewer than ten of each";
  EXPECT_EQ(kbet_by_type(c.points(), c.type, std::vector<std::int32_t>(800, 0), 2).types, 0) << "one source has nothing to mix";
  EXPECT_THROW(kbet_by_type(c.points(), c.type, std::vector<std::int32_t>(3, 0), 2), Error);
  EXPECT_THROW(kbet_by_type(c.points(), c.type, std::vector<std::int32_t>(800, 9), 2), Error);
}

TEST(GraphConnectivity, CountsTheLargestPartOfATornType) {
  // Twenty cells of one type in two far clumps of 14 and 6, another type whole.
  std::vector<float> x;
  std::vector<std::int32_t> type;
  for (int i = 0; i < 20; ++i) x.push_back(static_cast<float>(i < 14 ? i * 0.1 : 100 + i * 0.1)), type.push_back(0);
  for (int i = 0; i < 5; ++i) x.push_back(static_cast<float>(-50 + i * 0.1)), type.push_back(1);
  const auto graph = neighbours({x.data(), 25, 1}, 4);
  EXPECT_NEAR(graph_connectivity(graph, type, 2), (14.0 / 20 + 1) / 2, 1e-12);
  std::vector<std::int32_t> none(25, -1);
  EXPECT_TRUE(std::isnan(graph_connectivity(graph, none, 2)));
}

TEST(GraphConnectivity, OneWayEdgesDoNotConnect) {
  kernels::KnnGraph chain;   // 0 -> 1 -> 2: three components
  chain.rows = 3, chain.k = 1;
  chain.index = {1, 2, -1};
  chain.distance = {1, 1, INFINITY};
  EXPECT_NEAR(graph_connectivity(chain, std::vector<std::int32_t>{0, 0, 0}, 1), 1.0 / 3, 1e-12);
  chain.index = {1, 2, 0};
  EXPECT_EQ(graph_connectivity(chain, std::vector<std::int32_t>{0, 0, 0}, 1), 1);
}

TEST(Bras, FallsWithAGapThatSlidesBesideEachOtherHide) {
  // Two slides lie on each other, single cells far away: the nearest other source of a slide is the other slide.
  Cloud three = cloud(900, 0);
  for (std::size_t i = 0; i < 900; ++i) {
    three.source[i] = static_cast<std::int32_t>(i % 3);
    if (three.source[i] == 2) three.x[3 * i + 2] += 12;
  }
  EXPECT_GT(bras(cloud(900, 0).points(), cloud(900, 0).type, cloud(900, 0).source), 0.95);
  EXPECT_LT(bras(three.points(), three.type, three.source), 0.5);
}

TEST(PcrComparison, IsTheVarianceShareOfTheMeans) {
  const std::vector<float> x = {0, 2, 4, 6};   // means 1 and 5: between 16, total 20
  const std::vector<std::int32_t> source = {0, 0, 1, 1};
  EXPECT_NEAR(source_variance_share({x.data(), 4, 1}, source, 2), 0.8, 1e-12);
  const std::vector<float> centred = {-1, 1, -1, 1};
  EXPECT_EQ(pcr_comparison({x.data(), 4, 1}, {centred.data(), 4, 1}, source, 2), 1) << "centring alone wins this score";
  EXPECT_EQ(pcr_comparison({x.data(), 4, 1}, {x.data(), 4, 1}, source, 2), 0);
}

TEST(Silhouette, HasItsClosedFormAndNoThreads) {
  // Labels {0, 2} and {10, 14}: s(0) = (12 - 2) / 12, s(14) = (13 - 4) / 13.
  const std::vector<float> x = {0, 2, 10, 14};
  const std::vector<std::int32_t> label = {0, 0, 1, 1};
  const std::vector<std::int64_t> asked = {0, 3};
  const auto s = silhouette({x.data(), 4, 1}, label, 2, asked);
  EXPECT_NEAR(s[0], 10.0 / 12, 1e-6);
  EXPECT_NEAR(s[1], 9.0 / 13, 1e-6);
  const Cloud c = cloud(700, 1);
  std::vector<std::int64_t> all(700);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  EXPECT_EQ(silhouette(c.points(), c.type, 2, all, 1), silhouette(c.points(), c.type, 2, all, 2));
}

TEST(IsolatedLabels, LooksOnlyAtTypesOfFewestSources) {
  Cloud c = cloud(400, 0);
  for (std::size_t i = 0; i < 400; ++i)
    if (c.type[i] == 1) c.source[i] = 0;   // type 1 in one source only
  EXPECT_GT(isolated_labels(c.points(), c.type, 2, c.source), 0.85);
  for (std::size_t i = 0; i < 400; ++i)
    if (c.type[i] == 1) c.x[3 * i + 1] -= 8;   // onto the other type
  EXPECT_NEAR(isolated_labels(c.points(), c.type, 2, c.source), 0.5, 0.02);
}

}  // namespace
}  // namespace geocyte::stats
