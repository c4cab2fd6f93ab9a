// SPDX-License-Identifier: GPL-3.0-or-later
// The alert rules of gems on runs that go wrong on purpose, and on one that does not.
#include <algorithm>
#include <cmath>
#include <set>

#include <ATen/TensorOperators.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "engine/analysis/alert_monitor.h"
#include "engine/core/rng.h"
#include "engine/losses/adversary.h"
#include "plugins/gems/spec_parts.h"
#include "tests/conformance/small_run.h"

namespace geocyte::plugins::gems {
namespace {

using analysis::AlertMonitor;

config::SystemSpec rules() {
  config::SystemSpec spec;
  spec.alerts = make_alerts();
  return spec;
}

std::set<std::string> raised(AlertMonitor& monitor) {
  std::set<std::string> ids;
  for (const auto& change : monitor.judge())
    if (change.raised) ids.insert(change.id);
  return ids;
}

/// A linear softmax classifier of six sources in batches drawn as the data are (1700/1500/1200/2688/460/950 cells), on an
/// embedding that hardly tells them apart: the setting of seed 001's second attempt. Returns the alerts of 600 steps.
///   plain cross entropy   weight 1/B a cell        balanced   weight 1/(K n_k) a cell
std::set<std::string> alerts_of_source_adversary(bool balanced) {
  constexpr std::int64_t kSources = 6, kDims = 8, kBatch = 256, kSteps = 600;
  const std::vector<double> cells{1700, 1500, 1200, 2688, 460, 950};
  const double all = 8498;
  Rng rng(5);
  std::vector<float> shift(kSources * kDims);
  for (float& value : shift) value = static_cast<float>(0.03 * rng.normal());
  at::Tensor weight = at::zeros({kDims + 1, kSources});
  AlertMonitor monitor(rules());
  std::set<std::string> ids;
  for (int step = 0; step < kSteps; ++step) {
    std::vector<std::int64_t> label(kBatch);
    std::vector<float> z(kBatch * (kDims + 1), 1.0F), wanted(kBatch * kSources, 0.0F);
    for (std::int64_t i = 0; i < kBatch; ++i) {
      double at = rng.uniform() * all;
      std::int64_t k = 0;
      while (k + 1 < kSources && at >= cells[static_cast<std::size_t>(k)]) at -= cells[static_cast<std::size_t>(k++)];
      label[static_cast<std::size_t>(i)] = k;
      wanted[static_cast<std::size_t>(i * kSources + k)] = 1;
      for (std::int64_t d = 0; d < kDims; ++d)
        z[static_cast<std::size_t>(i * (kDims + 1) + d)] = static_cast<float>(rng.normal()) + shift[static_cast<std::size_t>(k * kDims + d)];
    }
    const losses::Groups groups(label, kSources);
    std::vector<float> share(kBatch);
    for (std::size_t i = 0; i < share.size(); ++i) {
      const auto own = static_cast<float>(groups.sizes()[static_cast<std::size_t>(label[i])]);
      share[i] = balanced ? 1.0F / (kSources * own) : 1.0F / kBatch;
    }
    const at::Tensor x = at::tensor(z).view({kBatch, kDims + 1}), y = at::tensor(wanted).view({kBatch, kSources});
    const at::Tensor logits = at::mm(x, weight);   // (B, K)
    const auto found = losses::class_recall(logits, groups);
    const double best = *std::max_element(found.recall.begin(), found.recall.end());
    monitor.observe("adversary/favourite_recall", best);
    monitor.observe("adversary/other_recall", (found.balanced_accuracy * kSources - best) / (kSources - 1));
    for (const std::string& id : raised(monitor)) ids.insert(id);
    weight = weight - 0.1 * at::mm(x.t(), (at::softmax(logits, 1) - y) * at::tensor(share).view({kBatch, 1}));
  }
  return ids;
}

TEST(GemsAlerts, TheMajorityCollapseOfSeed001IsSeenAndTheBalancedLossHasNone) {
  EXPECT_EQ(alerts_of_source_adversary(false), std::set<std::string>{"adversary/majority"});
  EXPECT_EQ(alerts_of_source_adversary(true), std::set<std::string>{});
}

TEST(GemsAlerts, AConfusedAdversaryCountsOnlyWhileTheDistanceStandsStill) {
  for (const bool flat : {true, false}) {
    AlertMonitor monitor(rules());
    std::set<std::string> ids;
    double distance = 2.6;
    for (int step = 0; step < 400; ++step) {
      monitor.observe("adversary/skill", step % 2 == 0 ? 0.05 : -0.04);
      if (step % 20 == 0) monitor.observe("align/max_standardised", distance *= flat ? 0.999 : 0.93);
      for (const std::string& id : raised(monitor)) ids.insert(id);
    }
    EXPECT_EQ(ids.contains("adversary/confused"), flat);
  }
}

TEST(GemsAlerts, SourcesThatAreTogetherMayConfuseTheAdversary) {
  AlertMonitor monitor(rules());
  for (int step = 0; step < 400; ++step) {
    monitor.observe("adversary/skill", 0);
    monitor.observe("align/max_standardised", 0.3);
  }
  EXPECT_TRUE(raised(monitor).empty());
}

TEST(GemsAlerts, OneTermOverFourFifthsOfTheSum) {
  AlertMonitor monitor(rules());
  for (int step = 0; step < 200; ++step) {
    monitor.observe("weighted/source_coral", 13 * 0.9);
    monitor.observe("weighted/vicreg", 1.0);
  }
  EXPECT_EQ(raised(monitor), std::set<std::string>{"loss/dominant"});
}

TEST(GemsAlerts, NotANumberAndBelowChanceAreSeenAtOnce) {
  AlertMonitor monitor(rules());
  monitor.observe("loss/total", std::nan(""));
  EXPECT_EQ(raised(monitor), std::set<std::string>{"loss/not_finite"});
  monitor.observe("evaluation/align/probe_auc", 0.2);
  monitor.observe("evaluation/align/probe_auc/high", 0.31);
  EXPECT_EQ(raised(monitor), std::set<std::string>{"align/leakage"});
}

TEST(GemsAlerts, EveryRuleLooksAtSomethingThatGemsDeclares) {
  const auto spec = spec_named("gems");
  const auto declared = [&](std::string metric) {
    if (metric.starts_with("evaluation/")) return true;   // of the held-out judgement, not a scalar
    return std::any_of(spec.metrics.begin(), spec.metrics.end(), [&](const auto& m) { return m.path == metric; });
  };
  EXPECT_GE(spec.alerts.size(), 6U);
  std::set<std::string> ids;
  for (const auto& rule : spec.alerts) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_TRUE(rule.severity == "warn" || rule.severity == "bad") << rule.id;
    EXPECT_FALSE(rule.headline.empty() || rule.advice.empty()) << rule.id;
    for (const auto& condition : rule.when) EXPECT_TRUE(declared(condition.metric)) << condition.metric;
  }
}

}  // namespace
}  // namespace geocyte::plugins::gems
