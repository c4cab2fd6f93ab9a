// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's side of the cards sinkhorn, mmd and coral_pairs: a loss over pairs of sources and its gradient, through the
// code of the product. Prints one JSON object with the value and the seconds of forward and backward together.
// With --self it makes its own input.
//
// The file (compare/pair_losses.py writes it): z (B, D) float32, labels (B), options () float64 named as below.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "engine/core/error.h"
#include "engine/losses/energy_distance.h"
#include "engine/losses/mmd.h"
#include "engine/losses/pairwise_coral.h"
#include "engine/losses/sinkhorn.h"
#include "engine/nn/generator.h"
#include "engine/train/tensor_file.h"

namespace {

using namespace geocyte;
using Clock = std::chrono::steady_clock;
using Tensors = std::map<std::string, at::Tensor>;

double option(const Tensors& given, const std::string& name, double otherwise) {
  const auto found = given.find(name);
  return found == given.end() ? otherwise : found->second.item<double>();
}

losses::Term loss_of(const std::string& name, const at::Tensor& z, const losses::Groups& groups, const Tensors& given) {
  if (name == "sinkhorn") {
    losses::SinkhornOptions options;
    options.blur = option(given, "blur", 0);
    options.scaling = option(given, "scaling", options.scaling);
    options.reach = option(given, "reach", 0);
    return losses::sinkhorn(z, groups, options);
  }
  if (name == "mmd" || name == "mmd_dan") {
    losses::MmdOptions options;
    options.widths = name == "mmd" ? losses::MmdWidths::median_multiples : losses::MmdWidths::mean_square;
    options.scale = option(given, "scale", 0);
    options.statistic = option(given, "biased", 0) > 0 ? losses::Statistic::biased : losses::Statistic::unbiased;
    return losses::mmd(z, groups, options);
  }
  if (name == "energy") {
    losses::EnergyDistanceOptions options;
    options.statistic = losses::Statistic::biased;
    return losses::energy_distance(z, groups, options);
  }
  if (name == "coral") return losses::pairwise_coral(z, groups);
  throw Error(ErrorCode::usage, "there is no loss '" + name + "' on a card");
}

class Bench {
 public:
  Bench(std::string loss, Tensors given)
      : loss_(std::move(loss)), given_(std::move(given)), groups_(labels_of(given_.at("labels")), given_.at("labels").max().item<std::int64_t>() + 1) {
    z_ = given_.at("z").clone().requires_grad_(true);
  }

  double step() {
    z_.mutable_grad() = at::Tensor();
    const auto term = loss_of(loss_, z_, groups_, given_);
    term.value->backward();
    return term.value->item<double>();
  }

  double seconds(std::int64_t steps) {
    step();
    const auto begin = Clock::now();
    for (std::int64_t t = 0; t < steps; ++t) step();
    return std::chrono::duration<double>(Clock::now() - begin).count() / static_cast<double>(steps);
  }

  const at::Tensor& gradient() const { return z_.grad(); }

 private:
  static std::vector<std::int64_t> labels_of(const at::Tensor& labels) {
    return {labels.const_data_ptr<std::int64_t>(), labels.const_data_ptr<std::int64_t>() + labels.numel()};
  }

  std::string loss_;
  Tensors given_;
  losses::Groups groups_;
  at::Tensor z_;
};

Tensors make_input(std::int64_t cells, std::int64_t dims, std::int64_t groups) {
  const at::Generator generator = nn::make_generator(7);
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < cells; ++i) labels.push_back(i * groups / cells);
  return {{"z", at::randn({cells, dims}, generator)}, {"labels", at::tensor(labels, at::kLong)}};
}

int run_self() {
  for (const auto& [loss, cells, groups] : {std::tuple{"sinkhorn", 2048, 2}, {"sinkhorn", 256, 6}, {"mmd", 2048, 2}, {"mmd", 256, 6}, {"energy", 2048, 2}, {"coral", 256, 6}}) {
    Bench bench(loss, make_input(cells, 128, groups));
    fmt::print("{} over {} groups, {} cells in all, 128 dimensions, float32, 2 threads: {:.3f} ms\n", loss, groups, cells, 1e3 * bench.seconds(20));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  at::set_num_threads(2);
  if (argc == 2 && std::string(argv[1]) == "--self") return run_self();
  if (argc != 4 && argc != 5) {
    fmt::print(stderr, "usage: bench_pair_losses sinkhorn|mmd|mmd_dan|energy|coral FILE STEPS [GRADIENT_FILE] | --self\n");
    return 2;
  }
  const auto read = train::read_tensors(argv[2]);
  Bench bench(argv[1], Tensors(read.begin(), read.end()));
  const double seconds = bench.seconds(std::atoll(argv[3]));
  fmt::print("{{\"seconds\": {:.9g}, \"value\": {:.9g}}}\n", seconds, bench.step());
  if (argc == 5) train::write_tensors(argv[4], {{"gradient", bench.gradient()}});
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
