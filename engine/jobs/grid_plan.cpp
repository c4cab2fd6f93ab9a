// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/grid_plan.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "engine/config/presets.h"
#include "engine/config/schema.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::jobs {
namespace {

constexpr std::size_t kMostCells = 100'000;

std::vector<Choice> all_combinations(const GridSpec& grid) {
  std::vector<Choice> cells{Choice{}};
  for (const Factor& factor : grid.factors) {
    std::vector<Choice> longer;
    for (const Choice& cell : cells)
      for (const Level& level : factor.levels) {
        longer.push_back(cell);
        longer.back()[factor.name] = level.name;
        if (longer.size() > kMostCells) throw Error(ErrorCode::bad_config, fmt::format("the grid has more than {} cells", kMostCells));
      }
    cells = std::move(longer);
  }
  return cells;
}

/// The baseline and, for each factor, it with one other level: all others, or the first ("left out") only.
std::vector<Choice> one_changed(const GridSpec& grid, bool first_only) {
  std::vector<Choice> cells{grid.baseline};
  for (const Factor& factor : grid.factors)
    for (const Level& level : factor.levels) {
      if (level.name == grid.baseline.at(factor.name) || (first_only && &level != &factor.levels.front())) continue;
      cells.push_back(grid.baseline);
      cells.back()[factor.name] = level.name;
    }
  return cells;
}

std::vector<Choice> planned_cells(const GridSpec& grid) {
  switch (grid.plan) {
    case Plan::full: return all_combinations(grid);
    case Plan::one_at_a_time: return one_changed(grid, false);
    case Plan::leave_one_out: return one_changed(grid, true);
    case Plan::list: break;
  }
  std::vector<Choice> cells;
  for (const Choice& some : grid.cells) {
    cells.push_back(grid.baseline);
    for (const auto& [factor, level] : some) cells.back()[factor] = level;
  }
  return cells;
}

bool matches(const Choice& cell, const Choice& pattern) {
  return std::all_of(pattern.begin(), pattern.end(), [&](const auto& wanted) { return cell.at(wanted.first) == wanted.second; });
}

/// "path=value" of the common settings, then of each factor's level.
std::vector<std::string> assignments_of(const GridSpec& grid, const Choice& levels) {
  std::vector<std::string> assignments;
  const auto add = [&](const Json& options) {
    for (const auto& [path, value] : options.items()) assignments.push_back(path + "=" + value.dump());
  };
  add(grid.set);
  for (const Factor& factor : grid.factors)
    for (const Level& level : factor.levels)
      if (level.name == levels.at(factor.name)) add(level.options);
  return assignments;
}

std::string name_of_cell(const Choice& levels) {
  std::vector<std::string> pieces;
  for (const auto& [factor, level] : levels) pieces.push_back(factor + "=" + level);
  return join(pieces, ", ");
}

}  // namespace

std::string comparison_hash(const Json& options) {
  Json kept = options;
  for (const char* recording : {"snapshot", "analysis", "threads"}) kept.erase(recording);
  return config::configuration_hash(kept);
}

GridPlan plan_grid(const GridSpec& grid, const std::vector<config::SystemSpec>& systems, int seed_count) {
  GridPlan plan;
  plan.grid = grid;
  auto cells = planned_cells(grid);
  const auto place = std::find(cells.begin(), cells.end(), grid.baseline);
  if (place != cells.end()) cells.erase(place);
  cells.insert(cells.begin(), grid.baseline);
  for (const Choice& levels : cells) {
    const bool excluded = std::any_of(grid.exclude.begin(), grid.exclude.end(), [&](const Choice& pattern) { return matches(levels, pattern); });
    if (excluded && levels == grid.baseline)
      throw Error(ErrorCode::bad_config, "the grid excludes its own baseline (" + name_of_cell(levels) + ")", "name another baseline");
    if (excluded) plan.excluded.push_back(levels);
    else plan.cells.push_back({levels, name_of_cell(levels), assignments_of(grid, levels), levels == grid.baseline});
  }

  std::vector<std::uint64_t> seeds = grid.seeds;
  std::map<std::pair<std::string, std::uint64_t>, std::string> known;
  std::vector<config::ResolvedRun> resolved;
  for (const Cell& cell : plan.cells)
    resolved.push_back(with_context("cell " + cell.name, [&] { return config::resolve_run(systems, grid.base, cell.assignments); }));
  plan.system = resolved.front().system;
  const Json* first = config::find(resolved.front().options, "seed");
  if (seed_count > 0 && static_cast<std::size_t>(seed_count) < seeds.size()) seeds.resize(static_cast<std::size_t>(seed_count));
  const int wanted = seed_count > 0 ? seed_count : seeds.empty() ? grid.seed_count : static_cast<int>(seeds.size());
  while (static_cast<int>(seeds.size()) < wanted) {
    std::uint64_t next = first && first->is_number_unsigned() ? first->get<std::uint64_t>() : first && first->is_number_integer() ? static_cast<std::uint64_t>(first->get<std::int64_t>()) : 0;
    while (std::find(seeds.begin(), seeds.end(), next) != seeds.end()) ++next;
    seeds.push_back(next);
  }
  for (const std::uint64_t seed : seeds)
    for (std::size_t c = 0; c < plan.cells.size(); ++c) {
      Json options = resolved[c].options;
      if (config::find(options, "seed")) config::set(options, "seed", seed);
      PlannedRun run{c, seed, comparison_hash(options)};
      const auto [twin, is_new] = known.try_emplace({run.hash, seed}, plan.cells[c].name);
      if (!is_new)
        throw Error(ErrorCode::bad_config, "the cells (" + twin->second + ") and (" + plan.cells[c].name + ") are the same configuration", "exclude one of them");
      plan.runs.push_back(std::move(run));
    }
  return plan;
}

}  // namespace geocyte::jobs
