// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/grid_finding.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "engine/core/text.h"

namespace geocyte::jobs {
namespace {

/// Cells with a difference in the score.
struct Comparison {
  std::size_t row = 0;
  PairedDifference difference;
  bool one_factor = false;
  bool has_interval() const { return difference.low && difference.high; }
  bool excludes_zero() const { return has_interval() && (*difference.low > 0 || *difference.high < 0); }
};

std::vector<Comparison> comparisons_of(const GridReport& report, const std::string& metric) {
  std::vector<Comparison> found;
  for (std::size_t r = 0; r < report.cells.size(); ++r) {
    const TableRow& row = report.table.rows[r];
    const auto value = row.metrics.find(metric);
    if (row.baseline || value == row.metrics.end() || !value->second.difference) continue;
    found.push_back({r, *value->second.difference, changed_factors(report, r) == 1});
  }
  return found;
}

const Comparison* largest(const std::vector<Comparison>& all, bool sure) {
  const bool ingredients = std::any_of(all.begin(), all.end(), [](const Comparison& one) { return one.one_factor; });
  const Comparison* best = nullptr;
  for (const Comparison& one : all) {
    if ((ingredients && !one.one_factor) || (sure && !one.excludes_zero())) continue;
    if (!best || std::abs(one.difference.mean) > std::abs(best->difference.mean)) best = &one;
  }
  return best;
}

bool stands_among(const Comparison& one, std::size_t comparisons) {
  const PairedDifference& d = one.difference;
  if (!one.has_interval() || d.n < 2) return false;
  const double se = (*d.high - d.mean) / student_quantile(0.975, d.n - 1);
  return std::abs(d.mean) > student_quantile(1 - 0.025 / static_cast<double>(std::max<std::size_t>(1, comparisons)), d.n - 1) * se;
}

/// Numbers of one score, all with the same digits.
struct Digits {
  int decimals = 3;
  std::string change(double value) const { return signed_text(value, decimals); }
  std::string change(const PairedDifference& d) const {
    return d.low && d.high ? fmt::format("{} [{}, {}]", change(d.mean), change(*d.low), change(*d.high)) : change(d.mean);
  }
};

std::string seeds_text(int n) { return n == 1 ? "1 seed" : fmt::format("{} seeds", n); }

std::string side_of(double difference, const config::ScoreSpec* score) {
  if (!score || score->direction == config::Direction::neutral || difference == 0) return "";
  return (difference > 0) == (score->direction == config::Direction::higher_is_better) ? ", for the better" : ", for the worse";
}

std::string progress_of(const GridReport& report) {
  const int finished = report.count(RunStanding::finished), failed = report.count(RunStanding::failed);
  const auto all = static_cast<int>(report.runs.size());
  if (finished == all) return "";
  std::string text = fmt::format(" {} of {} runs have finished", finished, all);
  if (failed > 0) text += fmt::format(", {} failed", failed);
  return text + ".";
}

std::string upper_first(std::string text) {
  if (!text.empty()) text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

constexpr const char* kWhy =
    "Each cell of the grid was trained with the same seeds as the baseline, and judged on the same held-out cells. The difference is paired by seed; its 95 % interval is "
    "mean(d) ± t sd(d) / √n over the n seeds that both have. Where it contains 0 the change may be nothing. One in twenty intervals excludes 0 by chance alone, so a "
    "finding among m comparisons is also held against t at 1 − 0.025 / m (Bonferroni).";

}  // namespace

int decimals_for(double largest) {
  if (!std::isfinite(largest) || largest <= 0) return 3;
  return std::clamp(2 - static_cast<int>(std::floor(std::log10(largest))), 0, 6);
}

std::string signed_text(double value, int decimals) {
  std::string text = fmt::format("{:+.{}f}", value, decimals);
  if (text.starts_with('-')) text.replace(0, 1, "−");
  return text;
}

std::size_t changed_factors(const GridReport& report, std::size_t cell) {
  const Choice& base = report.cells[report.baseline()].levels;
  std::size_t changed = 0;
  for (const auto& [factor, level] : report.cells[cell].levels) {
    const auto own = base.find(factor);
    changed += own == base.end() || own->second != level;
  }
  return changed;
}

std::string changes_of(const GridReport& report, std::size_t cell) {
  const Choice& base = report.cells[report.baseline()].levels;
  std::vector<std::string> changes;
  // In the order of the grid.
  for (const Factor& factor : report.factors) {
    const auto level = report.cells[cell].levels.find(factor.name);
    const auto own = base.find(factor.name);
    if (level == report.cells[cell].levels.end() || (own != base.end() && own->second == level->second)) continue;
    changes.push_back(factor.name + " " + level->second + (own == base.end() ? "" : " instead of " + own->second));
  }
  return changes.empty() ? report.cells[cell].name : join(changes, " and ");
}

GridFinding finding_of(const GridReport& report, const std::string& metric, const config::ScoreSpec* score) {
  GridFinding finding;
  finding.why = kWhy;
  const std::string title = score ? score->title : metric;
  if (report.count(RunStanding::finished) == 0) {
    finding.headline = "No run has finished yet.";
    finding.evidence = std::string(trim(progress_of(report)));
    return finding;
  }
  const std::vector<Comparison> all = comparisons_of(report, metric);
  const Comparison *sure = largest(all, true), *most = sure ? sure : largest(all, false);
  if (!most) {
    finding.headline = "Nothing to compare yet.";
    finding.evidence = fmt::format("No cell beside the baseline has a value of {} for a seed of the baseline.{}", title, progress_of(report));
    return finding;
  }
  double reach = 0;
  for (const TableRow& row : report.table.rows)
    if (const auto value = row.metrics.find(metric); row.kind == "cell" && value != row.metrics.end()) reach = std::max(reach, std::abs(value->second.value.mean));
  const Digits digits{decimals_for(reach)};
  const PairedDifference& d = most->difference;
  const std::string what = changes_of(report, most->row);
  const std::size_t m = all.size();
  const std::string count = m == 1 ? "1 change was compared" : fmt::format("{} changes were compared", m);
  finding.row = most->row;
  if (!most->has_interval()) {
    finding.certainty = Certainty::unproven;
    finding.headline = "One seed: nothing is proven.";
    finding.evidence = fmt::format("Largest change of {}: {}, {}{}, but one seed has no interval: three give one (--seeds 3). {}.{}", title, what, digits.change(d), side_of(d.mean, score),
                                   upper_first(count), progress_of(report));
    return finding;
  }
  if (!sure) {
    finding.certainty = Certainty::unsure;
    finding.headline = fmt::format("Nothing changes {} for sure.", title);
    finding.evidence = fmt::format("Most: {}, {} over {}, and the interval contains 0. {}.{}", what, digits.change(d), seeds_text(d.n), upper_first(count), progress_of(report));
    return finding;
  }
  const bool together = stands_among(*sure, m);
  finding.certainty = together ? Certainty::together : Certainty::alone;
  finding.headline = fmt::format("Largest change of {}: {}, {}{}.", title, what, digits.change(d), side_of(d.mean, score));
  const std::string among = m == 1 ? "." : together ? fmt::format(", and one in twenty intervals excludes 0 by chance; this one stands among all {} as well.", m)
                                                    : fmt::format(", and one in twenty intervals excludes 0 by chance; among {} this one alone would not stand.", m);
  finding.evidence = fmt::format("95 % interval, paired over {}. {}{}{}", seeds_text(d.n), upper_first(count), among, progress_of(report));
  return finding;
}

}  // namespace geocyte::jobs
