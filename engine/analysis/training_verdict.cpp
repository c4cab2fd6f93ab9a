// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/training_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <span>

#include "engine/analysis/words.h"
#include "engine/core/check.h"
#include "engine/stats/source_distances.h"

namespace geocyte::analysis {
namespace {

constexpr std::size_t kFewestPoints = 16;
constexpr double kSignificant = 3;    // standard errors
constexpr double kNoticeable = 0.01;  // of the loss
const char* const kHow =
    "The first and the last quarter of the window are compared by their medians; a change counts when it exceeds three "
    "standard errors and one percent. Shares are of the sum of the weighted terms, by size.";

double median_of(std::span<const double> values) { return stats::median({values.begin(), values.end()}); }

/// A fall between two quarters of a series: as a share of where it began, and in standard errors.
struct Fall {
  double from = 0, to = 0, share = 0, errors = 0;
  bool counts() const { return std::abs(errors) >= kSignificant && std::abs(share) >= kNoticeable; }
};

Fall fall_between(std::span<const double> series, std::span<const double> first, std::span<const double> last) {
  Fall fall;
  fall.from = median_of(first);
  fall.to = median_of(last);
  // Differences of neighbours measure the noise and not the trend.
  std::vector<double> jumps;
  for (std::size_t i = 1; i < series.size(); ++i) jumps.push_back(std::abs(series[i] - series[i - 1]));
  const double noise = 1.4826 * stats::median(jumps) / std::sqrt(2.0);
  const double error =
      noise * std::sqrt(1.0 / static_cast<double>(first.size()) + 1.0 / static_cast<double>(last.size()));
  const double change = fall.from - fall.to, size = std::max(std::abs(fall.from), std::abs(fall.to));
  fall.share = size > 0 ? change / (fall.from != 0 ? std::abs(fall.from) : size) : 0;
  fall.errors = error > 0 ? change / error : (change == 0 ? 0 : std::copysign(INFINITY, change));
  return fall;
}

/// The term with the largest share of the sum over the last `count` points.
struct Dominant {
  std::string name;
  double share = 0;
};

Dominant dominant_term(const LossHistory& history, std::size_t count) {
  Dominant dominant;
  double sum = 0;
  std::vector<std::pair<std::string, double>> sizes;
  for (const auto& [name, values] : history.weighted) {
    std::vector<double> sizes_of_term;
    for (const double value : std::span(values).last(count))
      if (std::isfinite(value)) sizes_of_term.push_back(std::abs(value));
    if (sizes_of_term.empty()) continue;
    sizes.emplace_back(name, stats::median(sizes_of_term));
    sum += sizes.back().second;
  }
  for (const auto& [name, size] : sizes)
    if (sum > 0 && size / sum > dominant.share) dominant = {name, size / sum};
  return dominant;
}

store::Verdict make(const char* state, const char* headline, std::string evidence, const std::string& advice) {
  return {"monitor/training", "monitor",           state,
          headline,           std::move(evidence), advice.empty() ? kHow : kHow + (" " + advice)};
}

/// "fell 38 %", or from where to where when a percentage would mislead (the loss is not positive).
std::string change_text(const Fall& fall) {
  const char* verb = fall.to <= fall.from ? "fell" : "rose";
  if (fall.from > 0 && fall.to >= 0) return fmt::format("{} {}", verb, percent(std::abs(fall.share)));
  return fmt::format("{} from {} to {}", verb, brief(fall.from), brief(fall.to));
}

std::string terms_text(const Dominant& dominant) {
  if (dominant.name.empty()) return "";
  return fmt::format("; no term above {} of the sum", percent(dominant.share));
}

}  // namespace

store::Verdict training_verdict(const LossHistory& history, const TrainingVerdictOptions& options) {
  require(history.total.size() == history.step.size(), "one loss a step");
  for (const auto& [name, values] : history.weighted)
    require(values.size() == history.step.size(), "one value a step for each term");
  if (!history.total.empty() && !std::isfinite(history.total.back()))
    return make("bad", "Diverged.",
                fmt::format("The total loss is not finite at step {}.", grouped(history.step.back())),
                "Lower the learning rate, or start again from the last checkpoint.");

  const auto index_of = [&](std::int64_t step) {
    return static_cast<std::size_t>(std::lower_bound(history.step.begin(), history.step.end(), step) - history.step.begin());
  };
  const std::size_t comparable = index_of(history.comparable_from);
  const std::size_t begin = history.step.empty() ? 0 : std::max(comparable, index_of(history.step.back() - options.window + 1));
  const std::span<const double> series = std::span(history.total).subspan(begin);
  if (series.size() < kFewestPoints && comparable >= kFewestPoints)
    return make("neutral", "Warming up.", fmt::format("The weights of the terms changed until step {}; totals before that are not comparable.",
                                                       grouped(history.comparable_from)), "");
  if (series.size() < kFewestPoints)
    return make("neutral", "Too early to tell.",
                fmt::format("{} steps so far.", grouped(static_cast<std::int64_t>(history.step.size()))), "");

  const std::size_t quarter = series.size() / 4;
  const Fall now = fall_between(series, series.first(quarter), series.last(quarter));
  const Fall ever = fall_between(series, std::span(history.total).subspan(comparable, quarter), series.last(quarter));
  const Dominant dominant = dominant_term(history, quarter);
  const std::string steps = grouped(history.step.back() - history.step[begin] + 1);
  const std::string recent = fmt::format("Total loss {} in the last {} steps", change_text(now), steps);

  if (now.counts() && now.share < 0)
    return make("warn", "The loss is rising.", recent + terms_text(dominant) + ".",
                "A rise is expected while a term is warmed up or an adversary gets stronger; otherwise lower the "
                "learning rate.");
  if (history.weighted.size() > 1 && dominant.share >= options.dominant_share)
    return make("warn", "One term dominates.",
                fmt::format("{} makes up {} of the sum; {}{}.", dominant.name, percent(dominant.share),
                            static_cast<char>(std::tolower(recent[0])), recent.substr(1)),
                "The other terms hardly move the model: lower this weight or raise theirs.");
  if (now.counts()) return make("good", "Learning.", recent + terms_text(dominant) + ".", "");
  if (ever.counts() && ever.share > 0)
    return make("neutral", "Levelled off.",
                fmt::format("Total loss {} since the start but not noticeably in the last {} steps{}.",
                            change_text(ever), steps, terms_text(dominant)),
                "Training longer will change little; look at what was learned.");
  return make("bad", "Not learning.",
              fmt::format("Total loss has not moved noticeably in {} steps{}.", steps, terms_text(dominant)),
              "Check the learning rate, and that the weights of the terms are not zero.");
}

}  // namespace geocyte::analysis
