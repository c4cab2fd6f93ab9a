// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/preprocess/hvg.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/check.h"
#include "engine/core/text.h"

namespace geocyte::preprocess {
namespace {

constexpr std::size_t kBins = 20;
constexpr double kSmallestMean = 1e-12;
constexpr double kConstant = 1e-12;  // of the squared mean: what rounding leaves of a constant gene stays far below


/// Bin of each gene by equal widths of ln(1 + mean), closed on the right.
std::vector<std::size_t> bins_of(const std::vector<double>& means) {
  std::vector<double> logs(means.size());
  std::transform(means.begin(), means.end(), logs.begin(), [](double m) { return std::log1p(std::max(m, 0.0)); });
  const auto [low, high] = std::minmax_element(logs.begin(), logs.end());
  const double width = (*high - *low) / kBins;
  std::vector<std::size_t> bins(means.size(), 0);
  if (!(width > 0)) return bins;
  for (std::size_t g = 0; g < logs.size(); ++g) {
    const double place = std::ceil((logs[g] - *low) / width) - 1;
    bins[g] = static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(kBins - 1)));
  }
  return bins;
}

std::vector<double> dispersion_scores(const GeneMoments& moments) {
  const std::size_t genes = moments.mean.size();
  std::vector<double> dispersion(genes, std::nan("")), scores(genes, std::nan(""));
  for (std::size_t g = 0; g < genes; ++g)
    if (moments.mean[g] > kSmallestMean && moments.variance[g] > kConstant * moments.mean[g] * moments.mean[g])
      dispersion[g] = std::log(moments.variance[g] / moments.mean[g]);

  const std::vector<std::size_t> bins = bins_of(moments.mean);
  std::vector<std::vector<std::size_t>> members(kBins);
  for (std::size_t g = 0; g < genes; ++g)
    if (!std::isnan(dispersion[g])) members[bins[g]].push_back(g);
  for (const auto& bin : members) {
    if (bin.empty()) continue;
    double mean = 0, squares = 0;
    for (const auto g : bin) mean += dispersion[g] / static_cast<double>(bin.size());
    for (const auto g : bin) squares += (dispersion[g] - mean) * (dispersion[g] - mean);
    const double deviation = bin.size() > 1 ? std::sqrt(squares / static_cast<double>(bin.size() - 1)) : 0;
    for (const auto g : bin) {
      if (bin.size() == 1) scores[g] = 1;
      else scores[g] = deviation > 0 ? (dispersion[g] - mean) / deviation : 0;
    }
  }
  double lowest = 0;
  for (const double score : scores)
    if (!std::isnan(score)) lowest = std::min(lowest, score);
  for (double& score : scores)
    if (std::isnan(score)) score = lowest - 1;
  return scores;
}

std::vector<double> variance_scores(const GeneMoments& moments) {
  const auto genes = static_cast<double>(moments.variance.size());
  const double mean = std::accumulate(moments.variance.begin(), moments.variance.end(), 0.0) / genes;
  std::vector<double> scores = moments.variance;
  if (mean > 0)
    for (double& score : scores) score /= mean;
  return scores;
}

}  // namespace

const char* name_of(Variability kind) { return kind == Variability::dispersion ? "dispersion" : "variance"; }

Variability variability_named(const std::string& name) {
  for (const auto kind : {Variability::dispersion, Variability::variance})
    if (name == name_of(kind)) return kind;
  throw Error(ErrorCode::bad_config, "there is no gene selection " + quoted(name),
              "Choose dispersion or variance.");
}

std::vector<double> variability_scores(const GeneMoments& moments, Variability kind) {
  require(moments.mean.size() == moments.variance.size(), "every gene has a mean and a variance");
  if (moments.mean.empty()) return {};
  return kind == Variability::dispersion ? dispersion_scores(moments) : variance_scores(moments);
}

std::vector<std::int64_t> top_genes(const std::vector<std::vector<double>>& scores,
                                    const std::vector<std::string>& names, std::int64_t count) {
  std::vector<double> total(names.size(), 0.0);
  for (const auto& source : scores) {
    require(source.size() == names.size(), "every source scores every gene");
    for (std::size_t g = 0; g < total.size(); ++g) total[g] += source[g] / static_cast<double>(scores.size());
  }
  std::vector<std::int64_t> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    if (total[a] != total[b]) return total[a] > total[b];
    return names[a] < names[b];
  });
  if (count >= 0 && static_cast<std::size_t>(count) < order.size()) order.resize(static_cast<std::size_t>(count));
  return order;
}

}  // namespace geocyte::preprocess
