// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/nn/source_maps.h"

#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/nn/domain_norm.h"
#include "engine/nn/generator.h"
#include "engine/nn/mlp.h"
#include "engine/nn/registry.h"

namespace geocyte::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed) { return at::randn(shape, make_generator(seed), at::TensorOptions(at::kDouble)); }
at::Tensor numbers(const std::vector<std::int64_t>& values) { return at::tensor(values, at::kLong); }

SourceMaps maps_of_two(std::uint64_t seed) {
  const std::vector<std::string> names{"slide", "cells"};
  SourceMaps maps(names, 3, at::kDouble);
  maps->from.copy_(normal({2, 3}, seed));
  maps->linear.copy_(normal({2, 3, 3}, seed + 1));
  maps->to.copy_(normal({2, 3}, seed + 2));
  return maps;
}

TEST(SourceMaps, BeginAsTheIdentity) {
  const auto z = normal({5, 3}, 1);
  const std::vector<std::string> names{"slide", "cells"};
  const SourceMaps maps(names, 3, at::kDouble);
  EXPECT_TRUE(maps->forward(z, numbers({0, 1, 1, 0, 1})).equal(z));
}

TEST(SourceMaps, MoveEachCellByTheMapOfItsSource) {
  const auto maps = maps_of_two(2);
  const auto z = normal({4, 3}, 9), y = maps->forward(z, numbers({1, 0, 1, 0}));
  for (std::int64_t i = 0; i < 4; ++i) {
    const std::int64_t s = i % 2 == 0 ? 1 : 0;
    const auto wanted = maps->linear[s].t().mv(z[i] - maps->from[s]) + maps->to[s];
    EXPECT_LT((y[i] - wanted).abs().max().item<double>(), 1e-12) << i;
  }
  EXPECT_LT((maps->of_source(z, "cells").slice(0, 0, 1) - y.slice(0, 0, 1)).abs().max().item<double>(), 1e-12);
  EXPECT_TRUE(maps->of_source(z, "another one").equal(z));
}

TEST(SourceMaps, TheAffineFormOfANormalisationBySourceIsItsEvaluation) {
  DomainNormOptions options;
  options.width = 3;
  options.sources = 2;
  DomainNorm norm(options, at::kDouble);
  DomainNormImpl::Measured measured;
  const auto x = normal({12, 3}, 4) * 3 + 1, labels = numbers({0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1});
  norm->forward(x, labels, measured);
  norm->absorb(measured);
  const auto affine = norm->affine();
  const auto row = [&](const at::Tensor& rows) { return rows.index_select(0, labels); };
  EXPECT_LT(((x - row(affine.mean)) * row(affine.factor) + row(affine.shift) - norm->forward(x, labels)).abs().max().item<double>(), 1e-12);
}

TEST(Registry, AnEncoderWithAnAdapterRunsBySource) {
  MlpOptions options;
  options.in = 4;
  options.hidden = {5};
  options.out = 3;
  const Mlp encoder(options, make_generator(3), at::kDouble);
  const auto maps = maps_of_two(5);
  auto state = state_of(*encoder), more = state_of(*maps, "adapter.");
  state.insert(state.end(), more.begin(), more.end());
  Json config = to_json(options);
  config["adapter"] = {{"method", "monge"}, {"sources", {"slide", "cells"}}};
  const auto artifact = make_artifact_module("expression_encoder", config, state, at::kDouble);
  const auto x = normal({6, 4}, 8);
  EXPECT_TRUE(artifact.run(x).equal(encoder->forward(x)));
  EXPECT_TRUE(artifact.run_of_source(x, "cells").equal(maps->of_source(encoder->forward(x), "cells")));
  EXPECT_TRUE(artifact.run_of_source(x, "new").equal(encoder->forward(x)));
  EXPECT_EQ(artifact.adapted_sources, (std::vector<std::string>{"slide", "cells"}));
  EXPECT_EQ(artifact.config, config);
}

TEST(Registry, AnAdapterWithoutSourcesIsRefused) {
  MlpOptions options;
  options.in = 4;
  options.out = 3;
  Json config = to_json(options);
  config["adapter"] = Json::object();
  try {
    make_artifact_module("expression_encoder", config, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_data);
    EXPECT_NE(error.message().find("does not name its sources"), std::string::npos);
  }
}

}  // namespace
}  // namespace geocyte::nn
