// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/skill.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_eigh.h>

#include <fmt/format.h>

#include "engine/core/rng.h"
#include "engine/nn/generator.h"
#include "plugins/st_edm/geometry_scores.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::int64_t kDraws = 4;
constexpr int kFewestRounds = 40;
constexpr double kValidationLevels[] = {0.1, 0.3, 0.6, 1.2, 2.4};   // in units of S

std::vector<double> by_cell(const at::Tensor& squares) {
  const at::Tensor sums = squares.sum(-1).mean(0).to(at::kCPU, at::kDouble).contiguous();   // (n), over draws
  return {sums.const_data_ptr<double>(), sums.const_data_ptr<double>() + sums.numel()};
}

void append(std::vector<double>& to, const std::vector<double>& more) { to.insert(to.end(), more.begin(), more.end()); }

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

std::vector<float> to_floats(const at::Tensor& values) {
  const at::Tensor host = values.to(at::kCPU, at::kFloat).contiguous();
  return {host.const_data_ptr<float>(), host.const_data_ptr<float>() + host.numel()};
}

/// What is summed over cells at one level.
struct Sums {
  std::vector<double> error, nothing, all_error, all_nothing, size, true_size, f_size, f_wanted, refined, generator;
};

/// (D, count): the principal axes of one set that hold data; undefined where all do.
at::Tensor live_axes(const LiveAxes& live, const RefineSets& set) {
  if (live.count >= set.clean.size(-1)) return {};
  const at::Tensor y = (set.clean[0] - set.clean[0].mean(0)).to(at::kDouble);
  return std::get<1>(at::linalg_eigh(y.t().matmul(y))).flip(-1).narrow(-1, 0, live.count).to(set.clean.scalar_type());
}

double skip_of(double sigma, double data) { return data * data / (sigma * sigma + data * data); }

void add_denoised(Sums& sums, const Denoiser& denoiser, const RefineSets& set, double sigma, std::uint64_t seed) {
  const double data = denoiser.sigma_data(), skip = skip_of(sigma, data), out = sigma * data / std::sqrt(sigma * sigma + data * data);
  const LiveAxes live = denoiser.live();
  const at::Tensor axes = live_axes(live, set);
  const auto of_live = [&](const at::Tensor& values) { return axes.defined() ? values.matmul(axes) : values; };
  const at::Tensor x = set.clean + sigma * at::empty({kDraws, set.clean.size(1), set.clean.size(2)}, set.base.options())
                                                  .normal_(0, 1, nn::make_generator(seed, set.base.device()));
  const at::Tensor d = denoiser.denoise(set, x, at::full({kDraws}, sigma, set.base.options())), nothing = skip * x;
  append(sums.error, by_cell((of_live(d) - of_live(set.clean)).square()));
  append(sums.nothing, by_cell((skip_of(sigma, live.sigma_data) * of_live(x) - of_live(set.clean)).square()));
  append(sums.all_error, by_cell((d - set.clean).square()));
  append(sums.all_nothing, by_cell((nothing - set.clean).square()));
  append(sums.size, by_cell(d.square()));
  append(sums.true_size, by_cell(set.clean.square()));
  append(sums.f_size, by_cell((d - nothing).square() / (out * out)));
  append(sums.f_wanted, by_cell((set.clean - nothing).square() / (out * out)));
}

void add_refined(Sums& sums, const Denoiser& denoiser, const RefineSets& set, double level, std::uint64_t seed) {
  const at::Tensor truth = set.truth()[0], refined = denoiser.refined(set, level, seed);
  for (const double value : row_spearman(refined, truth)) sums.refined.push_back(1 - value);
  for (const double value : row_spearman(set.base[0], truth)) sums.generator.push_back(1 - value);
}

std::pair<double, double> quantiles(std::vector<double> values, double tail) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)]; };
  return {at(tail), at(1 - tail)};
}

void add_intervals(SkillLevel& level, const Sums& sums, int rounds, Rng& rng) {
  level.low = level.high = level.ratio;
  level.all_low = level.all_high = level.all;
  level.gain_low = level.gain_high = level.generator - level.refined;
  if (rounds < kFewestRounds) return;
  std::vector<double> ratios, all_ratios, gains;
  for (int round = 0; round < rounds; ++round) {
    double above = 0, below = 0, all_above = 0, all_below = 0, gain = 0;
    for (std::size_t i = 0; i < sums.error.size(); ++i) {
      const auto drawn = static_cast<std::size_t>(rng.below(sums.error.size()));
      above += sums.error[drawn];
      below += sums.nothing[drawn];
      all_above += sums.all_error[drawn];
      all_below += sums.all_nothing[drawn];
      gain += sums.generator[drawn] - sums.refined[drawn];
    }
    ratios.push_back(above / below);
    all_ratios.push_back(all_above / all_below);
    gains.push_back(gain / static_cast<double>(sums.error.size()));
  }
  std::tie(level.low, level.high) = quantiles(std::move(ratios), 0.025);
  std::tie(level.all_low, level.all_high) = quantiles(std::move(all_ratios), 0.025);
  std::tie(level.gain_low, level.gain_high) = quantiles(std::move(gains), 0.05);
}

}  // namespace

std::vector<double> row_spearman(const at::Tensor& places, const at::Tensor& truth) {
  return score_places(to_floats(places), places.size(1), to_floats(truth), truth.size(1), 1).row_spearman;
}

SkillPanel skill_panel(const Denoiser& denoiser, const std::vector<RefineSets>& sets, std::string split, const SkillOptions& options) {
  const at::NoGradGuard no_gradient;
  SkillPanel panel;
  panel.split = std::move(split);
  panel.sigma_data = denoiser.live().sigma_data;
  panel.of_all = denoiser.sigma_data();
  panel.live = denoiser.live().count;
  Rng rng(hash64("skill", options.seed));
  for (const double level : kSkillLevels) {
    Sums sums;
    for (const RefineSets& set : sets) {
      panel.axes = set.clean.size(-1);
      add_denoised(sums, denoiser, set, level * panel.sigma_data, rng());
      add_refined(sums, denoiser, set, level, rng());
    }
    if (options.stop.stop_requested()) return panel;
    const auto cells = static_cast<double>(sums.error.size());
    const double all_error = sum_of(sums.all_error), true_size = sum_of(sums.true_size);
    SkillLevel one;
    one.sigma = level;
    one.ratio = sum_of(sums.error) / sum_of(sums.nothing);
    one.all = all_error / sum_of(sums.all_nothing);
    one.f_ratio = std::sqrt(sum_of(sums.f_size) / sum_of(sums.f_wanted));
    one.scale = std::sqrt(sum_of(sums.size) / true_size);
    one.ceiling = std::sqrt(std::max(0.0, 1 - all_error / true_size));
    one.refined = sum_of(sums.refined) / cells;
    one.generator = sum_of(sums.generator) / cells;
    add_intervals(one, sums, options.bootstrap, rng);
    panel.cells = static_cast<std::int64_t>(sums.error.size());
    panel.levels.push_back(one);
  }
  return panel;
}

double mean_loss_ratio(const Denoiser& denoiser, const std::vector<RefineSets>& sets, std::uint64_t seed) {
  const at::NoGradGuard no_gradient;
  const LiveAxes live = denoiser.live();
  double sum = 0;
  std::uint64_t draw = seed;
  for (const double level : kValidationLevels) {
    const double sigma = level * live.sigma_data, skip = skip_of(sigma, live.sigma_data);
    double error = 0, nothing = 0;
    for (const RefineSets& set : sets) {
      const at::Tensor axes = live_axes(live, set);
      const auto of_live = [&](const at::Tensor& values) { return axes.defined() ? values.matmul(axes) : values; };
      const at::Tensor x = set.clean + sigma * at::empty_like(set.clean).normal_(0, 1, nn::make_generator(++draw, set.base.device()));
      const at::Tensor d = denoiser.denoise(set, x, at::full({x.size(0)}, sigma, set.base.options()));
      error += (of_live(d) - of_live(set.clean)).square().sum().item<double>();
      nothing += (skip * of_live(x) - of_live(set.clean)).square().sum().item<double>();
    }
    sum += error / nothing;
  }
  return sum / static_cast<double>(std::size(kValidationLevels));
}

std::vector<NamedArray> skill_arrays(const SkillPanel& panel) {
  std::vector<NamedArray> arrays;
  const auto add = [&](const char* name, double SkillLevel::*member, const std::string& caption) {
    std::vector<double> values;
    for (const SkillLevel& level : panel.levels) values.push_back(level.*member);
    arrays.push_back(make_array<double>(name, values, {static_cast<std::int64_t>(values.size())}, {"sigma"}, "values", caption));
  };
  const std::string where = panel.split + ", n = " + std::to_string(panel.cells);
  add("skill/sigma", &SkillLevel::sigma, "noise level, in units of sigma_data");
  add("skill/ratio", &SkillLevel::ratio, "L/L(F=0), " + where);
  add("skill/ratio_low", &SkillLevel::low, "95 % bootstrap of cells");
  add("skill/ratio_high", &SkillLevel::high, "95 % bootstrap of cells");
  add("skill/ratio_all", &SkillLevel::all, panel.live == panel.axes ? "the same" : fmt::format("over all {} axes, of which {} hold data", panel.axes, panel.live));
  add("skill/f_ratio", &SkillLevel::f_ratio, "rms of F over rms of the right F");
  add("skill/scale", &SkillLevel::scale, "rms of the estimate over rms of the truth");
  add("skill/scale_ceiling", &SkillLevel::ceiling, "scale of an honest mean that is as right");
  add("skill/refined", &SkillLevel::refined, "1 - row-Spearman of refined places, " + where);
  add("skill/generator", &SkillLevel::generator, "1 - row-Spearman of the generator's places, " + where);
  add("skill/gain_low", &SkillLevel::gain_low, "90 % paired bootstrap of cells");
  add("skill/gain_high", &SkillLevel::gain_high, "90 % paired bootstrap of cells");
  const std::vector<double> counts(panel.levels.size(), static_cast<double>(panel.cells));
  arrays.push_back(make_array<double>("skill/n", counts, {static_cast<std::int64_t>(counts.size())}, {"sigma"}, "values", "cells"));
  return arrays;
}

}  // namespace geocyte::plugins::st_edm
