// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stats/lisi.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/check.h"

namespace geocyte::stats {
namespace {

constexpr int kBisections = 60;
constexpr double kEntropyTolerance = 1e-6;

/// Weights exp(-beta d), of sum 1; returns their entropy.
double weigh(std::span<const float> distance, double beta, std::vector<double>& weight) {
  double sum = 0, moment = 0;
  weight.resize(distance.size());
  for (std::size_t j = 0; j < distance.size(); ++j) {
    const double beyond = static_cast<double>(distance[j]) - distance[0];  // nearest first: no overflow
    weight[j] = std::exp(-beta * beyond);
    sum += weight[j];
    moment += weight[j] * beyond;
  }
  for (double& value : weight) value /= sum;
  return std::log(sum) + beta * moment / sum;
}

/// Finds beta by bisection: the entropy falls from log n at 0.
void weights_of_perplexity(std::span<const float> distance, double perplexity, std::vector<double>& weight) {
  const double wanted = std::log(perplexity);
  double low = 0, high = std::numeric_limits<double>::infinity();
  const double spread = static_cast<double>(distance.back()) - distance.front();
  if (weigh(distance, 0, weight) <= wanted || !(spread > 0)) return;
  double beta = 1 / spread;
  for (int i = 0; i < kBisections; ++i) {
    const double entropy = weigh(distance, beta, weight);
    if (std::abs(entropy - wanted) < kEntropyTolerance) return;
    (entropy > wanted ? low : high) = beta;
    beta = std::isinf(high) ? 2 * beta : (low + high) / 2;
  }
}

}  // namespace

std::vector<double> lisi(const kernels::KnnGraph& graph, std::span<const std::int32_t> label, int labels,
                         double perplexity) {
  require(static_cast<std::int64_t>(label.size()) == graph.rows, "one label a row of the graph");
  require(perplexity >= 1 && labels >= 1, "LISI needs labels and a perplexity of at least 1");
  for (const std::int32_t code : label) require(code >= 0 && code < labels, "a label is in range");

  std::vector<double> result, weight, mass(static_cast<std::size_t>(labels));
  for (std::int64_t i = 0; i < graph.rows; ++i) {
    const std::int32_t* index = graph.index.data() + i * graph.k;
    const auto neighbours = static_cast<std::size_t>(std::find(index, index + graph.k, -1) - index);
    if (neighbours == 0) continue;
    weights_of_perplexity({graph.distance.data() + i * graph.k, neighbours}, perplexity, weight);
    std::fill(mass.begin(), mass.end(), 0.0);
    for (std::size_t j = 0; j < neighbours; ++j) mass[static_cast<std::size_t>(label[static_cast<std::size_t>(index[j])])] += weight[j];
    double simpson = 0;
    for (const double share : mass) simpson += share * share;
    result.push_back(1 / simpson);
  }
  return result;
}

}  // namespace geocyte::stats
