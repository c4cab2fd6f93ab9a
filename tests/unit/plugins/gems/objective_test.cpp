// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/objective.h"

#include <algorithm>
#include <array>

#include <ATen/ops/allclose.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine/losses/adversary.h"
#include "engine/nn/generator.h"

namespace geocyte::plugins::gems {
namespace {

/// Terms that need nothing but the batch.
constexpr std::array kTerms{"vicreg", "adversary", "domain_coral", "patient_coral", "source_coral", "local_align"};

GemsOptions small_options() {
  GemsOptions options;
  options.encoder.hidden = {6};
  options.encoder.latent = 5;
  options.discriminator.hidden = {7};
  for (const TermSpec& spec : term_specs()) options.terms[spec.id].enabled = false;
  for (const char* id : kTerms) options.term(id) = {true, 1, 0, 0};
  return options;
}

/// Two slides and two suspensions; `patients` of the four sources.
struct Setting {
  Cells cells;
  BatchLayout layout{{0, 1, 2, 3}, {6, 6, 6, 6}};
  GemsOptions options = small_options();
  train::Collective alone;
  train::TrainContext context{Json::object(), c10::kCPU, c10::kDouble, 1, 4, {}, "", alone};
  Model model{9, 6, options, context};
  Objective objective;
  Views views;

  explicit Setting(std::vector<std::int64_t> patients = {0, 0, 0, 1}) {
    for (std::size_t s = 0; s < 4; ++s) {
      SourceFacts facts;
      facts.modality = s < 2 ? kSpots : kSingleCells;
      facts.patient = patients[s];
      cells.sources.push_back(facts);
    }
    cells.patients = {"A", "B"};
    const at::Generator generator = nn::make_generator(4);
    const auto draw = [&](std::int64_t cols) { return at::randn({24, cols}, generator, at::TensorOptions(at::kDouble)); };
    views = {draw(5).requires_grad_(), draw(5).requires_grad_(), draw(9), draw(9), {}};
    objective.prepare(options, cells, model, context);
  }
  Objective::Value evaluate(std::int64_t step = 0, bool training = true) {
    return objective.evaluate(options, step, views, BatchGroups(layout, cells, c10::kCPU), training);
  }
  at::Tensor gradient() {
    views.z1.mutable_grad() = at::Tensor();
    torch::autograd::backward({evaluate().total}, {});
    return views.z1.grad().clone();
  }
  void only(const std::string& id, double weight) {
    for (const char* other : kTerms) options.term(other).enabled = other == id;
    options.term(id).weight = weight;
  }
};

TEST(Objective, IsTheWeightedSumOfItsTerms) {
  Setting setting;
  double weight = 0.5;
  for (const char* id : kTerms) setting.options.term(id).weight = weight *= 2;
  const auto value = setting.evaluate();
  ASSERT_EQ(value.terms.size(), kTerms.size());
  double sum = 0;
  for (std::size_t i = 0; i < value.terms.size(); ++i) sum += value.weights[i] * value.values[static_cast<std::int64_t>(i)].item<double>();
  EXPECT_NEAR(value.total.item<double>(), sum, 1e-10 * std::abs(sum));
}

TEST(Objective, ATermGrowsInAStraightLineFromItsStart) {
  Setting setting;
  setting.only("domain_coral", 8);
  setting.options.term("domain_coral").warmup_start = 10;
  setting.options.term("domain_coral").warmup_steps = 4;
  EXPECT_FALSE(setting.evaluate(10).total.defined());
  EXPECT_EQ(setting.evaluate(10).terms.size(), 1u) << "its curve is shown before it has weight";
  EXPECT_DOUBLE_EQ(setting.evaluate(11).weights[0], 2);
  EXPECT_DOUBLE_EQ(setting.evaluate(14).weights[0], 8);
  EXPECT_DOUBLE_EQ(setting.evaluate(400).weights[0], 8);
  EXPECT_DOUBLE_EQ(setting.evaluate(0, false).weights[0], 8);
}

TEST(Objective, TheAnchorIsTheMeanWayFromTheLinearEmbeddingAndSpotsGoForLess) {
  Setting setting;
  const auto anchor = [&] {
    for (const char* other : kTerms) setting.options.term(other).enabled = false;
    setting.options.term("anchor").enabled = true;
    setting.objective.prepare(setting.options, setting.cells, setting.model, setting.context);
    return setting.evaluate();
  };
  EXPECT_TRUE(anchor().absent.contains("anchor")) << "there is no linear embedding";
  setting.views.base = setting.views.z1.detach() - 2;
  setting.views.base.narrow(0, 0, 12).add_(1);   // spots have moved by 1, cells by 2 in each dimension
  setting.options.term("anchor").own["spots"] = 0.5;
  EXPECT_NEAR(anchor().values[0].item<double>(), (0.5 * 1 + 4) / 2, 1e-12);
}

TEST(Objective, ADisabledTermIsNotThere) {
  Setting setting;
  setting.options.term("local_align").enabled = false;
  const auto value = setting.evaluate();
  EXPECT_TRUE(std::none_of(value.terms.begin(), value.terms.end(), [](const TermSpec* term) { return term->id == "local_align"; }));
  EXPECT_TRUE(value.absent.empty());
}

TEST(Objective, PatientCoralSaysWhyItIsOffWhereOnePatientHasSingleCells) {
  Setting setting({0, 1, 0, 0});
  const auto value = setting.evaluate();
  ASSERT_TRUE(value.absent.contains("patient_coral"));
  EXPECT_NE(value.absent.at("patient_coral").find("patient"), std::string::npos) << value.absent.at("patient_coral");
}

TEST(Objective, DomainTermsSayWhyTheyAreOffWithOneModality) {
  Setting setting;
  for (auto& source : setting.cells.sources) source.modality = kSpots;
  const auto value = setting.evaluate();
  EXPECT_TRUE(value.absent.contains("adversary"));
  EXPECT_TRUE(value.absent.contains("domain_coral"));
  EXPECT_FALSE(value.absent.contains("source_coral"));
}

TEST(Objective, TheAdversaryPushesTheEncoderUphill) {
  Setting setting;
  setting.only("adversary", 3);
  const at::Tensor reversed = setting.gradient();
  const at::Tensor z = setting.views.z1.detach().clone().requires_grad_();
  const losses::Groups modality(setting.layout.spread(setting.cells.modality_of_source()), 2);
  torch::autograd::backward({*losses::balanced_cross_entropy(dynamic_cast<const nn::MlpImpl&>(setting.model.part("discriminator")).forward(z), modality).value}, {});
  EXPECT_TRUE(at::allclose(reversed, -3 * z.grad(), 1e-10, 1e-14));
}

TEST(Objective, TheGradientIsLinearInTheWeights) {
  Setting setting;
  at::Tensor sum;
  for (const char* id : kTerms) {
    setting.only(id, 2);
    const at::Tensor one = setting.gradient();
    sum = sum.defined() ? sum + one : one;
  }
  for (const char* id : kTerms) setting.options.term(id) = {true, 2, 0, 0};
  EXPECT_TRUE(at::allclose(setting.gradient(), sum, 1e-9, 1e-12));
}

}  // namespace
}  // namespace geocyte::plugins::gems
