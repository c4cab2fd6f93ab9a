// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/system.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "engine/train/probe.h"
#include "tests/conformance/small_run.h"

namespace geocyte::plugins::st_edm {
namespace {

using store::RunState;

/// Slides whose counts follow their places: gene g rises along a direction of its own.
train::Inputs graded_inputs() {
  train::Inputs inputs = small_inputs();
  for (std::size_t s = 0; s < inputs.sources.size(); ++s) {
    auto dataset = std::make_shared<data::Dataset>(*inputs.sources[s].dataset);
    Rng rng(hash64("graded", s));
    auto& x = std::get<data::DenseMatrix>(dataset->x);
    auto place = dataset->obsm.find("spatial");
    for (std::int64_t i = 0; i < x.rows; ++i) {
      const double a = rng.uniform(), b = rng.uniform();
      if (place != dataset->obsm.end()) {
        place->second.row(i)[0] = static_cast<float>(100 * a);
        place->second.row(i)[1] = static_cast<float>(100 * b);
      }
      for (std::int64_t g = 0; g < x.cols; ++g) {
        const double angle = 6.2831853 * static_cast<double>(g) / static_cast<double>(x.cols);
        x.row(i)[static_cast<std::size_t>(g)] = static_cast<float>(rng.poisson(10 * std::exp(1.5 * (std::cos(angle) * a + std::sin(angle) * b))));
      }
    }
    inputs.sources[s].dataset = std::move(dataset);
  }
  return inputs;
}

struct GradedRun : SmallRun {
  explicit GradedRun(int steps) : SmallRun(spec_named("st_edm"), steps) { inputs = graded_inputs(); }
};

double measured(const train::Evaluation& evaluation, const std::string& metric, const std::string& method) {
  for (const auto& row : evaluation.rows)
    if (row.metric == metric && row.method == method) return row.value;
  return std::nan("");
}

TEST(StEdm, RebuildsASlideItHasNeverSeen) {
  GradedRun run(150);
  run.how.evaluate = true;
  run.set("batch_size", 50);
  const auto outcome = run.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  EXPECT_GT(measured(*outcome.evaluation, "tissue/row_spearman", "model"), 0.7);
  EXPECT_NEAR(measured(*outcome.evaluation, "tissue/row_spearman", "chance"), 0, 0.15);
  // Plain methods learned from the same cells: this tissue is easy for those that learn.
  EXPECT_GT(measured(*outcome.evaluation, "tissue/row_spearman", "distance net"), 0.7);
  EXPECT_GT(measured(*outcome.evaluation, "tissue/row_spearman", "kernel ridge"), 0.7);
  for (const char* metric : {"row_pearson", "spearman", "pearson", "stress1", "precision_at_10_percent", "recall_at_10", "jaccard_at_10", "trustworthiness", "continuity",
                             "edge_auc", "sliced_w2", "knn_radius_w1", "rssd", "rms_error", "scale_ratio", "s2_s1", "hull_ratio", "boundary_share", "seconds"})
    EXPECT_TRUE(std::isfinite(measured(*outcome.evaluation, std::string("tissue/") + metric, "fused gw"))) << metric;
  EXPECT_NEAR(measured(*outcome.evaluation, "gain/row_spearman", "umap"),
              measured(*outcome.evaluation, "tissue/row_spearman", "model") - measured(*outcome.evaluation, "tissue/row_spearman", "umap"), 1e-9);
  ASSERT_EQ(outcome.evaluation->verdicts.size(), 4u);   // the tissue, how sure it is, whether the refiner was accepted, its skill
  for (const char* level : {"20", "50", "80", "90", "95"}) EXPECT_TRUE(std::isfinite(measured(*outcome.evaluation, std::string("calibration/coverage_") + level, "model"))) << level;
  EXPECT_NE(outcome.evaluation->verdicts[0].evidence.find("A_ST2"), std::string::npos);
}

TEST(StEdm, TheLastSlideIsHeldOutAndSaidSo) {
  GradedRun run(1);
  ASSERT_EQ(run.run().state, RunState::completed);
  const auto notes = run.sink.events("note");
  EXPECT_TRUE(std::any_of(notes.begin(), notes.end(), [](const auto& note) { return note.details["text"].template get<std::string>().find("A_ST2 is held out") != std::string::npos; }));
  const auto axes = run.sink.axes();
  const auto role = std::find_if(axes[0].labels.begin(), axes[0].labels.end(), [](const auto& label) { return label.name == "role"; });
  EXPECT_EQ(std::count(role->codes.begin(), role->codes.end(), 0), 60);
  EXPECT_EQ(std::count(role->codes.begin(), role->codes.end(), 1), 45);
  EXPECT_EQ(std::count(role->codes.begin(), role->codes.end(), 2), 75 + 30);
}

TEST(StEdm, PlacesOfAHeldOutSlideChangeNothingThatIsTrainedOrPredicted) {
  GradedRun usual(5), moved(5);
  auto dataset = std::make_shared<data::Dataset>(*moved.inputs.sources[1].dataset);
  auto& place = dataset->obsm["spatial"];
  std::reverse(place.values.begin(), place.values.end());
  moved.inputs.sources[1].dataset = dataset;
  for (auto* run : {&usual, &moved}) {
    run->how.evaluate = true;
    ASSERT_EQ(run->run().state, RunState::completed);
  }
  EXPECT_EQ(usual.losses(), moved.losses());
}

/// Every source with the embedding that `weights` made of it: places are in it.
void add_embeddings(GradedRun& run, const std::string& weights_of_last = "one") {
  for (data::Source& source : run.inputs.sources) {
    auto dataset = std::make_shared<data::Dataset>(*source.dataset);
    Rng rng(hash64("embedding", dataset->obs.index.size()));
    const auto place = dataset->obsm.find("spatial");
    data::DenseMatrix z{static_cast<std::int64_t>(dataset->obs.index.size()), 4, {}};
    for (std::int64_t i = 0; i < z.rows; ++i)
      for (int k = 0; k < 4; ++k)
        z.values.push_back(static_cast<float>((place != dataset->obsm.end() ? place->second.row(i)[static_cast<std::size_t>(k % 2)] : 0) + 5 * rng.normal()));
    dataset->obsm["X_gems"] = std::move(z);
    dataset->uns["geocyte/weights_sha256"] = &source == &run.inputs.sources.back() ? weights_of_last : "one";
    source.dataset = std::move(dataset);
  }
}

TEST(StEdm, LearnsFromWhatAnEncoderMadeOfTheCells) {
  GradedRun run(150), other(5), none(5);
  add_embeddings(run);
  add_embeddings(other, "another");
  for (GradedRun* one : {&run, &other, &none}) one->set("input.kind", "embedding");
  run.how.evaluate = true;
  run.set("batch_size", 50);
  const auto outcome = run.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  EXPECT_GT(measured(*outcome.evaluation, "tissue/row_spearman", "model"), 0.7);
  EXPECT_NE(why(other.run()).find("made by different encoders"), std::string::npos);
  EXPECT_NE(why(none.run()).find("has no obsm X_gems"), std::string::npos);
}

TEST(StEdm, SeesItsOwnComponentsBesideWhatAnEncoderMade) {
  GradedRun alone(20), beside(20), fewer(20), unasked(20), components(20);
  for (GradedRun* one : {&alone, &beside, &fewer, &unasked, &components}) add_embeddings(*one);
  for (GradedRun* one : {&alone, &beside, &fewer}) one->set("input.kind", "embedding");
  for (GradedRun* one : {&beside, &fewer, &unasked}) one->set("input.beside", "components");
  fewer.set("input.components", 5);
  for (GradedRun* one : {&alone, &beside, &fewer, &unasked, &components}) ASSERT_EQ(one->run().state, RunState::completed);
  EXPECT_NE(beside.losses(), alone.losses());
  EXPECT_NE(beside.losses(), fewer.losses());
  EXPECT_EQ(unasked.losses(), components.losses()) << "without an encoder there is nothing to stand beside";
}

TEST(StEdm, SaysWhatIsMissing) {
  GradedRun wrong(1), none(1);
  wrong.set("held_out.sources", Json::array({"A_ST9"}));
  none.set("held_out.sources", Json::array({"A_ST1", "A_ST2"}));
  const auto a = wrong.run(), b = none.run();
  ASSERT_TRUE(a.error && b.error);
  EXPECT_EQ(a.error->code(), ErrorCode::bad_config);
  EXPECT_NE(std::string(a.error->what()).find("A_ST9"), std::string::npos);
  EXPECT_EQ(b.error->code(), ErrorCode::bad_data);
}

TEST(StEdm, SnapshotsShowPredictedBesideTruePlaces) {
  GradedRun run(3);
  run.how.probes = true;
  ASSERT_EQ(run.run().state, RunState::completed);
  const auto snapshots = run.sink.snapshots();
  ASSERT_FALSE(snapshots.empty());
  const NamedArray* predicted = snapshots.back().find("coordinates/predicted");
  const NamedArray* target = snapshots.back().find("coordinates/target");
  ASSERT_TRUE(predicted && target);
  EXPECT_EQ(predicted->shape, (std::vector<std::int64_t>{210, 2}));
  for (const float value : predicted->as<float>()) EXPECT_TRUE(std::isfinite(value));
  EXPECT_TRUE(std::isfinite(target->as<float>()[2 * 60]));
  EXPECT_TRUE(std::isnan(target->as<float>()[2 * 105]));
  // At the end: samples on the places, how sure and how unlike the tissue each cell is, and what that is worth on the held-out slide.
  const NamedArray *samples = snapshots.back().find("coordinates/samples"), *uncertainty = snapshots.back().find("coordinates/uncertainty"),
                   *off = snapshots.back().find("coordinates/off_tissue"), *observed = snapshots.back().find("calibration/observed");
  ASSERT_TRUE(samples && uncertainty && off && observed);
  EXPECT_EQ(samples->shape, (std::vector<std::int64_t>{8, 210, 2}));
  EXPECT_EQ(samples->axes, (std::vector<std::string>{"sample", "cell", "xy"}));
  EXPECT_EQ(observed->shape, (std::vector<std::int64_t>{5}));
  for (const float value : uncertainty->as<float>()) EXPECT_GT(value, 0);
  for (const float value : off->as<float>()) EXPECT_TRUE(value > 0 && std::isfinite(value));
  EXPECT_EQ(snapshots.front().find("coordinates/samples"), nullptr) << "while it trains, looking at samples costs too much";
}

TEST(StEdm, WithoutARefinerTheEnsembleSaysHowSureItIs) {
  GradedRun run(60);
  run.set("refine.share", 0.0);
  run.how.probes = true;
  const auto outcome = run.run();
  ASSERT_EQ(outcome.state, RunState::completed) << why(outcome);
  const auto last = run.sink.snapshots().back();
  const NamedArray *samples = last.find("coordinates/samples"), *uncertainty = last.find("coordinates/uncertainty");
  ASSERT_TRUE(samples && uncertainty);
  EXPECT_EQ(samples->shape[0], 8);
  EXPECT_NE(samples->caption.find("the ensemble"), std::string::npos);
  for (const float value : uncertainty->as<float>()) EXPECT_GT(value, 0);
}

TEST(StEdm, AProbeRefinesFromAnyNoiseLevel) {
  GradedRun run(6);
  run.how.probes = true;
  ASSERT_EQ(run.run().state, RunState::completed);
  const Json options = run.options;
  train::TrainContext ctx(options, c10::kCPU, c10::kFloat, 1, options["seed"].get<std::uint64_t>(), {}, "", run.alone);
  ctx.set_step(6, 6);
  const auto answer = train::answer_probe(*run.system, run.spec, {{"sigma", 1.2}, {"source", "A_ST2"}}, "refine", ctx);
  ASSERT_EQ(answer.arrays.size(), 1u);
  const NamedArray& places = answer.arrays[0];
  EXPECT_EQ(places.name, "coordinates/probe");
  EXPECT_EQ(places.shape, (std::vector<std::int64_t>{210, 2}));
  EXPECT_TRUE(std::isnan(places.as<float>()[2 * 59]));
  for (std::size_t i = 2 * 60; i < 2 * 105; ++i) EXPECT_TRUE(std::isfinite(places.as<float>()[i]));
  EXPECT_THROW(train::answer_probe(*run.system, run.spec, {{"sigma", 1.2}, {"source", "nowhere"}}, "refine", ctx), Error);
}

}  // namespace
}  // namespace geocyte::plugins::st_edm
