// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/calibration.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/geometry/rigid.h"

namespace geocyte::plugins::st_edm {
namespace {

constexpr std::size_t kFewestCells = 20, kFewestOfSlide = 5, kMostOfSlide = 1500;
constexpr std::int64_t kMostOfMissed = 600;
constexpr double kLeastSpread = 0.05;      // of the mean: no cell is that sure
/// Quantiles of chi-squared at kCoverageLevels.
constexpr std::array<double, 5> kChi2{0.4462871, 1.3862944, 3.2188758, 4.6051702, 5.9914645}, kChi3{1.0051740, 2.3659739, 4.6416277, 6.2513886, 7.8147279};

Calibration normal_law(std::int64_t dims) {
  Calibration made;
  for (std::size_t p = 0; p < kCoverageLevels.size(); ++p) made.multiple[p] = std::sqrt((dims == 3 ? kChi3 : kChi2)[p] / static_cast<double>(dims));
  return made;
}

std::pair<double, double> wilson(double share, double n) {
  constexpr double z = 1.959964;
  const double middle = (share + z * z / (2 * n)) / (1 + z * z / n), half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

std::vector<double> to_doubles(const at::Tensor& values) {
  const at::Tensor host = values.to(at::kCPU, at::kDouble).contiguous();
  return {host.const_data_ptr<double>(), host.const_data_ptr<double>() + host.numel()};
}

store::Verdict coverage_verdict(const CoverageCurve& curve) {
  store::Verdict verdict;
  verdict.id = "calibration/coverage";
  verdict.workspace = "spatial";
  const std::size_t ninety = 3;
  const double seen = curve.observed[ninety];
  const bool holds = curve.low[ninety] <= 0.9 && curve.high[ninety] >= 0.9, close = std::abs(seen - 0.9) < 0.05;
  verdict.state = holds || close ? "good" : seen > 0.9 ? "neutral" : seen > 0.8 ? "warn" : "bad";   // too large a circle misleads nobody
  verdict.headline = holds || close ? fmt::format("The 90 % circles hold {:.0f} % of the true places.", 100 * seen)
                     : seen < 0.9   ? fmt::format("The run is too sure: its 90 % circles hold {:.0f} % of the true places.", 100 * seen)
                                    : fmt::format("The run is less sure than it could be: its 90 % circles hold {:.0f} % of the true places.", 100 * seen);
  verdict.evidence = "Nominal and observed:";
  for (std::size_t p = 0; p < curve.nominal.size(); ++p)
    verdict.evidence += fmt::format("{} {:.0f} % {:.0f} [{:.0f}, {:.0f}]", p == 0 ? "" : ",", 100 * curve.nominal[p], 100 * curve.observed[p], 100 * curve.low[p], 100 * curve.high[p]);
  verdict.evidence += fmt::format("; n = {} cells, {}.", curve.cells, curve.split);
  verdict.why = curve.missed ? "Circles are as large as the error on training slides says, each laid out by networks that had never seen it. They knew a slide less than the model that is shown, so "
                               "circles may be too large."
                             : "Circles are as large as the error of validation cells of the training slides says. On a slide that was never seen errors can be larger: then fewer true places lie "
                               "inside. With two training slides, heads.missed calibrates by networks that have not seen them.";
  return verdict;
}

}  // namespace

void ErrorsAndSpreads::add(const at::Tensor& places, const at::Tensor& truth, const at::Tensor& of_cells) {
  const at::Tensor onto = truth.to(at::kCPU, at::kFloat), laid = geometry::fit_rigid(places, onto).apply(places);
  const std::vector<double> errors = to_doubles((laid - onto).square().sum(-1).sqrt()), spreads = to_doubles(of_cells);
  double mean = 0;
  for (const double s : spreads) mean += s / static_cast<double>(spreads.size());
  error.insert(error.end(), errors.begin(), errors.end());
  for (const double s : spreads) spread.push_back(std::max({s, kLeastSpread * mean, 1e-12}));
}

Calibration fit_calibration(const ErrorsAndSpreads& validation, std::int64_t dims) {
  Calibration made = normal_law(dims);
  const std::size_t n = validation.error.size();
  if (n < kFewestCells) return made;
  double errors = 0, spreads = 0;
  for (std::size_t i = 0; i < n; ++i) {
    errors += validation.error[i] * validation.error[i];
    spreads += validation.spread[i] * validation.spread[i];
  }
  made.cells = static_cast<std::int64_t>(n);
  made.factor = std::sqrt(errors / spreads);
  if (!(made.factor > 0)) made.factor = 1;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < n; ++i) ratios.push_back(validation.error[i] / (made.factor * validation.spread[i]));
  std::sort(ratios.begin(), ratios.end());
  for (std::size_t p = 0; p < kCoverageLevels.size(); ++p) {
    const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(n + 1) * kCoverageLevels[p]));
    made.multiple[p] = ratios[std::min(rank, n) - 1];
  }
  return made;
}

Calibration calibrate(const Placing& placing, std::uint64_t seed, int threads, const StopToken& stop) {
  const at::NoGradGuard no_gradient;
  ErrorsAndSpreads validation;
  Placing judged = placing;
  judged.by = By::unseen;
  for (std::size_t s = 0; s < placing.tissue.validation_rows.size(); ++s) {
    const SourceFacts& source = placing.tissue.sources[s];
    CellSet cells{source.name + "/validation", placing.tissue.validation_rows[s]};
    if (placing.generator.misses(s)) cells.rows = some_rows(source, kMostOfMissed, seed);
    if (cells.rows.size() < kFewestOfSlide) continue;
    cells.rows.resize(std::min(cells.rows.size(), kMostOfSlide));
    const at::Tensor places = judged.places(cells, seed, threads, stop), samples = judged.samples(cells, places, seed, stop);
    if (stop.stop_requested()) break;
    const at::Tensor at_rows = at::tensor(cells.rows, at::kLong).to(placing.tissue.places.device());
    validation.add(places, placing.tissue.places.index_select(0, at_rows), spread_about(samples, places));
  }
  Calibration made = fit_calibration(validation, placing.tissue.dims);
  made.missed = made.cells > 0 && placing.generator.misses();
  return made;
}

std::string Calibration::of_what() const { return missed ? "cells of training slides, by networks that had not seen them" : "validation cells of the training slides"; }

Json Calibration::to_json() const { return {{"factor", factor}, {"levels", kCoverageLevels}, {"multiples", multiple}, {"cells", cells}, {"missed", missed}}; }

Calibration Calibration::from_json(const Json& json) {
  Calibration made;
  try {
    made.factor = json.at("factor").get<double>();
    made.multiple = json.at("multiples").get<std::array<double, 5>>();
    made.cells = json.at("cells").get<std::int64_t>();
    made.missed = json.value("missed", false);
  } catch (const Json::exception&) {
    throw Error(ErrorCode::bad_data, "the calibration of the run is damaged", "take another checkpoint with --step");
  }
  return made;
}

CoverageCurve coverage_curve(const Calibration& calibration, const ErrorsAndSpreads& held_out, std::string split) {
  CoverageCurve curve;
  curve.split = std::move(split);
  curve.missed = calibration.missed;
  curve.cells = static_cast<std::int64_t>(held_out.error.size());
  if (curve.cells == 0) return curve;
  for (std::size_t p = 0; p < kCoverageLevels.size(); ++p) {
    double inside = 0;
    for (std::size_t i = 0; i < held_out.error.size(); ++i) inside += held_out.error[i] <= calibration.multiple[p] * calibration.factor * held_out.spread[i];
    const double share = inside / static_cast<double>(curve.cells);
    const auto [low, high] = wilson(share, static_cast<double>(curve.cells));
    curve.nominal.push_back(kCoverageLevels[p]);
    curve.observed.push_back(share);
    curve.low.push_back(low);
    curve.high.push_back(high);
  }
  return curve;
}

void show_coverage(store::Snapshot& snapshot, const CoverageCurve& curve) {
  if (curve.cells == 0) return;
  const auto add = [&](const char* name, const std::vector<double>& values, std::string caption) {
    snapshot.arrays.push_back(make_array<double>(name, values, {static_cast<std::int64_t>(values.size())}, {"level"}, "values", std::move(caption)));
  };
  add("calibration/nominal", curve.nominal, "share of true places that a circle should hold");
  add("calibration/observed", curve.observed, curve.split);
  add("calibration/low", curve.low, "95 % interval (Wilson)");
  add("calibration/high", curve.high, "95 % interval (Wilson)");
  add("calibration/n", std::vector<double>(curve.nominal.size(), static_cast<double>(curve.cells)), "cells");
  snapshot.verdicts.push_back(coverage_verdict(curve));
}

void add_coverage_rows(train::Evaluation& evaluation, const CoverageCurve& curve, const Calibration& calibration) {
  if (curve.cells == 0) return;
  for (std::size_t p = 0; p < curve.nominal.size(); ++p)
    evaluation.rows.push_back({fmt::format("calibration/coverage_{:.0f}", 100 * curve.nominal[p]), "model", curve.observed[p], curve.low[p], curve.high[p], {}, curve.cells, curve.split});
  if (calibration.cells > 0) evaluation.rows.push_back({"calibration/factor", "model", calibration.factor, {}, {}, {}, calibration.cells, calibration.of_what()});
  evaluation.verdicts.push_back(coverage_verdict(curve));
}

}  // namespace geocyte::plugins::st_edm
