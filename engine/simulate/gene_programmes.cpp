// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/simulate/gene_programmes.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace geocyte::simulate {

namespace {

constexpr double kBaseLogSd = 1.1;
constexpr double kTypeLogSd = 0.2;
constexpr double kMarkerShare = 0.3;      // of all genes, spread evenly over the types
constexpr double kLineageShare = 0.15;
constexpr double kGradedShare = 0.15;
constexpr double kStressShare = 0.06;

}  // namespace

GeneProgrammes draw_programmes(int genes, Rng& rng) {
  GeneProgrammes out;
  for (auto& row : out.rate) row.resize(static_cast<std::size_t>(genes));
  std::map<std::string, int> lineage_index;
  for (const auto& type : cell_types()) lineage_index.emplace(type.lineage, static_cast<int>(lineage_index.size()));
  for (int g = 0; g < genes; ++g) {
    out.names.push_back(fmt::format("SIM{:05}", g + 1));
    const double base = kBaseLogSd * rng.normal();
    const bool is_marker = rng.uniform() < kMarkerShare;
    const int marked = static_cast<int>(rng.below(kTypes));
    const double rise = 1.5 + 0.5 * rng.normal();
    const bool in_lineage = rng.uniform() < kLineageShare;
    const int lineage = static_cast<int>(rng.below(lineage_index.size()));
    const double shared_rise = 0.9 + 0.3 * rng.normal();
    for (int t = 0; t < kTypes; ++t) {
      double level = base + kTypeLogSd * rng.normal();
      if (is_marker && t == marked) level += rise;
      if (in_lineage && lineage_index.at(cell_types()[t].lineage) == lineage) level += shared_rise;
      out.rate[t][static_cast<std::size_t>(g)] = static_cast<float>(std::exp(level));
    }
    out.marker_of.push_back(is_marker ? cell_types()[marked].name : std::string());
    if (rng.uniform() < kGradedShare) {
      out.graded.push_back(g);
      auto& loading = out.loading.emplace_back();
      for (float& weight : loading) weight = static_cast<float>(0.6 * rng.normal());
    }
    out.stress.push_back(rng.uniform() < kStressShare);
  }
  return out;
}

std::vector<double> draw_log_factors(int genes, double log_sd, Rng& rng) {
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(genes));
  for (int g = 0; g < genes; ++g) out.push_back(log_sd * rng.normal());
  return out;
}

}  // namespace geocyte::simulate
