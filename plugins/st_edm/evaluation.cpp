// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/evaluation.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "engine/core/rng.h"
#include "plugins/st_edm/geometry_scores.h"

namespace geocyte::plugins::st_edm {
namespace {

using train::Measured;

constexpr std::size_t kRowSpearman = 0, kRecall = 1, kPrecision = 2, kScores = 3;
constexpr const char* kScoreNames[kScores] = {"row_spearman", "recall_at_10", "precision_at_10_percent"};

struct Interval {
  double low = 0, high = 0;
};

Interval quantiles(std::vector<double> values, double tail) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)]; };
  return {at(tail), at(1 - tail)};
}

/// The scores of one method: by source.
struct Scored {
  std::string method;
  std::vector<GeometryScores> by_source;

  const std::vector<double>& cells(std::size_t source, std::size_t score) const {
    return score == kRowSpearman ? by_source[source].row_spearman : by_source[source].recall;
  }
  double value(std::size_t source, std::size_t score) const {
    return score == kPrecision ? by_source[source].precision : mean_of(cells(source, score));
  }
  double value(std::size_t score) const {
    double sum = 0;
    for (std::size_t s = 0; s < by_source.size(); ++s) sum += value(s, score);
    return sum / static_cast<double>(by_source.size());
  }
};

/// Cells drawn again and again, the same for every method, so that differences are paired.
class Bootstrap {
 public:
  Bootstrap(const std::vector<std::int64_t>& sizes, int rounds, std::uint64_t seed) {
    Rng rng(hash64("bootstrap of cells", seed));
    draws_.resize(static_cast<std::size_t>(rounds));
    for (auto& round : draws_)
      for (const std::int64_t n : sizes) {
        std::vector<std::int32_t> drawn(static_cast<std::size_t>(n));
        for (std::int32_t& i : drawn) i = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(n)));
        round.push_back(std::move(drawn));
      }
  }
  /// The mean over all sources (or one) of the mean over drawn cells, a value a round.
  std::vector<double> means(const Scored& scored, std::size_t score, std::optional<std::size_t> only = {}) const {
    std::vector<double> all;
    for (const auto& round : draws_) {
      double sum = 0;
      int counted = 0;
      for (std::size_t s = 0; s < round.size(); ++s) {
        if (only && *only != s) continue;
        const auto& cells = scored.cells(s, score);
        double of_source = 0;
        for (const std::int32_t i : round[s]) of_source += cells[static_cast<std::size_t>(i)];
        sum += of_source / static_cast<double>(round[s].size());
        ++counted;
      }
      all.push_back(sum / counted);
    }
    return all;
  }
  bool enough() const { return draws_.size() >= 40; }

 private:
  std::vector<std::vector<std::vector<std::int32_t>>> draws_;
};

struct Gain {
  std::string baseline;
  double value = 0;
  std::optional<Interval> interval;
};

const Gain* worst(const std::vector<Gain>& gains) {
  const auto found = std::min_element(gains.begin(), gains.end(), [](const Gain& a, const Gain& b) { return a.value < b.value; });
  return found == gains.end() ? nullptr : &*found;
}

store::Verdict verdict(const std::vector<Scored>& methods, const std::vector<Gain>& global, const std::vector<Gain>& local, const std::string& split) {
  store::Verdict made;
  made.id = "tissue/evaluation";
  made.workspace = "spatial";
  const Scored& model = methods.front();
  double chance = 0;
  std::int64_t n = 0;
  for (const GeometryScores& scores : model.by_source) {
    chance += scores.chance_recall() / static_cast<double>(model.by_source.size());
    n += scores.n;
  }
  const Gain *far = worst(global), *near = worst(local);
  if (!far || !near) return made;
  const auto below = [](const Gain& gain) { return gain.interval ? gain.interval->high < 0 : gain.value < 0; };
  const auto above = [](const Gain& gain) { return gain.interval ? gain.interval->low > 0 : gain.value > 0; };
  made.evidence = fmt::format("Row-Spearman {:.3f} against {:.3f} of {}; recall@10 {:.3f} against {:.3f} of {} (chance {:.3f}); n = {} cells, {}.",
                              model.value(kRowSpearman), model.value(kRowSpearman) - far->value, far->baseline, model.value(kRecall),
                              model.value(kRecall) - near->value, near->baseline, chance, n, split);
  made.state = above(*far) && above(*near) ? "good" : below(*far) || below(*near) ? "bad" : "warn";
  made.headline = made.state == std::string("good") ? "The reconstruction beats every plain method, far and near."
                  : below(*far) && below(*near)     ? fmt::format("The reconstruction does not beat plain methods: {} is better far, {} near.", far->baseline, near->baseline)
                  : below(*far)                     ? fmt::format("{} keeps the order of distances better than the model.", far->baseline)
                  : below(*near)                    ? fmt::format("{} finds neighbours better than the model.", near->baseline)
                                                    : "The reconstruction is level with the best plain method.";
  made.why = "Every number is of cells whose places training never saw, without any common frame or scale. Row-Spearman asks whether far cells are "
             "predicted far, recall@10 whether the nearest ten are found. Differences are judged by a paired bootstrap of cells (90 %).";
  return made;
}

}  // namespace

train::Evaluation evaluate_places(const Tissue& tissue, const std::vector<Method>& methods, const train::EvaluationRequest& request, int threads,
                                  const StopToken& stop) {
  train::Evaluation evaluation;
  const auto judged = tissue.sources_with(Role::held_out);
  if (judged.empty()) return evaluation;
  const at::Tensor truth = tissue.places.to(at::kCPU, at::kFloat).contiguous();
  std::vector<std::int64_t> sizes;
  for (const std::size_t s : judged) sizes.push_back(tissue.sources[s].size);
  std::vector<Scored> scored;
  for (const Method& method : methods) {
    Scored one{method.name, {}};
    for (const std::size_t s : judged) {
      if (stop.stop_requested()) return evaluation;
      const SourceFacts& source = tissue.sources[s];
      const at::Tensor places = method.places(source).to(at::kFloat).contiguous();
      const float* true_places = truth.const_data_ptr<float>() + source.first * tissue.dims;
      one.by_source.push_back(score_places({places.const_data_ptr<float>(), static_cast<std::size_t>(places.numel())}, places.size(1),
                                           {true_places, static_cast<std::size_t>(source.size * tissue.dims)}, tissue.dims, threads));
    }
    scored.push_back(std::move(one));
  }
  const Bootstrap bootstrap(sizes, request.bootstrap, request.seed);
  const auto add = [&](const std::string& metric, const Scored& method, std::size_t score, std::optional<std::size_t> only) {
    Measured row{metric, method.method, only ? method.value(*only, score) : method.value(score), {}, {}, {}, 0, tissue.split};
    if (score != kPrecision && bootstrap.enough()) {
      const Interval interval = quantiles(bootstrap.means(method, score, only), 0.025);
      row.low = interval.low;
      row.high = interval.high;
    }
    double chance = 0;
    for (std::size_t s = 0; s < judged.size(); ++s) {
      if (only && *only != s) continue;
      row.n += method.by_source[s].n;
      chance += method.by_source[s].chance_recall() / (only ? 1.0 : static_cast<double>(judged.size()));
    }
    row.chance = score == kRecall ? chance : score == kPrecision ? 0.1 : 0.0;
    evaluation.rows.push_back(std::move(row));
  };
  for (const Scored& method : scored)
    for (std::size_t score = 0; score < kScores; ++score) {
      add(std::string("tissue/") + kScoreNames[score], method, score, {});
      if (judged.size() < 2) continue;
      for (std::size_t s = 0; s < judged.size(); ++s) add(tissue.sources[judged[s]].name + "/" + kScoreNames[score], method, score, s);
    }
  std::vector<Gain> global, local;
  for (std::size_t score : {kRowSpearman, kRecall}) {
    const std::vector<double> own = bootstrap.means(scored.front(), score);
    for (std::size_t m = 1; m < scored.size(); ++m) {
      Gain gain{scored[m].method, scored.front().value(score) - scored[m].value(score), {}};
      if (bootstrap.enough()) {
        std::vector<double> differences = bootstrap.means(scored[m], score);
        for (std::size_t b = 0; b < differences.size(); ++b) differences[b] = own[b] - differences[b];
        gain.interval = quantiles(std::move(differences), 0.05);
      }
      Measured row{std::string("gain/") + kScoreNames[score], gain.baseline, gain.value, {}, {}, 0.0, 0, tissue.split + "; 90 % paired bootstrap of cells"};
      if (gain.interval) {
        row.low = gain.interval->low;
        row.high = gain.interval->high;
      }
      for (const std::int64_t n : sizes) row.n += n;
      evaluation.rows.push_back(std::move(row));
      if (methods[m].plain) (score == kRecall ? local : global).push_back(std::move(gain));
    }
  }
  evaluation.verdicts.push_back(verdict(scored, global, local, tissue.split));
  return evaluation;
}

}  // namespace geocyte::plugins::st_edm
