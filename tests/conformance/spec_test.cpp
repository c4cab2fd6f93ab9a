// SPDX-License-Identifier: GPL-3.0-or-later
// Every registered system describes itself completely: what a window, a form or a reader of the docs needs is there.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "engine/analysis/derivation.h"
#include "engine/config/presets.h"
#include "engine/core/error.h"
#include "plugins/registry.h"

namespace geocyte {
namespace {

class Spec : public testing::TestWithParam<config::SystemSpec> {};

TEST(Systems, AreListedOnceInAlphabeticalOrder) {
  std::vector<std::string> ids;
  for (const auto& spec : plugins::all_specs()) ids.push_back(spec.id);
  EXPECT_FALSE(ids.empty());
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
}

TEST_P(Spec, SaysWhatItIs) {
  const auto& spec = GetParam();
  EXPECT_FALSE(spec.title.empty());
  EXPECT_GT(spec.summary.size(), 40u);
  EXPECT_FALSE(spec.slots.empty());
  EXPECT_FALSE(spec.baselines.empty()) << "a model without baselines cannot be judged";
  EXPECT_FALSE(spec.presets.empty());
  EXPECT_TRUE(std::any_of(spec.presets.begin(), spec.presets.end(), [](const auto& preset) { return preset.id == "demo"; }));
}

TEST_P(Spec, EveryParameterHasWhatAFormNeeds) {
  std::set<std::string> seen;
  for (const auto& parameter : GetParam().parameters) {
    EXPECT_TRUE(seen.insert(parameter.path).second) << parameter.path;
    EXPECT_FALSE(parameter.title.empty()) << parameter.path;
    EXPECT_FALSE(parameter.group.empty()) << parameter.path;
    EXPECT_GT(parameter.help.size(), 10u) << parameter.path;
    for (const auto& field : parameter.fields) EXPECT_FALSE(field.help.empty()) << parameter.path << "." << field.path;
  }
}

TEST_P(Spec, DefaultsAreValid) {
  const auto& schema = GetParam().parameters;
  EXPECT_NO_THROW(config::validate(schema, config::defaults(schema)));
}

TEST_P(Spec, EveryPresetResolvesAndSaysWhatItShows) {
  const auto specs = plugins::all_specs();
  for (const auto& preset : GetParam().presets) {
    EXPECT_FALSE(preset.title.empty()) << preset.id;
    EXPECT_FALSE(preset.summary.empty()) << preset.id;
    try {
      const config::ResolvedRun run = config::resolve_run(specs, GetParam().id + "/" + preset.id, {});
      EXPECT_EQ(run.system->id, GetParam().id);
    } catch (const Error& error) {
      ADD_FAILURE() << preset.id << ": " << error.what();
    }
  }
}

TEST_P(Spec, EveryMetricHasACard) {
  for (const auto& metric : GetParam().metrics) {
    EXPECT_FALSE(metric.title.empty()) << metric.path;
    EXPECT_GT(metric.what.size(), 10u) << metric.path;
  }
}

TEST_P(Spec, EveryScoreHasANameAndIsNamedOnce) {
  EXPECT_FALSE(GetParam().scores.empty());
  std::set<std::string> seen;
  for (const auto& score : GetParam().scores) {
    EXPECT_FALSE(score.title.empty()) << score.path;
    EXPECT_GT(score.what.size(), 10u) << score.path;
    EXPECT_TRUE(seen.insert(score.path).second) << score.path;
  }
}

TEST_P(Spec, CardsOfArraysSayWhatIsDrawn) {
  const auto& spec = GetParam();
  for (const auto& card : spec.cards) {
    EXPECT_FALSE(card.title.empty()) << card.name;
    EXPECT_GT(card.what.size(), 10u) << card.name;
    EXPECT_TRUE(std::any_of(spec.views.begin(), spec.views.end(), [&](const auto& view) {
      return std::any_of(view.bindings.begin(), view.bindings.end(), [&](const auto& binding) { return binding.second == card.name; });
    })) << card.name << " has a card, but no view draws it";
  }
}

TEST_P(Spec, DerivedArraysUseKnownMethodsAndDeclaredInputs) {
  const auto methods = analysis::derivation_methods();
  for (const auto& derived : GetParam().derived) {
    EXPECT_NE(std::find(methods.begin(), methods.end(), derived.method), methods.end()) << derived.method;
    EXPECT_GE(derived.every, 1);
    EXPECT_NO_THROW(analysis::make_derivation(derived, 1)) << derived.method;
    const auto points = derived.inputs.find("points");
    if (points == derived.inputs.end()) continue;
    EXPECT_TRUE(std::any_of(GetParam().arrays.begin(), GetParam().arrays.end(), [&](const auto& array) { return array.name == points->second; }))
        << derived.makes << " is made of " << points->second;
  }
}

TEST_P(Spec, TheEstimateGrowsWithTheData) {
  const auto& spec = GetParam();
  ASSERT_TRUE(spec.estimate);
  const Json options = config::defaults(spec.parameters);
  const auto small = spec.estimate(options, {1000, 1000, 2}), large = spec.estimate(options, {100000, 1000, 2});
  EXPECT_GT(small.host_bytes, 0);
  EXPECT_GT(large.host_bytes, small.host_bytes);
  EXPECT_GT(large.device_bytes, small.device_bytes);
  EXPECT_GE(large.disk_bytes, small.disk_bytes);
  EXPECT_GT(small.seconds_cpu, 0);
}

INSTANTIATE_TEST_SUITE_P(AllSystems, Spec, testing::ValuesIn(plugins::all_specs()), [](const auto& info) { return info.param.id; });

}  // namespace
}  // namespace geocyte
