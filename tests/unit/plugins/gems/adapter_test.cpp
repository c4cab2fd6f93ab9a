// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/adapter.h"

#include <cmath>

#include <ATen/ops/cov.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/nn/registry.h"
#include "engine/train/tensor_file.h"
#include "tests/conformance/small_run.h"

namespace geocyte::plugins::gems {
namespace {

constexpr std::int64_t kEach = 400, kDims = 4;

/// Three sources of kEach cells, a slide first, every fourth cell held out.
Cells three_sources() {
  Cells cells;
  for (std::int64_t s = 0; s < 3; ++s) {
    SourceFacts facts;
    facts.name = "source" + std::to_string(s);
    facts.modality = s == 0 ? kSpots : kSingleCells;
    facts.first = s * kEach;
    facts.size = kEach;
    cells.sources.push_back(facts);
    for (std::int64_t i = 0; i < kEach; ++i) {
      cells.source_of_cell.push_back(static_cast<std::int32_t>(s));
      (i % 4 == 0 ? cells.split.held_out : cells.split.train).push_back(s * kEach + i);
    }
  }
  return cells;
}

/// Each source with a mean and a covariance of its own.
at::Tensor apart() {
  const at::Generator generator = nn::make_generator(5);
  at::Tensor z = at::randn({3 * kEach, kDims}, generator, at::TensorOptions(at::kFloat));
  for (std::int64_t s = 0; s < 3; ++s) {
    at::Tensor rows = z.narrow(0, s * kEach, kEach);
    rows.copy_(rows.matmul(at::randn({kDims, kDims}, generator, z.options())) + 3 * static_cast<double>(s));
  }
  return z;
}

at::Tensor training_rows(const at::Tensor& z, const Cells& cells, std::size_t source) {
  return z.index_select(0, at::tensor(cells.by_source(cells.split.train)[source], at::kLong));
}

at::Tensor shrunk(const at::Tensor& covariance) {
  return covariance * 0.9 + at::eye(kDims, covariance.options()) * covariance.trace() * (0.1 / kDims);
}

TEST(Adapter, GivesEverySourceTheMomentsOfTheSlides) {
  const Cells cells = three_sources();
  const at::Tensor z = apart();
  const at::Tensor number = at::tensor(std::vector<std::int64_t>(cells.source_of_cell.begin(), cells.source_of_cell.end()), at::kLong);
  for (const char* method : {"monge", "coral"}) {
    const auto maps = fit_adapter(method, z, cells);
    const at::Tensor moved = maps->forward(z, number);
    const at::Tensor slide = training_rows(z, cells, 0);
    EXPECT_LT((training_rows(moved, cells, 0) - slide).abs().max().item<double>(), 1e-3) << "the reference stays";
    for (const std::size_t source : {1, 2}) {
      const at::Tensor own = training_rows(moved, cells, source);
      EXPECT_LT((own.mean(0) - slide.mean(0)).abs().max().item<double>(), 1e-3) << method;
      // Covariances are shrunk by a tenth before the map is made; of those the map is exact: L' S(C) L = S(C of the slides).
      const at::Tensor map = maps->linear[static_cast<std::int64_t>(source)];
      const at::Tensor given = shrunk(at::cov(training_rows(z, cells, source).t())), wanted = shrunk(at::cov(slide.t()));
      EXPECT_LT((map.t().matmul(given).matmul(map) - wanted).norm().item<double>(), 1e-3 * wanted.norm().item<double>()) << method;
    }
  }
}

TEST(Adapter, RefusesASourceOfOneCell) {
  Cells cells = three_sources();
  std::erase_if(cells.split.train, [](std::int64_t row) { return row >= 2 * kEach && row != 2 * kEach + 1; });
  EXPECT_THROW(fit_adapter("monge", apart(), cells), Error);
}

TEST(Adapter, ANormalisationBySourceAndAnAdapterBecomeOneMap) {
  const Cells cells = three_sources();
  const at::Tensor z = apart();
  const at::Tensor number = at::tensor(std::vector<std::int64_t>(cells.source_of_cell.begin(), cells.source_of_cell.end()), at::kLong);
  nn::DomainNormOptions options;
  options.width = kDims;
  options.sources = 3;
  nn::DomainNorm norm(options);
  for (std::int64_t s = 0; s < 3; ++s) {
    nn::DomainStatistics statistics;
    statistics.add(z.narrow(0, s * kEach, kEach));
    norm->set_statistics(s, statistics);
  }
  const at::Tensor normed = norm->forward(z, number).detach();
  const auto adapter = fit_adapter("monge", normed, cells);
  const auto both = exported_maps(cells, norm, adapter);
  ASSERT_TRUE(both);
  EXPECT_LT(((*both)->forward(z, number) - adapter->forward(normed, number)).abs().max().item<double>(), 1e-4);
  EXPECT_FALSE(exported_maps(cells, nn::DomainNorm(nullptr), std::nullopt));
}

double measured(const train::Evaluation& evaluation, const std::string& metric) {
  for (const auto& row : evaluation.rows)
    if (row.metric == metric && row.method == "model") return row.value;
  return std::nan("");
}

TEST(Adapter, ARunIsJudgedWithItAndHandsItOver) {
  const auto run_with = [](const char* adapter, bool source_norm) {
    auto run = std::make_unique<SmallRun>(spec_named("gems"), 6);
    SmallTissue tissue;
    tissue.cells = 120;
    tissue.platform_log_sd = 1.2;
    run->inputs = small_inputs(tissue);
    run->how.evaluate = true;
    run->set("adapter", adapter);
    run->set("encoder.source_norm", source_norm);
    run->set("validate.every", 2);
    run->set("held_out.sources", Json::array({"B_SC"}));
    return run;
  };
  const auto bare = run_with("none", false), moved = run_with("monge", false), normed = run_with("coral", true);
  const char* metric = "gates/worst_auc";   // of a fresh classifier: sources that nothing has brought together are told apart
  const auto a = bare->run(), b = moved->run(), c = normed->run();
  ASSERT_EQ(a.state, store::RunState::completed) << why(a);
  ASSERT_EQ(b.state, store::RunState::completed) << why(b);
  ASSERT_EQ(c.state, store::RunState::completed) << why(c);
  EXPECT_EQ(bare->losses(), moved->losses()) << "it acts when training is over";
  EXPECT_LT(measured(*b.evaluation, metric), measured(*a.evaluation, metric) - 0.1);
  const std::string folder = normed->sink.folder("artifacts/encoder");
  const Json artifact = Json::parse(read_file(folder + "/artifact.json"));
  EXPECT_EQ(artifact["config"]["adapter"]["method"], "coral");
  const auto module = nn::make_artifact_module(artifact["type"], artifact["config"], train::read_tensors(folder + "/weights.safetensors"));
  EXPECT_EQ(module.adapted_sources, (std::vector<std::string>{"A_ST1", "A_ST2", "A_SC", "B_SC"}));
  const std::string plain = bare->sink.folder("artifacts/encoder") + "/artifact.json";
  EXPECT_FALSE(Json::parse(read_file(plain))["config"].contains("adapter"));
}

}  // namespace
}  // namespace geocyte::plugins::gems
