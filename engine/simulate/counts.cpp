// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/simulate/counts.h"

#include <cmath>

namespace geocyte::simulate {

namespace {

/// Factor of each gene at a place: exp(loading . gradients) of the graded genes, times the factor of the source.
void place_factor(const RowTruth& row, const GeneProgrammes& genes, const CountModel& model, std::vector<float>& out) {
  out = model.factor;
  for (std::size_t i = 0; i < genes.graded.size(); ++i) {
    double exponent = 0;
    for (int k = 0; k < kGradients; ++k) exponent += genes.loading[i][k] * row.gradients[k];
    out[static_cast<std::size_t>(genes.graded[i])] *= static_cast<float>(std::exp(exponent));
  }
}

/// sum over genes and cells of size * rate * factor: what the library is divided by.
double total_rate(const RowTruth& row, const GeneProgrammes& genes, std::span<const float> factor) {
  double total = 0;
  for (int t = 0; t < kTypes; ++t) {
    if (row.cells[t] == 0) continue;
    double sum = 0;
    for (std::size_t g = 0; g < factor.size(); ++g) sum += genes.rate[t][g] * factor[g];
    total += sum * row.cells[t] * cell_types()[t].size;
  }
  return total;
}

/// Mean profile of all rows, adding up to 1.
std::vector<double> ambient_profile(std::span<const RowTruth> rows, const GeneProgrammes& genes, const CountModel& model) {
  std::array<double, kTypes> cells{};
  for (const auto& row : rows)
    for (int t = 0; t < kTypes; ++t) cells[t] += row.cells[t] * cell_types()[t].size;
  std::vector<double> profile(model.factor.size());
  double sum = 0;
  for (std::size_t g = 0; g < profile.size(); ++g) {
    for (int t = 0; t < kTypes; ++t) profile[g] += cells[t] * genes.rate[t][g];
    sum += profile[g] *= model.factor[g];
  }
  for (double& share : profile) share /= sum;
  return profile;
}

}  // namespace

data::CsrMatrix draw_counts(std::span<const RowTruth> rows, const GeneProgrammes& genes, const CountModel& model, Rng& rng) {
  data::CsrMatrix out;
  out.rows = static_cast<std::int64_t>(rows.size());
  out.cols = genes.size();
  out.indptr.push_back(0);
  const auto ambient = ambient_profile(rows, genes, model);
  std::vector<float> factor;
  for (const RowTruth& row : rows) {
    place_factor(row, genes, model, factor);
    const double scale = row.library * (1 - model.ambient) / total_rate(row, genes, factor);
    for (std::size_t g = 0; g < factor.size(); ++g) {
      double mean = row.library * model.ambient * ambient[g], rate = mean;
      for (int t = 0; t < kTypes; ++t) {
        if (row.cells[t] == 0) continue;
        const double part = scale * row.cells[t] * cell_types()[t].size * genes.rate[t][g] * factor[g];
        const double shape = row.cells[t] / model.dispersion;   // infinite without dispersion: plain Poisson
        mean += part;
        rate += model.dispersion > 0 ? part * rng.gamma(shape) / shape : part;
      }
      std::int64_t count = rng.poisson(rate);
      if (count > 0 && model.dropout > 0 && rng.uniform() < model.dropout * std::exp(-mean)) count = 0;
      if (count == 0) continue;
      out.indices.push_back(static_cast<std::int32_t>(g));
      out.values.push_back(static_cast<float>(count));
    }
    out.indptr.push_back(static_cast<std::int64_t>(out.indices.size()));
  }
  return out;
}

}  // namespace geocyte::simulate
