// SPDX-License-Identifier: GPL-3.0-or-later
// The derivations source_table and alignment_gates.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/analysis/derive_alignment_gates.h"
#include "engine/analysis/derive_source_table.h"
#include "engine/analysis/gate_verdict.h"
#include "engine/core/error.h"
#include "tests/unit/engine/analysis/small_embedding.h"

namespace geocyte::analysis {
namespace {

config::DerivedSpec spec(const char* method, Json parameters = Json::object()) {
  config::DerivedSpec made;
  made.method = method;
  made.inputs = {{"points", "embedding"}, {"labels", "source"}};
  made.makes = "align/" + std::string(method);
  made.parameters = std::move(parameters);
  return made;
}

SmallEmbedding shifted(double by) {
  SmallEmbedding small;
  small.each = 160;
  small.shift = {0, 0, by};
  return small;
}

store::Snapshot table_of(const SmallEmbedding& small) {
  return DeriveSourceTable(spec("source_table"), 1).derive(small.snapshot(), small.axes(), {});
}

std::vector<double> column(const store::Snapshot& part, const char* name) {
  const NamedArray* array = part.find(name);
  return array ? array->to_double() : std::vector<double>();
}

TEST(DeriveSourceTable, SaysWhichSourceStandsAlone) {
  const store::Snapshot part = table_of(shifted(12));
  EXPECT_EQ(column(part, "align/source_n"), (std::vector<double>{80, 80, 80}));
  const auto own = column(part, "align/own_share"), nearest = column(part, "align/nearest_distance");
  ASSERT_EQ(own.size(), 3u);
  EXPECT_GT(own[2], 0.99);
  EXPECT_NEAR(own[0], 0.5, 0.1) << "the two that lie on each other share their neighbours";
  EXPECT_GT(nearest[2], 8);
  EXPECT_LT(nearest[0], 2);
  EXPECT_EQ(column(part, "align/nearest_source")[0], 1);
  EXPECT_NEAR(column(part, "align/purity")[1], 0.5, 0.1) << "S1 is of the modality of S2, its neighbours half of S0's";
  EXPECT_NEAR(column(part, "align/source_std_median")[0], 1, 0.15);
  EXPECT_GT(part.scalars.at("align/own_source_share"), 0.6);
  EXPECT_GT(part.scalars.at("align/ilisi_source"), 0.3);
  EXPECT_LT(part.scalars.at("align/ilisi_source"), 0.5) << "two of three sources around most cells";
}

TEST(DeriveSourceTable, AMixtureIsAtExpectation) {
  const store::Snapshot part = table_of(shifted(0));
  EXPECT_NEAR(part.scalars.at("align/own_source_share"), 1.0 / 3, 0.06);
  EXPECT_GT(part.scalars.at("align/ilisi_source"), 0.8) << "240 cells: 90 neighbours reach to the rim";
}

TEST(DeriveSourceTable, TakesDepthFromTheAxisAndDoesWithoutPoints) {
  SmallEmbedding small = shifted(0);
  auto axes = small.axes();
  axes[1].arrays.push_back(make_array<float>("depth", std::vector<float>{10, 20, 30}, {3}, {"source"}, "values"));
  const auto part = DeriveSourceTable(spec("source_table"), 1).derive(small.snapshot(), axes, {});
  EXPECT_EQ(column(part, "align/source_depth"), (std::vector<double>{10, 20, 30}));
  EXPECT_TRUE(DeriveSourceTable(spec("source_table"), 1).derive({}, axes, {}).arrays.empty());
  EXPECT_THROW(DeriveSourceTable(spec("source_table", {{"neighbors", 3}}), 1), Error);
}

TEST(DeriveAlignmentGates, MarksThePairsThatFail) {
  SmallEmbedding small = shifted(4);
  small.each = 400;   // with 80 held-out cells a mixed pair fails now and then
  const auto part = DeriveAlignmentGates(spec("alignment_gates"), 1).derive(small.snapshot(), small.axes(), {});
  const auto gate = column(part, "align/gate"), auc = column(part, "align/pair_auc");
  ASSERT_EQ(gate.size(), 9u);
  EXPECT_TRUE(std::isnan(gate[0]));
  EXPECT_EQ(gate[1], 1);
  EXPECT_EQ(gate[2], 0);
  EXPECT_EQ(gate[5], gate[7]);
  EXPECT_GT(auc[2], 0.9);
  EXPECT_NEAR(auc[1], 0.5, 0.15);
  EXPECT_NEAR(part.scalars.at("align/pairs_passed"), 1.0 / 3, 1e-12);
  ASSERT_EQ(part.verdicts.size(), 1u);
  EXPECT_EQ(part.verdicts[0].id, "align/gates");
  EXPECT_EQ(part.verdicts[0].headline, "1 of 3 pairs of sources pass the gates.");
  EXPECT_NE(part.verdicts[0].evidence.find("S2"), std::string::npos);
}

TEST(DeriveAlignmentGates, NeedsHeldOutCells) {
  const SmallEmbedding small = shifted(0);
  auto axes = small.axes();
  axes[0].labels.erase(axes[0].labels.begin() + 1);   // the split
  EXPECT_TRUE(DeriveAlignmentGates(spec("alignment_gates"), 1).derive(small.snapshot(), axes, {}).arrays.empty());
}

TEST(GateVerdict, SaysWhatFewCellsCannotTell) {
  stats::AlignmentGates gates;
  stats::PairGate many, few;
  many.b = 1, few.b = 2;
  many.n_a = many.n_b = 900, few.n_a = 900, few.n_b = 80;
  for (stats::PairGate* pair : {&many, &few}) {
    pair->classified = pair->distance_passes = pair->auc_passes = true;
    pair->auc = {0.5, 0.42, 0.58, 100, 100};
  }
  many.allowed = 0.36 * 0.36, few.allowed = 0.64;
  gates.pairs = {many};
  const auto wide = gate_verdict(gates, {"A", "B", "C"});
  EXPECT_EQ(wide.headline, "1 of 1 pairs of sources pass the gates.");
  EXPECT_NE(wide.evidence.find("means up to 0.36 deviations apart would pass"), std::string::npos) << wide.evidence;
  gates.pairs = {many, few};
  const auto verdict = gate_verdict(gates, {"A", "B", "C"});
  EXPECT_EQ(verdict.headline, "2 of 2 pairs of sources pass the gates, which are wide for so few cells.");
  EXPECT_NE(verdict.evidence.find("With 900 and 80 held-out cells (A and C) means up to 0.80 deviations apart would pass, and an AUC up to about 0.68"),
            std::string::npos) << verdict.evidence;
}

TEST(GateVerdict, SaysLeakBeforeAnythingElse) {
  stats::AlignmentGates gates;
  stats::PairGate pair;
  pair.b = 1;
  pair.classified = pair.distance_passes = pair.auc_passes = true;
  pair.auc = {0.42, 0.38, 0.46, 100, 100};
  pair.allowed = 1;
  gates.pairs = {pair};
  EXPECT_EQ(gate_verdict(gates, {"A", "B"}).state, "good");
  gates.pairs[0].below_chance = true;
  EXPECT_EQ(gate_verdict(gates, {"A", "B"}).state, "bad");
  EXPECT_NE(gate_verdict(gates, {"A", "B"}).headline.find("leaked"), std::string::npos);
  EXPECT_EQ(gate_verdict({}, {}).state, "neutral");
}

}  // namespace
}  // namespace geocyte::analysis
