// SPDX-License-Identifier: GPL-3.0-or-later
// Every registered system keeps the promises of its interface, shown on small data.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "engine/core/atomic_file.h"
#include "engine/core/text.h"
#include "tests/conformance/small_run.h"

namespace geocyte {
namespace {

using store::RunState;

class Conformance : public testing::TestWithParam<Variant> {};

bool matches(const std::string& pattern, const std::string& name) {
  return pattern.ends_with("*") ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : pattern == name;
}

/// Everything that a full run shows: names of arrays, of labels, of scalars, of checks.
struct Shown {
  std::set<std::string> raw, arrays, labels, scalars, checks;
};

Shown everything_shown(const SmallRun& run) {
  Shown shown;
  for (const auto& snapshot : run.sink.snapshots()) {
    for (const auto& array : snapshot.arrays) {
      shown.arrays.insert(array.name);
      if (snapshot.part.empty()) shown.raw.insert(array.name);
    }
    for (const auto& check : snapshot.checks) shown.checks.insert(check.id);
  }
  for (const auto& axis : run.sink.axes()) {
    shown.labels.insert(axis.name);
    for (const auto& label : axis.labels) shown.labels.insert(label.name);
  }
  for (const auto& [tag, series] : run.sink.scalars()) shown.scalars.insert(tag);
  return shown;
}

/// A run that looks at everything.
Shown shown_by(const Variant& variant) {
  VariantRun run(variant, 24);
  run.how.probes = run.how.evaluate = true;
  run.set("validate.every", 4);
  const auto outcome = run.run();
  EXPECT_EQ(outcome.state, RunState::completed) << variant.name() << ": " << why(outcome);
  return everything_shown(run);
}

/// Of every kind of model of a system: what one declares is of another one.
Shown shown_by_all(const std::string& id) {
  Shown all;
  for (const Variant& variant : variants_of(id)) {
    Shown one = shown_by(variant);
    all.raw.merge(one.raw);
    all.arrays.merge(one.arrays);
    all.labels.merge(one.labels);
    all.scalars.merge(one.scalars);
    all.checks.merge(one.checks);
  }
  return all;
}

TEST_P(Conformance, ShowsOnlyWhatItDeclares) {
  const config::SystemSpec spec = spec_named(GetParam().id);
  const Shown shown = shown_by(GetParam());
  for (const auto& tag : shown.scalars)
    EXPECT_TRUE(std::any_of(spec.metrics.begin(), spec.metrics.end(), [&](const auto& m) { return matches(m.path, tag); })) << tag << " is written but not declared";
  for (const auto& name : shown.raw)
    EXPECT_TRUE(std::any_of(spec.arrays.begin(), spec.arrays.end(), [&](const auto& a) { return a.name == name; })) << name;
}

class ConformanceOfSystem : public testing::TestWithParam<std::string> {};

TEST_P(ConformanceOfSystem, ShowsWhatItDeclaresAndWhatItsViewsBind) {
  const config::SystemSpec spec = spec_named(GetParam());
  const Shown shown = shown_by_all(GetParam());
  for (const auto& metric : spec.metrics)
    EXPECT_TRUE(std::any_of(shown.scalars.begin(), shown.scalars.end(), [&](const auto& tag) { return matches(metric.path, tag); }))
        << metric.path << " is declared but never written";
  for (const auto& array : spec.arrays) EXPECT_TRUE(shown.raw.contains(array.name)) << array.name;
  for (const auto& view : spec.views)
    for (const auto& [role, value] : view.bindings) {
      double number = 0;
      if (parse_number(value, number)) continue;
      if (role.starts_with("name") || role.starts_with("title")) continue;   // words for people
      for (const auto& name : split(value, ',')) {
        const auto same = [&](const std::string& other) { return matches(name, other); };
        EXPECT_TRUE(std::any_of(shown.arrays.begin(), shown.arrays.end(), same) || std::any_of(shown.labels.begin(), shown.labels.end(), same) ||
                    std::any_of(shown.checks.begin(), shown.checks.end(), same) ||
                    std::any_of(shown.scalars.begin(), shown.scalars.end(), same))
            << view.title << " binds " << role << " to " << name;
      }
    }
}

TEST_P(Conformance, EvaluatesEveryDeclaredBaselineBesideTheModel) {
  VariantRun run(GetParam(), 8);
  run.how.evaluate = true;
  const auto outcome = run.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  ASSERT_TRUE(outcome.evaluation);
  std::set<std::string> methods;
  for (const auto& row : outcome.evaluation->rows) {
    methods.insert(row.method);
    EXPECT_GT(row.n, 0) << row.metric;
    EXPECT_FALSE(row.split.empty()) << row.metric;
    EXPECT_TRUE(std::isfinite(row.value)) << row.metric << " of " << row.method;
    if (row.low && row.high) {
      EXPECT_LE(*row.low, *row.high) << row.metric;
    }
  }
  EXPECT_TRUE(methods.contains("model"));
  for (const auto& baseline : run.spec.baselines) EXPECT_TRUE(methods.contains(baseline.name)) << baseline.name;
}

TEST_P(Conformance, TheSameSeedGivesTheSameFirstTwentySteps) {
  VariantRun a(GetParam(), 20), b(GetParam(), 20), c(GetParam(), 20);
  c.set("seed", 12345);
  for (SmallRun* run : {&a, &b, &c}) ASSERT_EQ(run->run().state, RunState::completed);
  EXPECT_EQ(a.losses().size(), 20u);
  EXPECT_EQ(a.losses(), b.losses());
  EXPECT_NE(a.losses(), c.losses());
}

TEST_P(Conformance, LookingChangesNothing) {
  VariantRun looked_at(GetParam(), 12), alone(GetParam(), 12);
  looked_at.how.probes = true;
  looked_at.set("snapshot.every_s", 0.1);
  looked_at.set("validate.every", 2);
  // Validation that chooses what a next stage builds on is a part of training; then how often it is asked counts.
  for (VariantRun* run : {&looked_at, &alone})
    if (run->has("best.end")) run->set("best.end", false);
  ASSERT_EQ(looked_at.run().state, RunState::completed);
  ASSERT_EQ(alone.run().state, RunState::completed);
  EXPECT_GT(looked_at.sink.snapshots().size(), 2u);
  EXPECT_EQ(looked_at.losses(), alone.losses());
}

TEST_P(Conformance, StopsWithinOneStepAndResumesBitForBit) {
  VariantRun whole(GetParam(), 16), first(GetParam(), 16), second(GetParam(), 16);
  ASSERT_EQ(whole.run().state, RunState::completed);
  first.stop_after(7);
  const auto stopped = first.run();
  ASSERT_EQ(stopped.state, RunState::stopped) << why(stopped);
  EXPECT_EQ(stopped.step, 7);
  second.how.resume_from = first.checkpoint(7);
  const auto outcome = second.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  auto joined = first.losses();
  for (const auto& point : second.losses()) joined.push_back(point);
  EXPECT_EQ(joined, whole.losses());
  EXPECT_EQ(read_file(second.checkpoint(16) + "/model.safetensors"), read_file(whole.checkpoint(16) + "/model.safetensors"));
}

/// With best.end a stage ends on the weights of its best step, which validation chooses: that is repeated by whoever is looked at, stopped and resumed.
TEST_P(Conformance, AStageThatEndsOnItsBestStepIsResumedBitForBit) {
  VariantRun whole(GetParam(), 16);
  if (!whole.has("best.end")) GTEST_SKIP() << "its runs end on their last step";
  const auto choosing = [](VariantRun& run) {
    run.set("best.end", true);
    run.set("validate.every", 1);
  };
  choosing(whole);
  ASSERT_EQ(whole.run().state, RunState::completed);
  for (const std::int64_t step : {5, 11}) {
    VariantRun first(GetParam(), 16), second(GetParam(), 16);
    choosing(first);
    choosing(second);
    first.how.probes = second.how.probes = true;
    first.set("snapshot.every_s", 0.1);
    first.stop_after(step);
    ASSERT_EQ(first.run().state, RunState::stopped);
    // The best step may be of before the break: its checkpoint goes with the run.
    for (const auto& one : std::filesystem::directory_iterator(first.sink.folder("checkpoints")))
      std::filesystem::copy(one.path(), second.sink.folder("checkpoints") + "/" + one.path().filename().string(), std::filesystem::copy_options::recursive);
    second.how.resume_from = second.checkpoint(step);
    const auto outcome = second.run();
    ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
    auto joined = first.losses();
    for (const auto& point : second.losses()) joined.push_back(point);
    EXPECT_EQ(joined, whole.losses()) << step;
    EXPECT_EQ(read_file(second.checkpoint(16) + "/model.safetensors"), read_file(whole.checkpoint(16) + "/model.safetensors")) << step;
  }
}

/// Keys that change how a run is fed, watched or kept, not what it computes. Names of sources cannot be made up.
const std::set<std::string> kNotAboutTheLoss = {"data_folder", "sources",        "held_out.sources", "held_out.coordinates", "input.embedding", "device",           "threads",       "snapshot.every_s",
                                                "snapshot.max", "snapshot.max_mb", "analysis.share", "checkpoint.every", "validate.every",
                                                "best.metric", "best.end", "early_stop.patience",
                                                "adapter"};  // acts when training is over

/// Keys that act only where two slides are learned from: tried with no slide held out, and seen in the losses or in what the run found out about the model it hands on.
const std::set<std::string> kOfTwoSlides = {"heads.missed", "refine.crossed"};
const Json kNoSlide = Json::array({"A_SC"});

Json another_value(const config::Parameter& parameter, const Json& value) {
  switch (parameter.type) {
    case config::ParameterType::boolean: return !value.get<bool>();
    case config::ParameterType::integer: {
      const auto more = value.get<std::int64_t>() + 2;
      return parameter.maximum && static_cast<double>(more) > *parameter.maximum ? value.get<std::int64_t>() - 2 : more;
    }
    case config::ParameterType::number: {
      const double more = value.get<double>() * 1.5 + 0.01;
      return parameter.maximum && more > *parameter.maximum ? value.get<double>() * 0.5 : more;
    }
    case config::ParameterType::choice: return parameter.choices.front() == value.get<std::string>() ? parameter.choices.back() : parameter.choices.front();
    case config::ParameterType::list: {
      Json list = value;
      list.push_back(4);
      return list;
    }
    default: return value;
  }
}

/// An evaluation without what a clock measured.
Json reproducible(const train::Evaluation& evaluation) {
  train::Evaluation kept = evaluation;
  std::erase_if(kept.rows, [](const train::Measured& row) { return row.metric.ends_with("/seconds"); });
  return kept.to_json();
}

/// What a run's artifacts say of themselves, without their configuration.
std::map<std::string, Json> about_artifacts(VariantRun& run) {
  std::map<std::string, Json> about;
  for (const auto& entry : std::filesystem::directory_iterator(run.sink.folder("artifacts")))
    about[entry.path().filename().string()] = Json::parse(read_file(entry.path() / "artifact.json")).at("about");
  return about;
}

/// Whether a key is to be tried with a kind of model: one that acts with some kind only, with that kind; any other with the default one.
bool tried_with(const config::Parameter& parameter, const Variant& variant, const Json& options) {
  if (parameter.only_with.empty()) return variant.kind.empty();
  const auto equal = parameter.only_with.find('=');
  EXPECT_TRUE(equal != std::string::npos && config::find(options, parameter.only_with.substr(0, equal))) << parameter.path << " acts only with " << parameter.only_with << ", which is no choice";
  return config::acts(parameter, options);
}

TEST_P(Conformance, NoKeyIsDead) {
  constexpr int kSteps = 6;
  VariantRun whole(GetParam(), kSteps), of_two(GetParam(), kSteps);
  whole.how.evaluate = true;
  const auto of_whole = whole.run();
  ASSERT_EQ(of_whole.state, RunState::completed) << why(of_whole);
  bool of_two_ran = false;
  for (const config::Parameter& parameter : whole.spec.parameters) {
    if (kNotAboutTheLoss.contains(parameter.path) || !tried_with(parameter, GetParam(), whole.options)) continue;
    const bool two_slides = kOfTwoSlides.contains(parameter.path);
    if (two_slides && !of_two_ran) {
      of_two.set("held_out.sources", kNoSlide);
      of_two_ran = true;
      ASSERT_EQ(of_two.run().state, RunState::completed) << parameter.path;
    }
    VariantRun& reference = two_slides ? of_two : whole;
    const auto changed = [&](bool evaluate) {
      VariantRun run(GetParam(), kSteps);
      if (two_slides) run.set("held_out.sources", kNoSlide);
      run.how.evaluate = evaluate;
      run.set(parameter.path, another_value(parameter, *config::find(run.options, parameter.path)));
      const auto outcome = run.run();
      EXPECT_EQ(outcome.state, RunState::completed) << parameter.path << ": " << why(outcome);
      if (two_slides) return run.losses() != reference.losses() || about_artifacts(run) != about_artifacts(reference);
      return run.losses() != reference.losses() || (outcome.evaluation && reproducible(*outcome.evaluation) != reproducible(*of_whole.evaluation));
    };
    // What is only made of the finished model shows in its evaluation.
    EXPECT_TRUE(changed(false) || changed(true)) << parameter.path << " changes nothing";
  }
}

TEST_P(Conformance, TheArtifactsCanBeBuiltAndRun) {
  VariantRun run(GetParam(), 4);
  ASSERT_EQ(run.run().state, RunState::completed);
  int artifacts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(run.sink.folder("artifacts"))) {
    const Json artifact = Json::parse(read_file(entry.path() / "artifact.json"));
    EXPECT_EQ(artifact["step"], 4);
    EXPECT_FALSE(artifact["weights"]["sha256"].get<std::string>().empty());
    ++artifacts;
  }
  EXPECT_GT(artifacts, 0);
}

std::vector<std::string> all_ids() {
  std::vector<std::string> ids;
  for (const auto& spec : plugins::all_specs()) ids.push_back(spec.id);
  return ids;
}

std::vector<Variant> all_variants() {
  std::vector<Variant> variants;
  for (const std::string& id : all_ids())
    for (Variant& variant : variants_of(id)) variants.push_back(std::move(variant));
  return variants;
}

INSTANTIATE_TEST_SUITE_P(AllSystems, Conformance, testing::ValuesIn(all_variants()), [](const auto& info) { return info.param.name(); });
INSTANTIATE_TEST_SUITE_P(AllSystems, ConformanceOfSystem, testing::ValuesIn(all_ids()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace geocyte
