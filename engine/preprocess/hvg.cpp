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
constexpr double kFlat = 1e-18;      // of its square: what rounding leaves of a power of x that lower ones explain

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

double dot(const std::vector<double>& a, const std::vector<double>& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

/// Takes the part along `direction` out of `values`.
void take_out(std::vector<double>& values, const std::vector<double>& direction) {
  const double square = dot(direction, direction);
  if (!(square > 0)) return;
  const double share = dot(values, direction) / square;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= share * direction[i];
}

std::vector<double> residual_scores(const GeneMoments& moments) {
  const std::size_t genes = moments.mean.size();
  require(moments.seen.size() == genes, "every gene has a share of cells that it is seen in");
  std::vector<std::size_t> varying;
  std::vector<double> x, left;
  for (std::size_t g = 0; g < genes; ++g) {
    if (!(moments.mean[g] > kSmallestMean) || !(moments.variance[g] > kConstant * moments.mean[g] * moments.mean[g])) continue;
    varying.push_back(g);
    x.push_back(std::log(moments.mean[g]));
    left.push_back(std::log(moments.variance[g]));
  }
  std::vector<double> scores(genes, kNoResidual);
  if (varying.empty()) return scores;
  // 1, x and x^2 made orthogonal one after the other (twice, for what rounding leaves).
  std::vector<std::vector<double>> directions(3, std::vector<double>(varying.size(), 1));
  for (std::size_t power = 1; power < 3; ++power) {
    std::vector<double>& made = directions[power];
    for (std::size_t i = 0; i < x.size(); ++i) made[i] = directions[power - 1][i] * x[i];
    const double before = dot(made, made);
    for (int round = 0; round < 2; ++round)
      for (std::size_t lower = 0; lower < power; ++lower) take_out(made, directions[lower]);
    if (dot(made, made) < kFlat * before) std::fill(made.begin(), made.end(), 0.0);
  }
  for (const auto& direction : directions) take_out(left, direction);
  for (std::size_t i = 0; i < varying.size(); ++i)
    if (moments.seen[varying[i]] >= kSeldom) scores[varying[i]] = left[i];
  return scores;
}

}  // namespace

const char* name_of(Variability kind) {
  return kind == Variability::dispersion ? "dispersion" : kind == Variability::variance ? "variance" : "residual";
}

Variability variability_named(const std::string& name) {
  for (const auto kind : {Variability::dispersion, Variability::variance, Variability::residual})
    if (name == name_of(kind)) return kind;
  throw Error(ErrorCode::bad_config, "there is no gene selection " + quoted(name),
              "Choose dispersion, variance or residual.");
}

std::vector<double> variability_scores(const GeneMoments& moments, Variability kind) {
  require(moments.mean.size() == moments.variance.size(), "every gene has a mean and a variance");
  if (moments.mean.empty()) return {};
  return kind == Variability::dispersion ? dispersion_scores(moments) : kind == Variability::variance ? variance_scores(moments) : residual_scores(moments);
}

std::vector<std::int64_t> top_genes(const std::vector<std::vector<double>>& scores, const std::vector<std::string>& names,
                                    std::int64_t count, Variability kind) {
  const bool least = kind == Variability::residual && !scores.empty();
  std::vector<double> total = least ? scores.front() : std::vector<double>(names.size(), 0.0);
  for (const auto& source : scores) {
    require(source.size() == names.size(), "every source scores every gene");
    for (std::size_t g = 0; g < total.size(); ++g)
      total[g] = least ? std::min(total[g], source[g]) : total[g] + source[g] / static_cast<double>(scores.size());
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
