// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/evaluation.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "engine/core/text.h"
#include "plugins/st_edm/on_host.h"
#include "plugins/st_edm/tissue_scores.h"

namespace geocyte::plugins::st_edm {
namespace {

using train::Measured;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kFewestCells = 4;
constexpr double kOrdinaryTail = 0.025, kGainTail = 0.05;

struct Gain {
  std::string baseline;
  double value = 0;
  std::optional<Interval> interval;
  bool below() const { return interval ? interval->high < 0 : value < 0; }
  bool above() const { return interval ? interval->low > 0 : value > 0; }
};

/// The name of a method as a sentence writes it.
std::string written(const std::string& method) {
  if (method == "umap") return "UMAP";
  if (method == "pca") return "PCA";
  return method == "fused gw" ? "fused Gromov-Wasserstein" : method;
}

std::string at_the_start(std::string sentence) {
  if (!sentence.empty()) sentence.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence.front())));
  return sentence;
}

const Gain* worst(const std::vector<Gain>& gains) {
  const auto found = std::min_element(gains.begin(), gains.end(), [](const Gain& a, const Gain& b) { return a.value < b.value; });
  return found == gains.end() ? nullptr : &*found;
}

store::Verdict verdict(const ScoredMethod& model, const std::vector<Gain>& global, const std::vector<Gain>& local, const std::vector<std::string>& left_out,
                       const std::string& split) {
  store::Verdict made;
  made.id = "tissue/evaluation";
  made.workspace = "spatial";
  const Gain *far = worst(global), *near = worst(local);
  if (!far || !near) return made;
  const double spearman = model.value(tissue_scores()[kRowSpearman]), recall = model.value(tissue_scores()[kRecall]);
  made.evidence = fmt::format("Row-Spearman {:.3f} against {:.3f} of {}; recall@10 {:.3f} against {:.3f} of {} (chance {:.3f}); n = {} cells, {}.", spearman,
                              spearman - far->value, written(far->baseline), recall, recall - near->value, written(near->baseline),
                              model.chance(tissue_scores()[kRecall]).value_or(0), model.cells(), split);
  if (!left_out.empty()) made.evidence += " Too many cells for " + listed(left_out) + ".";
  made.state = far->above() && near->above() ? "good" : far->below() || near->below() ? "bad" : "warn";
  made.headline = made.state == std::string("good")     ? "The reconstruction beats every plain method, far and near."
                  : far->below() && near->below()       ? fmt::format("The reconstruction does not beat plain methods: {} is better far, {} near.", written(far->baseline), written(near->baseline))
                  : far->below()                        ? at_the_start(written(far->baseline) + " keeps the order of distances better than the model.")
                  : near->below()                       ? at_the_start(written(near->baseline) + " finds neighbours better than the model.")
                                                        : "The reconstruction is level with the best plain method.";
  made.why = "Every number is of cells whose places training never saw, without any common frame or scale. Row-Spearman asks whether far cells are "
             "predicted far, recall@10 whether the nearest ten are found. Differences are judged by a paired bootstrap of cells (90 %).";
  return made;
}

std::vector<std::size_t> judged_sources(const Tissue& tissue) {
  std::vector<std::size_t> judged;
  for (const std::size_t s : tissue.sources_with(Role::held_out))
    if (can_be_judged(tissue.sources[s])) judged.push_back(s);
  return judged;
}

/// Empty where the method has no places for a source.
std::optional<ScoredMethod> scored(const Tissue& tissue, const Method& method, const std::vector<std::size_t>& judged, int threads, const StopToken& stop) {
  ScoredMethod made{method.name, 0, {}};
  for (const std::size_t s : judged) {
    const SourceFacts& source = tissue.sources[s];
    const auto begin = Clock::now();
    const at::Tensor places = method.places(source);
    made.seconds += method.seconds ? method.seconds(source) : std::chrono::duration<double>(Clock::now() - begin).count();
    if (!places.defined()) return {};
    const Eigen::MatrixXd predicted = to_matrix(places), truth = to_matrix(tissue.places.narrow(0, source.first, source.size));
    auto geometry = stats::score_geometry(predicted, truth, {.threads = threads, .stop = stop});
    if (!geometry) return {};
    made.by_source.push_back({std::move(*geometry), stats::score_layout(predicted, truth)});
  }
  return made;
}

}  // namespace

bool can_be_judged(const SourceFacts& source) { return source.size >= kFewestCells; }

train::Evaluation evaluate_places(const Tissue& tissue, const std::vector<Method>& methods, const train::EvaluationRequest& request, int threads,
                                  const StopToken& stop) {
  train::Evaluation evaluation;
  const auto judged = judged_sources(tissue);
  if (judged.empty()) return evaluation;
  std::vector<ScoredMethod> results;
  std::vector<bool> plain;
  std::vector<std::string> left_out;
  for (const Method& method : methods) {
    auto result = scored(tissue, method, judged, threads, stop);
    if (stop.stop_requested()) return {};
    if (!result) {
      left_out.push_back(method.name);
      continue;
    }
    results.push_back(std::move(*result));
    plain.push_back(method.plain);
  }
  if (results.empty()) return evaluation;
  std::vector<std::int64_t> sizes;
  for (std::size_t s = 0; s < judged.size(); ++s) sizes.push_back(results.front().cells(s));
  const CellDraws draws(sizes, request.bootstrap, request.seed);

  const auto add = [&](const std::string& metric, const ScoredMethod& of, const TissueScore& score, std::optional<std::size_t> only) {
    Measured row{metric, of.method, of.value(score, only), {}, {}, of.chance(score, only), of.cells(only), tissue.split};
    if (!std::isfinite(row.value)) return;
    if (score.cells(of.by_source.front()) && draws.enough()) {
      const Interval interval = quantiles(draws.values(of, score, only), kOrdinaryTail);
      row.low = interval.low;
      row.high = interval.high;
    }
    evaluation.rows.push_back(std::move(row));
  };
  const auto& scores = tissue_scores();
  for (const ScoredMethod& result : results) {
    for (std::size_t score = 0; score < scores.size(); ++score) {
      add(std::string("tissue/") + scores[score].name, result, scores[score], {});
      if (judged.size() < 2 || score >= kHeadlines) continue;
      for (std::size_t s = 0; s < judged.size(); ++s) add(tissue.sources[judged[s]].name + "/" + scores[score].name, result, scores[score], s);
    }
    evaluation.rows.push_back({"tissue/seconds", result.method, result.seconds, {}, {}, {}, result.cells(), tissue.split});
  }

  const ScoredMethod& model = results.front();
  /// Of one source alone.
  const auto gain_on = [&](std::size_t s, std::size_t score, const ScoredMethod& other) {
    std::vector<double> differences = draws.values(model, scores[score], s);
    const std::vector<double> theirs = draws.values(other, scores[score], s);
    for (std::size_t b = 0; b < differences.size(); ++b) differences[b] -= theirs[b];
    const Interval interval = quantiles(std::move(differences), kGainTail);
    return Measured{tissue.sources[judged[s]].name + "/gain_" + scores[score].name, other.method, model.value(scores[score], s) - other.value(scores[score], s),
                    interval.low, interval.high, 0.0, model.cells(s), tissue.split + "; 90 % paired bootstrap of cells"};
  };
  std::vector<Gain> global, local;
  for (const std::size_t score : {kRowSpearman, kRecall, kPrecision}) {
    const std::vector<double> own = draws.values(model, scores[score]);
    for (std::size_t m = 1; m < results.size(); ++m) {
      Gain gain{results[m].method, model.value(scores[score]) - results[m].value(scores[score]), {}};
      if (draws.enough()) {
        std::vector<double> differences = draws.values(results[m], scores[score]);
        for (std::size_t b = 0; b < differences.size(); ++b) differences[b] = own[b] - differences[b];
        gain.interval = quantiles(std::move(differences), kGainTail);
      }
      Measured row{std::string("gain/") + scores[score].name, gain.baseline, gain.value, {}, {}, 0.0, model.cells(), tissue.split + "; 90 % paired bootstrap of cells"};
      if (gain.interval) {
        row.low = gain.interval->low;
        row.high = gain.interval->high;
      }
      evaluation.rows.push_back(std::move(row));
      for (std::size_t s = 0; judged.size() > 1 && draws.enough() && s < judged.size(); ++s) evaluation.rows.push_back(gain_on(s, score, results[m]));
      if (plain[m] && score != kPrecision) (score == kRecall ? local : global).push_back(std::move(gain));
    }
  }
  evaluation.verdicts.push_back(verdict(model, global, local, left_out, tissue.split));
  return evaluation;
}

}  // namespace geocyte::plugins::st_edm
