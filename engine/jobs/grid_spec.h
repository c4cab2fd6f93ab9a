// SPDX-License-Identifier: GPL-3.0-or-later
// A grid of runs as a value: a base configuration, factors with levels, a plan, seeds. Read from YAML:
//
//   title: Which loss matters
//   base: gems/demo                        # a preset, or a YAML file beside this one
//   set: {steps: 500}                      # for every run
//   factors:
//     encoder.latent: [16, 32, 64]         # a parameter and its values
//     loss.vicreg.enabled: bool            # off, on
//     rate: {path: optimizer.lr, range: {from: 0.0005, to: 0.004, times: 2}}     # or step: for even steps
//     cure:                                # named sets of options
//       levels: {none: {}, coral: {loss.source_coral.enabled: true}}
//   plan: full                             # or one_at_a_time, leave_one_out, or a list of cells {encoder.latent: 16}
//   exclude: [{cure: none, encoder.latent: 64}]
//   baseline: {encoder.latent: 32}         # what is not named is at its first level (leave_one_out: at its last)
//   seeds: 3                               # that many from the base's seed on, or a list
//
// A level is called by its name, or by its value as it is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::jobs {

struct Level {
  std::string name;                      ///< "64", "off", "coral"
  Json options = Json::object();         ///< dotted path: value
};

struct Factor {
  std::string name;
  std::vector<Level> levels;
};

/// Level by factor; in a list of cells and in exclusions some may be left out.
using Choice = std::map<std::string, std::string>;

enum class Plan { full, one_at_a_time, leave_one_out, list };
const char* name_of(Plan plan);

struct GridSpec {
  std::string id;                        ///< the file's name without its end: becomes a part of run ids
  std::string title;
  std::string base;                      ///< preset, or the path of a file
  Json set = Json::object();             ///< dotted path: value
  std::vector<Factor> factors;           ///< by name
  Plan plan = Plan::full;
  std::vector<Choice> cells;             ///< of Plan::list
  std::vector<Choice> exclude;
  Choice baseline;
  std::vector<std::uint64_t> seeds;      ///< empty: `seed_count` from the base's seed on
  int seed_count = 3;
};

/// Throws Error{bad_config} in one sentence that names the key.
GridSpec parse_grid(const std::string& yaml, const std::filesystem::path& file);
/// Throws Error{bad_data} when it cannot be read.
GridSpec read_grid(const std::filesystem::path& file);

}  // namespace geocyte::jobs
