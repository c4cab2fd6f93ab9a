// SPDX-License-Identifier: GPL-3.0-or-later
// The words of an evaluation say what its table says: at the borders of the gates and of the guards.
#include "plugins/gems/evaluation_verdict.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/analysis/alignment_checks.h"

namespace geocyte::plugins::gems {
namespace {

using train::Check;
using train::Measured;

/// A model that passes everything.
struct Case {
  stats::AlignmentGates gates;
  baselines::AlignmentScores model, pca, raw;
  double tool_mixing = 0.5;

  Case() {
    for (int b = 1; b < 4; ++b) {
      stats::PairGate pair;
      pair.b = b;
      pair.n_a = pair.n_b = 200;
      pair.bound = 0.1, pair.allowed = 0.3;
      pair.classified = pair.distance_passes = pair.auc_passes = true;
      pair.auc = {0.5, 0.45, 0.55, 200, 200};
      gates.pairs.push_back(pair);
    }
    model.scores = {{"probe_auc", 0.55, 0.52, 0.58, 0.5, 800}, {"least_std", 0.9, {}, {}, {}, 800}, {"participation_ratio", 12, {}, {}, {}, 800},
                    {"spatial_overlap", 0.2, 0.18, 0.22, {}, 300}, {"expression_overlap", 0.4, 0.38, 0.42, {}, 800}, {"cell_type_accuracy", 0.9, 0.88, 0.92, {}, 400}};
    pca.scores = {{"probe_auc", 0.999, 0.99, 1, 0.5, 800}, {"least_std", 0.8, {}, {}, {}, 800}, {"participation_ratio", 10, {}, {}, {}, 800},
                  {"spatial_overlap", 0.15, 0.13, 0.17, {}, 300}, {"expression_overlap", 1, 1, 1, {}, 800}, {"cell_type_accuracy", 0.88, 0.86, 0.9, {}, 400}};
    raw.scores = {{"expression_overlap", 0.3, 0.28, 0.32, {}, 800}};
  }
  baselines::Score& of(const char* name) {
    for (baselines::Score& score : model.scores)
      if (score.name == name) return score;
    return model.scores.front();
  }
  std::vector<Check> checks() const { return analysis::alignment_checks(gates, model, baselines::alignment_guards(model, &pca, &raw, {})); }
  store::Verdict verdict(double distance = 0.4) const {
    std::vector<Measured> rows = {{"align/max_standardised", "model", distance, distance - 0.1, distance + 0.1, 0.3, 800, ""},
                                  {"align/max_standardised", "pca", 9, 8.8, 9.2, 0.3, 800, ""},
                                  {"align/ilisi_domain", "model", 0.9, {}, {}, 1.0, 800, ""},
                                  {"align/ilisi_domain", "harmony", tool_mixing, {}, {}, 1.0, 800, ""},
                                  {"biology/cell_type_accuracy", "harmony", 0.95, {}, {}, {}, 800, ""}};
    const auto add = [&](const baselines::AlignmentScores& scores, const char* method) {
      for (const baselines::Score& score : scores.scores)
        if (score.name == "probe_auc" || score.name == "cell_type_accuracy")
          rows.push_back({(score.name == "probe_auc" ? "align/" : "biology/") + score.name, method, score.value, score.low, score.high, score.chance, score.n, ""});
    };
    add(model, "model");
    add(pca, "pca");
    return alignment_verdicts(rows, checks()).at(0);
  }
};

const Check& named(const std::vector<Check>& checks, const std::string& id) {
  for (const Check& check : checks)
    if (check.id == id) return check;
  throw std::runtime_error("no " + id);
}

TEST(EvaluationVerdict, AlignedIsSaidOnlyWhereEverythingPasses) {
  const store::Verdict verdict = Case().verdict();
  EXPECT_EQ(verdict.state, "good");
  EXPECT_EQ(verdict.headline, "The sources are aligned: all 3 pairs pass the gates and all 5 guards hold.");
  EXPECT_NE(verdict.why.find("passes: Cell types 0.9 [0.88, 0.92]"), std::string::npos) << verdict.why;
}

TEST(EvaluationVerdict, SpotsAndCellsAreToldApartFromTheGateOn) {
  // What used to be called inseparable up to .75.
  for (const double low : {0.5999, 0.6001, 0.65, 0.74}) {
    Case one;
    one.of("probe_auc") = {"probe_auc", low + 0.02, low, low + 0.0397, 0.5, 800};
    const store::Verdict verdict = one.verdict();
    const bool apart = low > 0.6;
    EXPECT_EQ(named(one.checks(), "gates/domains").passes, !apart) << low;
    EXPECT_EQ(verdict.headline.find("can still be told apart") != std::string::npos, apart) << verdict.headline;
    EXPECT_EQ(verdict.state, apart ? "warn" : "good") << low;
    EXPECT_NE(verdict.evidence.find(apart ? "does not reach 0.5 ± 0.10" : "which reaches 0.5 ± 0.10"), std::string::npos) << verdict.evidence;
  }
}

TEST(EvaluationVerdict, OnePairThatFailsIsNotAligned) {
  Case one;
  one.gates.pairs[1].auc_passes = false;
  const store::Verdict verdict = one.verdict();
  EXPECT_EQ(verdict.headline, "Not aligned: 1 of 3 pairs of sources fails the gates.");
  EXPECT_EQ(verdict.state, "warn");
  for (stats::PairGate& pair : one.gates.pairs) pair.distance_passes = false;
  EXPECT_EQ(one.verdict().state, "bad");
  EXPECT_EQ(one.verdict().headline, "Not aligned: 3 of 3 pairs of sources fail the gates.");
}

TEST(EvaluationVerdict, GatesThatPassAreNoAlignmentWhereAGuardFails) {
  struct Lost {
    const char *score, *id, *words;
    double kept, lost;
  };
  for (const Lost& guard : {Lost{"cell_type_accuracy", "guards/types", "cell types are blurred", 0.861, 0.859}, Lost{"spatial_overlap", "guards/space", "neighbours in the tissue are lost", 0.131, 0.129},
                            Lost{"expression_overlap", "guards/expression", "neighbours in expression are lost", 0.281, 0.279},
                            Lost{"least_std", "guards/spread", "a dimension has gone flat", 0.7201, 0.7199}, Lost{"participation_ratio", "guards/dimensions", "dimensions are lost", 9.01, 8.99}}) {
    for (const double value : {guard.kept, guard.lost}) {
      Case one;
      baselines::Score& score = one.of(guard.score);
      score.value = value;
      if (score.low) score.low = value - 0.02, score.high = value + 0.02;   // the interval reaches PCA's .88, .15 and raw's .30
      const store::Verdict verdict = one.verdict();
      const bool holds = value == guard.kept;
      EXPECT_EQ(named(one.checks(), guard.id).passes, holds) << guard.id;
      EXPECT_EQ(verdict.state, holds ? "good" : "warn") << guard.id;
      if (!holds) { EXPECT_EQ(verdict.headline, std::string("All 3 pairs of sources pass the gates, but that is no alignment: ") + guard.words + "."); }
      if (!holds) { EXPECT_NE(verdict.why.find("FAILS: " + named(one.checks(), guard.id).title), std::string::npos); }
    }
  }
}

TEST(EvaluationVerdict, GuardsThatFailAreNamedBesideGatesThatFail) {
  Case one;
  one.gates.pairs[0].distance_passes = false;
  one.of("cell_type_accuracy").high = 0.8;
  EXPECT_EQ(one.verdict().headline, "Not aligned: 1 of 3 pairs of sources fails the gates and cell types are blurred.");
}

TEST(EvaluationVerdict, WhatCannotBeJudgedIsNotCalledHeld) {
  Case one;
  std::erase_if(one.model.scores, [](const baselines::Score& score) { return score.name == "spatial_overlap"; });
  EXPECT_EQ(one.verdict().headline, "The sources are aligned: all 3 pairs pass the gates and the 4 guards that can be judged hold (not judged: Neighbours in the tissue).");
  EXPECT_FALSE(named(one.checks(), "guards/space").passes);
  one.gates.pairs.clear();
  EXPECT_EQ(one.verdict().state, "warn");
  EXPECT_NE(one.verdict().headline.find("no pair of sources can be judged"), std::string::npos);
  EXPECT_FALSE(named(one.checks(), "gates/pairs").passes);
}

TEST(EvaluationVerdict, PlainToolsPcaAndLeaksComeFirst) {
  Case one;
  one.tool_mixing = 0.95;
  EXPECT_EQ(one.verdict().headline, "The plain tool harmony mixes as well and keeps as many cell types as the encoder.");
  one.tool_mixing = 0.5;
  EXPECT_EQ(one.verdict(9.1).headline, "The encoder does not beat plain PCA.");
  one.gates.pairs[2].below_chance = true;
  EXPECT_EQ(one.verdict(9.1).state, "bad");
  EXPECT_NE(one.verdict(9.1).headline.find("leaked"), std::string::npos);
}

}  // namespace
}  // namespace geocyte::plugins::gems
