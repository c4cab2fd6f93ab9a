// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/grid_effects.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/jobs/grid_finding.h"

namespace geocyte::jobs {

/// The cells of one setting of the other factors, with their signs; the first one has the levels that are asked about.
struct GridEffects::Setting {
  std::vector<std::pair<std::size_t, double>> cells;
};

struct GridEffects::Planned {
  Choice levels;
  std::vector<Setting> settings;
};

namespace {

using Change = std::pair<std::string, std::string>;   // factor, level

/// Levels other than the baseline's, in the order of the grid.
std::vector<Change> changes_in(const GridReport& report, const Choice& base) {
  std::vector<Change> all;
  for (const Factor& factor : report.factors)
    for (const Level& level : factor.levels)
      if (const auto own = base.find(factor.name); own != base.end() && own->second != level.name) all.emplace_back(factor.name, level.name);
  return all;
}

bool has_all(const Choice& cell, const std::vector<Change>& changes) {
  return std::all_of(changes.begin(), changes.end(), [&](const Change& one) {
    const auto level = cell.find(one.first);
    return level != cell.end() && level->second == one.second;
  });
}

std::vector<ValuesBySeed> values_by_cell(const GridReport& report, const std::string& metric) {
  std::vector<ValuesBySeed> values(report.cells.size());
  for (const ReportRun& run : report.runs)
    if (const auto value = run.values.find(metric); run.standing == RunStanding::finished && value != run.values.end() && std::isfinite(value->second))
      values[run.cell][run.seed] = value->second;
  return values;
}

}  // namespace

GridEffects::GridEffects(const GridReport& report) : report_(&report) {
  if (report.cells.empty() || report.cells.size() > kMostCellsOfEffects || report.factors.size() > kMostFactorsOfEffects) return;
  const Choice& base = report.cells[report.baseline()].levels;
  std::map<Choice, std::size_t> by_levels;
  for (std::size_t c = 0; c < report.cells.size(); ++c) by_levels.emplace(report.cells[c].levels, c);
  const auto plan = [&](const std::vector<Change>& changes) {
    Planned one{Choice(changes.begin(), changes.end()), {}};
    for (const ReportCell& cell : report.cells) {
      if (!has_all(cell.levels, changes)) continue;
      Setting setting;
      // Every choice of changes that are taken back to the baseline's level; an odd number of them counts negative.
      for (std::size_t back = 0; back < (std::size_t{1} << changes.size()); ++back) {
        Choice wanted = cell.levels;
        double sign = 1;
        for (std::size_t i = 0; i < changes.size(); ++i)
          if ((back >> i) & 1U) wanted[changes[i].first] = base.at(changes[i].first), sign = -sign;
        if (const auto found = by_levels.find(wanted); found != by_levels.end()) setting.cells.emplace_back(found->second, sign);
      }
      if (setting.cells.size() == (std::size_t{1} << changes.size())) one.settings.push_back(std::move(setting));
    }
    if (!one.settings.empty()) planned_.push_back(std::move(one));
  };
  const std::vector<Change> changes = changes_in(report, base);
  // Two changes meet where a cell has both.
  std::set<std::pair<std::size_t, std::size_t>> met;
  for (const ReportCell& cell : report.cells) {
    std::vector<std::size_t> own;
    for (std::size_t i = 0; i < changes.size(); ++i)
      if (has_all(cell.levels, {changes[i]})) own.push_back(i);
    for (std::size_t a = 0; a < own.size(); ++a)
      for (std::size_t b = a + 1; b < own.size(); ++b) met.emplace(own[a], own[b]);
  }
  for (std::size_t i = 0; i < changes.size() && planned_.size() < kMostEffects; ++i) plan({changes[i]});
  for (auto pair = met.begin(); pair != met.end() && planned_.size() < kMostEffects; ++pair) plan({changes[pair->first], changes[pair->second]});
}

GridEffects::~GridEffects() = default;

bool GridEffects::tell_more() const {
  return std::any_of(planned_.begin(), planned_.end(), [](const Planned& one) { return one.settings.size() > 1 || one.levels.size() > 1; });
}

std::vector<GridEffect> GridEffects::of(const std::string& metric) const {
  const std::vector<ValuesBySeed> values = values_by_cell(*report_, metric);
  const std::vector<std::uint64_t> seeds = report_->seeds();
  std::vector<GridEffect> effects;
  for (const Planned& planned : planned_) {
    GridEffect& effect = effects.emplace_back();
    effect.levels = planned.levels;
    effect.settings = planned.settings.size();
    const auto n = static_cast<double>(planned.settings.size());
    ValuesBySeed means, differences, zero;
    std::vector<double> of_setting(planned.settings.size(), 0);
    for (const std::uint64_t seed : seeds) {
      const auto has_seed = [&](const Setting& setting) {
        return std::all_of(setting.cells.begin(), setting.cells.end(), [&](const auto& cell) { return values[cell.first].contains(seed); });
      };
      // A seed with half of the settings would be another average.
      if (!std::all_of(planned.settings.begin(), planned.settings.end(), has_seed)) continue;
      double mean = 0, sum = 0;
      for (std::size_t i = 0; i < planned.settings.size(); ++i) {
        double contrast = 0, size = 0;
        for (const auto& [cell, sign] : planned.settings[i].cells) contrast += sign * values[cell].at(seed), size += std::abs(values[cell].at(seed));
        // What cancels but for rounding is 0: alike in every seed it would have no interval and look certain.
        if (std::abs(contrast) <= 4 * std::numeric_limits<double>::epsilon() * size) contrast = 0;
        of_setting[i] += contrast;
        sum += contrast;
        mean += values[planned.settings[i].cells.front().first].at(seed);
      }
      means[seed] = mean / n;
      differences[seed] = sum / n;
      zero[seed] = 0;
    }
    effect.mean = mean_of(means);
    effect.effect = paired_difference(differences, zero);
    if (!effect.effect) continue;
    for (double& value : of_setting) value /= static_cast<double>(differences.size());
    effect.lowest = *std::min_element(of_setting.begin(), of_setting.end());
    effect.highest = *std::max_element(of_setting.begin(), of_setting.end());
  }
  return effects;
}

std::map<std::string, std::vector<GridEffect>> effects_by_score(const GridReport& report) {
  std::map<std::string, std::vector<GridEffect>> found;
  const GridEffects effects(report);
  if (!effects.tell_more()) return found;
  for (const std::string& metric : report.table.metrics) found.emplace(metric, effects.of(metric));
  return found;
}

std::string effect_name(const GridEffect& effect) {
  std::string text;
  for (const auto& [factor, level] : effect.levels) text += (text.empty() ? "" : " × ") + factor + " " + level;
  return text;
}

std::string effect_detail(const GridReport& report, const GridEffect& effect) {
  const std::string over = effect.settings == 1 ? "1 setting" : fmt::format("{} settings", effect.settings);
  if (effect.is_interaction()) return "beyond both alone, " + over;
  const Choice& base = report.cells[report.baseline()].levels;
  return fmt::format("instead of {}, {}", base.at(effect.levels.begin()->first), over);
}

std::vector<std::string> sure_effects(const GridReport& report, const std::string& metric, std::size_t most) {
  const GridEffects effects(report);
  if (!effects.tell_more()) return {};
  std::vector<GridEffect> sure;
  double reach = 0;
  for (GridEffect& one : effects.of(metric)) {
    if (one.mean.n > 0) reach = std::max(reach, std::abs(one.mean.mean));
    if (one.effect && one.effect->low && (*one.effect->low > 0 || *one.effect->high < 0)) sure.push_back(std::move(one));
  }
  std::stable_sort(sure.begin(), sure.end(), [](const GridEffect& a, const GridEffect& b) { return std::abs(a.effect->mean) > std::abs(b.effect->mean); });
  if (sure.size() > most) sure.resize(most);
  std::vector<std::string> lines;
  for (const GridEffect& one : sure)
    lines.push_back(fmt::format("{}: {} [{}, {}] {}", effect_name(one), signed_text(one.effect->mean, decimals_for(reach)), signed_text(*one.effect->low, decimals_for(reach)),
                                signed_text(*one.effect->high, decimals_for(reach)), effect_detail(report, one)));
  return lines;
}

}  // namespace geocyte::jobs
