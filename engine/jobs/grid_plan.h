// SPDX-License-Identifier: GPL-3.0-or-later
// From a grid to the runs that it takes: cells of levels, each with its resolved configuration for every seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/config/system_spec.h"
#include "engine/jobs/grid_spec.h"

namespace geocyte::jobs {

struct Cell {
  Choice levels;                         ///< of every factor
  std::string name;                      ///< "adversary=off, encoder.latent=32"
  std::vector<std::string> assignments;  ///< for --set, without the seed
  bool baseline = false;
};

struct PlannedRun {
  std::size_t cell = 0;
  std::uint64_t seed = 0;
  std::string hash;                      ///< comparison_hash() of its options
};

struct GridPlan {
  GridSpec grid;
  const config::SystemSpec* system = nullptr;
  std::vector<Cell> cells;               ///< the baseline first
  std::vector<PlannedRun> runs;          ///< by seed, then by cell: early on every cell has some seeds
  std::vector<Choice> excluded;          ///< cells that the plan would have had
};

/// Hash of what decides the numbers of a run: all options but those on recording (snapshot, analysis) and threads, which
/// change nothing but the last digits.
std::string comparison_hash(const Json& options);

/// `seed_count` > 0 overrules the number of seeds of the grid. Throws Error{bad_config} when a configuration is not valid
/// (naming the cell), when the baseline is excluded, or when two cells are the same configuration.
GridPlan plan_grid(const GridSpec& grid, const std::vector<config::SystemSpec>& systems, int seed_count = 0);

}  // namespace geocyte::jobs
