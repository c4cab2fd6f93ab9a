// SPDX-License-Identifier: GPL-3.0-or-later
// Gates and guards as checks: while training goes on, and in words.
#include "engine/analysis/derive_alignment_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/analysis/alignment_checks.h"
#include "engine/analysis/derive_alignment_gates.h"
#include "engine/store/contract/check.h"
#include "tests/unit/engine/analysis/small_embedding.h"

namespace geocyte::analysis {
namespace {

using store::Check;

config::DerivedSpec spec(const char* method) {
  config::DerivedSpec made;
  made.method = method;
  made.inputs = {{"points", "embedding"}, {"labels", "source"}};
  made.makes = "align/checks";
  return made;
}

const Check* find(const std::vector<Check>& checks, const std::string& id) {
  for (const Check& check : checks)
    if (check.id == id) return &check;
  return nullptr;
}

/// Cells whose expression is another cloud with the same three types in each source: type t is shifted in gene t.
struct Tissue {
  SmallEmbedding small;
  bool keeps_biology = true;    ///< the embedding is the expression; otherwise noise
  double gap = 0;               ///< of the third source in the embedding

  Tissue() { small.each = 160, small.dims = 12; }
  std::vector<float> expression() const {
    Rng rng(7);
    std::vector<float> values;
    for (std::int64_t i = 0; i < small.rows(); ++i)
      for (std::int64_t g = 0; g < small.dims; ++g) values.push_back(static_cast<float>(rng.normal() + (g == i / 2 % 3 ? 6 : 0)));
    return values;
  }
  store::Snapshot snapshot() const {
    store::Snapshot raw = small.snapshot();
    std::vector<float> z = keeps_biology ? expression() : small.values();
    for (std::int64_t i = 2 * small.each; i < small.rows(); ++i) z[static_cast<std::size_t>(i * small.dims + 5)] += static_cast<float>(gap);
    raw.arrays = {make_array<float>("embedding", z, {small.rows(), small.dims}, {"cell", "latent"}, "points")};
    return raw;
  }
  std::vector<store::Axis> axes(bool with_expression = true) const {
    auto axes = small.axes();
    store::AxisLabels type{"cell_type", {}, {"A", "B", "C"}};
    for (std::int64_t i = 0; i < small.rows(); ++i) type.codes.push_back(static_cast<std::int32_t>(i / 2 % 3));
    axes[0].labels.push_back(type);
    if (with_expression) axes[0].arrays.push_back(make_array<float>("expression", expression(), {small.rows(), small.dims}, {"cell", "gene"}, "values"));
    return axes;
  }
  std::vector<Check> checks(bool with_expression = true) const {
    return DeriveAlignmentChecks(spec("alignment_checks"), 1).derive(snapshot(), axes(with_expression), {}).checks;
  }
};

TEST(DeriveAlignmentChecks, GuardsHoldWhereTheBiologyIsKept) {
  const auto checks = Tissue().checks();
  for (const char* id : {"guards/spread", "guards/dimensions", "guards/expression", "guards/types"}) {
    const Check* guard = find(checks, id);
    ASSERT_TRUE(guard && guard->passes) << id;
    EXPECT_TRUE(*guard->passes) << id << " " << guard->value << " against " << *guard->bound;
    EXPECT_GT(guard->n, 0) << id;
  }
  EXPECT_NEAR(find(checks, "guards/types")->value, 1, 0.02);
  const Check* space = find(checks, "guards/space");
  ASSERT_TRUE(space);
  EXPECT_FALSE(space->passes) << "these cells have no places";
}

TEST(DeriveAlignmentChecks, GuardsFailWhereTheBiologyIsThrownAway) {
  Tissue tissue;
  tissue.keeps_biology = false;
  const auto checks = tissue.checks();
  EXPECT_EQ(find(checks, "guards/types")->passes, false);
  EXPECT_EQ(find(checks, "guards/expression")->passes, false);
  EXPECT_NEAR(find(checks, "guards/types")->value, 1.0 / 3, 0.15) << "guessing among three";
}

TEST(DeriveAlignmentChecks, MixingNamesTheSourceThatStandsAloneAndHasNoGate) {
  Tissue tissue;
  tissue.gap = 20;
  const auto checks = tissue.checks();
  for (const char* id : {"mixing/own_share", "mixing/ilisi", "mixing/kbet"}) {
    const Check* mixing = find(checks, id);
    ASSERT_TRUE(mixing) << id;
    EXPECT_FALSE(mixing->passes) << id;
    EXPECT_NE(mixing->rule.find("perfect mixture"), std::string::npos) << id;
  }
  EXPECT_EQ(find(checks, "mixing/own_share")->worst, (std::vector<std::string>{"S2"}));
  EXPECT_EQ(find(checks, "mixing/ilisi")->worst, (std::vector<std::string>{"S2"}));
  EXPECT_GT(find(checks, "mixing/own_share")->value, find(Tissue().checks(), "mixing/own_share")->value + 0.2);
}

TEST(DeriveAlignmentChecks, SaysWhatWaitsForTheEnd) {
  const auto checks = Tissue().checks(false);
  EXPECT_FALSE(find(checks, "gates/domains")->passes);
  EXPECT_NE(find(checks, "gates/domains")->rule.find("at the end"), std::string::npos);
  for (const Check& check : checks) {
    if (check.kind != "guard") continue;
    EXPECT_FALSE(check.passes) << check.id;
    EXPECT_NE(check.rule.find("at the end"), std::string::npos) << check.id;
  }
  Tissue tissue;
  auto axes = tissue.axes();
  std::erase_if(axes[0].labels, [](const store::AxisLabels& labels) { return labels.name == "split"; });
  EXPECT_TRUE(DeriveAlignmentChecks(spec("alignment_checks"), 1).derive(tissue.snapshot(), axes, {}).checks.empty()) << "nothing is held out";
}

TEST(DeriveAlignmentChecks, TheScaleOfTheEmbeddingChangesNoAnswer) {
  Tissue tissue;
  store::Snapshot raw = tissue.snapshot();
  std::vector<float> z;
  for (const double value : raw.arrays[0].to_double()) z.push_back(static_cast<float>(0.1 * value));
  raw.arrays[0] = make_array<float>("embedding", z, {tissue.small.rows(), tissue.small.dims}, {"cell", "latent"}, "points");
  const auto scaled = DeriveAlignmentChecks(spec("alignment_checks"), 1).derive(raw, tissue.axes(), {}).checks, plain = tissue.checks();
  ASSERT_EQ(scaled.size(), plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_EQ(scaled[i].passes, plain[i].passes) << plain[i].id;
}

TEST(GateChecks, NameThePairThatIsFarthestFromPassing) {
  SmallEmbedding small;
  small.each = 400;
  small.shift = {0, 0, 4};
  const auto checks = DeriveAlignmentGates(spec("alignment_gates"), 1).derive(small.snapshot(), small.axes(), {}).checks;
  const Check *pairs = find(checks, "gates/pairs"), *distance = find(checks, "gates/distance"), *classifier = find(checks, "gates/auc"), *leak = find(checks, "gates/leak");
  ASSERT_TRUE(pairs && distance && classifier && leak);
  EXPECT_TRUE(pairs->counts);
  EXPECT_EQ(pairs->value, 1);
  EXPECT_EQ(pairs->bound, 3);
  EXPECT_EQ(pairs->passes, false);
  EXPECT_EQ(distance->passes, false);
  EXPECT_GT(*distance->high, *distance->bound);
  EXPECT_LT(distance->value, *distance->high);
  EXPECT_EQ(classifier->passes, false);
  EXPECT_GT(classifier->value, 0.95);
  for (const Check* check : {pairs, distance, classifier}) {
    ASSERT_EQ(check->worst.size(), 2u) << check->id;
    EXPECT_EQ(check->worst[1], "S2") << check->id;
  }
  EXPECT_EQ(leak->passes, true);
  EXPECT_EQ(gate_checks({}, {}).at(0).passes, std::nullopt);
}

TEST(Checks, AreTheSameAfterTheyWereWritten) {
  Check check{"gates/x", "gate", "X", 0.5, 0.4, {}, 0.6, "rule", false, 12, {"A", "B"}, true};
  const Check read = store::check_from_json(Json::parse(store::to_json(check).dump()));
  EXPECT_EQ(store::to_json(read), store::to_json(check));
  EXPECT_FALSE(read.high);
  check.value = std::nan("");
  check.passes.reset();
  const Check missing = store::check_from_json(store::to_json(check));
  EXPECT_TRUE(std::isnan(missing.value));
  EXPECT_FALSE(missing.passes);
  const Check damaged = store::check_from_json({{"id", 3}, {"value", "x"}, {"worst", {1, "A", "B", "C"}}, {"n", -4}, {"passes", "yes"}});
  EXPECT_TRUE(damaged.id.empty());
  EXPECT_EQ(damaged.worst.size(), 2u);
  EXPECT_EQ(damaged.n, 0);
  EXPECT_FALSE(damaged.passes);
  EXPECT_TRUE(store::check_from_json(Json::array()).id.empty());
}

}  // namespace
}  // namespace geocyte::analysis
