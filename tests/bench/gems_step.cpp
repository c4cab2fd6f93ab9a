// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's side of the card gems_step. Reads weights, batches and noise from a safetensors file, trains both networks
// through the code of the product and prints one JSON object: the loss terms of every step and the seconds per step.
// With --self it makes its own input and prints times alone.
//
// The file (compare/gems_step.py writes it; N cells, G genes, S sources, B cells a batch, T steps):
//   encoder.*, discriminator.*   weights, named as nn::state_of does     expression (N, G)      source_mean (S, G)
//   modality, patient (S)        of each source                          source (B)             of each cell of a batch
//   rows (T, B)                  cells of a batch                        keep, noise (T, 2B, G) depth (T, 2B, 1)
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "engine/core/error.h"
#include "engine/nn/generator.h"
#include "engine/nn/state.h"
#include "engine/train/tensor_file.h"
#include "plugins/gems/training_step.h"

namespace {

using namespace geocyte;
using namespace geocyte::plugins;
using Clock = std::chrono::steady_clock;
using Tensors = std::map<std::string, at::Tensor>;

constexpr int kWarmUp = 3;
/// The six terms of the seed, in the order of the table of terms.
constexpr std::array kTerms{"vicreg", "adversary", "domain_coral", "patient_coral", "source_coral", "local_align"};
constexpr std::array<double, kTerms.size()> kWeights{1, 1, 10, 100, 500, 1};

/// The preset gems/seed without dropout.
gems::GemsOptions seed_options() {
  gems::GemsOptions options;
  options.encoder.dropout = options.discriminator.dropout = 0;
  options.optimizer.lr = 1e-4;
  options.optimizer.decay = "constant";
  options.discriminator.lr = 3e-4;
  for (const gems::TermSpec& spec : gems::term_specs()) options.terms[spec.id].enabled = false;
  for (std::size_t k = 0; k < kTerms.size(); ++k) options.terms[kTerms[k]] = {true, kWeights[k], 0, 0};
  return options;
}

std::vector<std::int64_t> whole_numbers(const at::Tensor& values) {
  return {values.const_data_ptr<std::int64_t>(), values.const_data_ptr<std::int64_t>() + values.numel()};
}

/// One training run on given input.
class Run {
 public:
  Run(Tensors given, at::ScalarType dtype, int threads)
      : given_(std::move(given)),
        options_(seed_options()),
        context_(Json::object(), at::kCPU, dtype, threads, 7, {}, "", alone_),
        model_(given_.at("expression").size(1), given_.at("modality").size(0), options_, context_) {
    for (const char* name : {"expression", "source_mean", "keep", "noise", "depth"}) given_.at(name) = given_.at(name).to(dtype);
    const auto load = [&](const torch::nn::Module& network, const std::string& prefix) {
      nn::NamedTensors state;
      for (const auto& [name, tensor] : given_)
        if (name.starts_with(prefix)) state.emplace_back(name, tensor.to(dtype));
      if (!state.empty()) nn::load_state(const_cast<torch::nn::Module&>(network), state, prefix);
    };
    const auto modality = whole_numbers(given_.at("modality")), patient = whole_numbers(given_.at("patient"));
    gems::Cells cells;
    for (std::size_t s = 0; s < modality.size(); ++s) {
      cells.sources.emplace_back();
      cells.sources.back().modality = modality[s];
      cells.sources.back().patient = patient[s];
    }
    cells.patients.resize(std::set(patient.begin(), patient.end()).size());
    objective_.prepare(options_, cells, model_, context_);
    load(*model_.encoder(), "encoder.");
    load(model_.part("discriminator"), "discriminator.");
    groups_.emplace(layout(), cells, at::kCPU);
    means_ = given_.at("source_mean").index_select(0, given_.at("source"));
    batch_ = at::empty_like(means_);
    centred_ = at::empty_like(means_);
  }

  std::int64_t recorded_steps() const { return given_.at("rows").size(0); }

  /// Terms and discriminator accuracy of step t, in the order of kTerms; the host has the numbers when it returns.
  at::Tensor step(std::int64_t t) {
    const std::int64_t at = t % recorded_steps();
    at::index_select_out(batch_, given_.at("expression"), 0, given_.at("rows")[at]);
    at::sub_out(centred_, batch_, means_);
    context_.set_step(t, recorded_steps());
    const gems::StepInput input{batch_, centred_, {}, {}, {}, {given_.at("keep")[at], given_.at("depth")[at], given_.at("noise")[at]}, {}, {}};
    return gems::training_step(options_, model_, objective_, *groups_, input, context_).objective.values.to(at::kDouble);
  }

 private:
  gems::BatchLayout layout() const {
    gems::BatchLayout layout;
    for (const std::int64_t source : whole_numbers(given_.at("source"))) {
      if (layout.source.empty() || layout.source.back() != source) {
        layout.source.push_back(source);
        layout.size.push_back(0);
      }
      ++layout.size.back();
    }
    return layout;
  }

  Tensors given_;
  gems::GemsOptions options_;
  train::Collective alone_;
  train::TrainContext context_;
  gems::Model model_;
  gems::Objective objective_;
  std::optional<gems::BatchGroups> groups_;
  at::Tensor means_, batch_, centred_;
};

/// Mean seconds of `steps` steps after a warm-up.
double seconds_per_step(Run& run, std::int64_t steps) {
  for (std::int64_t t = 0; t < kWarmUp; ++t) run.step(t);
  const auto begin = Clock::now();
  for (std::int64_t t = 0; t < steps; ++t) run.step(kWarmUp + t);
  return std::chrono::duration<double>(Clock::now() - begin).count() / static_cast<double>(steps);
}

/// Six sources as the seed has them, with expression that is noise.
Tensors make_input(std::int64_t genes) {
  const at::Generator generator = nn::make_generator(7);
  constexpr std::int64_t kCells = 4000, kSteps = 4;
  std::vector<std::int64_t> source;
  for (const std::int64_t s : {0, 1, 2, 4}) source.insert(source.end(), 32, s);
  for (const std::int64_t s : {3, 5}) source.insert(source.end(), 64, s);
  const auto rows = static_cast<std::int64_t>(source.size());
  Tensors given;
  given["expression"] = at::empty({kCells, genes}).normal_(0, 1, generator).clamp_min_(0);
  given["source_mean"] = given["expression"].slice(0, 0, 6).mul(0.1);
  given["modality"] = at::tensor(std::vector<std::int64_t>{0, 0, 0, 1, 0, 1}, at::kLong);
  given["patient"] = at::tensor(std::vector<std::int64_t>{0, 0, 0, 0, 1, 1}, at::kLong);
  given["source"] = at::tensor(source, at::kLong);
  given["rows"] = at::randint(kCells, {kSteps, rows}, generator, at::TensorOptions(at::kLong));
  given["keep"] = at::empty({kSteps, 2 * rows, genes}).bernoulli_(0.8, generator);
  given["noise"] = at::empty({kSteps, 2 * rows, genes}).normal_(0, 0.01, generator);
  given["depth"] = at::empty({kSteps, 2 * rows, 1}).uniform_(0.9, 1.1, generator);
  return given;
}

void print_losses(Run& run) {
  std::string text;
  for (std::int64_t t = 0; t < run.recorded_steps(); ++t) {
    const at::Tensor values = run.step(t);
    text += t == 0 ? "[" : ", [";
    for (std::size_t k = 0; k < kTerms.size(); ++k) text += fmt::format("{}{:.17g}", k == 0 ? "" : ", ", values.const_data_ptr<double>()[k]);
    text += "]";
  }
  fmt::print("{{\"losses\": [{}]}}\n", text);
}

int run_self() {
  for (const std::int64_t genes : {500, 2000}) {
    Run run(make_input(genes), at::kFloat, 2);
    fmt::print("gems step, six losses, {} genes, batch 256, float32, 2 threads: {:.2f} ms\n", genes, 1e3 * seconds_per_step(run, 40));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  at::set_num_threads(2);
  if (argc == 2 && std::string(argv[1]) == "--self") return run_self();
  if (argc != 5) {
    fmt::print(stderr, "usage: bench_gems_step losses|time FILE float32|float64 STEPS | --self\n");
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
