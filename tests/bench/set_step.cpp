// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's side of the card set_step: one update of a set denoiser (plugins/st_edm/refiner.h) on sets of 384 cells, with
// self-conditioning, both terms and AdamW. Prints one JSON object: the terms of every step, or the seconds per step. With --self it
// makes its own input and prints times alone.
//
// The file (compare/set_step.py writes it; T steps, b sets of n cells, F features):
//   net.*                   weights, named as nn::state_of does     base, residual (T, b, n, 2)     features (T, b, n, F)     sigma (T, b)
// Noise of step t is drawn from torch's generator with the seed t, on both sides alike.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "engine/nn/generator.h"
#include "engine/nn/state.h"
#include "engine/optim/adamw.h"
#include "engine/train/tensor_file.h"
#include "engine/train/train_context.h"
#include "plugins/st_edm/refiner.h"

namespace {

using namespace geocyte;
using namespace geocyte::plugins;
using Clock = std::chrono::steady_clock;
using Tensors = std::map<std::string, at::Tensor>;

constexpr int kWarmUp = 3;
constexpr double kSigmaData = 0.6;

/// The size of the seed's score network: 4 ISAB blocks of width 256.
st_edm::RefineOptions network() {
  st_edm::RefineOptions options;
  options.width = 64;
  options.blocks = 4;
  options.points = 32;
  options.distance = 1;
  return options;
}

class Run {
 public:
  Run(Tensors given, at::ScalarType dtype, int threads)
      : given_(std::move(given)),
        context_(Json::object(), at::kCPU, dtype, threads, 7, {}, "", alone_),
        refiner_(network(), given_.at("features").size(-1), given_.at("base").size(-1), kSigmaData, nn::make_generator(7), dtype) {
    for (const char* name : {"base", "residual", "features", "sigma"}) given_.at(name) = given_.at(name).to(dtype);
    nn::NamedTensors state;
    for (const auto& [name, tensor] : given_)
      if (name.starts_with("net.")) state.emplace_back(name, tensor.to(dtype));
    if (!state.empty()) nn::load_state(const_cast<st_edm::ScoreNetImpl&>(*refiner_.network()), state, "net.");
    optimizer_ = std::make_unique<optim::AdamW>(refiner_.network()->parameters(), torch::optim::AdamWOptions(1e-3).weight_decay(1e-2));
  }

  std::int64_t recorded_steps() const { return given_.at("base").size(0); }

  std::pair<double, double> step(std::int64_t t) {
    const std::int64_t at = t % recorded_steps();
    context_.set_step(t, recorded_steps());
    const st_edm::RefineSets known{given_.at("base")[at], given_.at("features")[at], given_.at("residual")[at]};
    const auto loss = refiner_.loss(known, given_.at("sigma")[at], true, nn::make_generator(static_cast<std::uint64_t>(at)));
    context_.update("refiner", *optimizer_, loss.denoising + network().distance * loss.distance);
    return {loss.denoising.item<double>(), loss.distance.item<double>()};
  }

 private:
  Tensors given_;
  train::Collective alone_;
  train::TrainContext context_;
  st_edm::Refiner refiner_;
  std::unique_ptr<optim::AdamW> optimizer_;
};

double seconds_per_step(Run& run, std::int64_t steps) {
  for (std::int64_t t = 0; t < kWarmUp; ++t) run.step(t);
  const auto begin = Clock::now();
  for (std::int64_t t = 0; t < steps; ++t) run.step(kWarmUp + t);
  return std::chrono::duration<double>(Clock::now() - begin).count() / static_cast<double>(steps);
}

Tensors make_input(std::int64_t sets, std::int64_t cells) {
  const at::Generator generator = nn::make_generator(7);
  Tensors given;
  given["base"] = at::empty({4, sets, cells, 2}).normal_(0, 1, generator);
  given["residual"] = at::empty({4, sets, cells, 2}).normal_(0, kSigmaData, generator);
  given["features"] = at::empty({4, sets, cells, 50}).normal_(0, 1, generator);
  given["sigma"] = at::full({4, sets}, kSigmaData);
  return given;
}

void print_losses(Run& run) {
  std::string text;
  for (std::int64_t t = 0; t < run.recorded_steps(); ++t) {
    const auto [denoising, distance] = run.step(t);
    text += fmt::format("{}[{:.17g}, {:.17g}]", t == 0 ? "" : ", ", denoising, distance);
  }
  fmt::print("{{\"losses\": [{}]}}\n", text);
}

}  // namespace

int main(int argc, char** argv) try {
  at::set_num_threads(2);
  if (argc == 2 && std::string(argv[1]) == "--self") {
    Run run(make_input(4, 384), at::kFloat, 2);
    fmt::print("set step, 4 sets of 384 cells, 4 ISAB of width 256, float32, 2 threads: {:.1f} ms\n", 1e3 * seconds_per_step(run, 10));
    return 0;
  }
  if (argc != 5) {
    fmt::print(stderr, "usage: bench_set_step losses|time FILE float32|float64 STEPS | --self\n");
    return 2;
  }
  const auto read = train::read_tensors(argv[2]);
  Run run(Tensors(read.begin(), read.end()), std::string(argv[3]) == "float64" ? at::kDouble : at::kFloat, 2);
  if (std::string(argv[1]) == "losses") print_losses(run);
  else fmt::print("{{\"seconds\": {:.9g}}}\n", seconds_per_step(run, std::atoll(argv[4])));
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
