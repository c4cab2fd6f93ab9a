// SPDX-License-Identifier: GPL-3.0-or-later
// What an existing run was started with, and which of its checkpoints is meant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/presets.h"
#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/run_reader.h"

namespace geocyte::app {

/// The configuration of the run, held against today's schema: parameters that came later have their defaults. `specs` must
/// outlive it. Throws Error{usage} for a folder of curves only, Error{bad_config} for a system this build does not have.
config::ResolvedRun configuration_of(store::RunReader& reader, const std::vector<config::SystemSpec>& specs);

struct ChosenCheckpoint {
  store::CheckpointFound found;
  std::string why;                         ///< "as judged at the end", "best val/total", "newest", "asked for"
  std::vector<std::string> problems;       ///< sentences about checkpoints that were passed over
};

/// The checkpoint of `step`; without one that whose scores a completed run shows, so that what is used is what was judged; of another run that of the best step, or the newest
/// good one where there is no best.
/// Throws Error{bad_data} that lists the steps there are.
ChosenCheckpoint choose_checkpoint(store::RunReader& reader, std::optional<std::int64_t> step);

}  // namespace geocyte::app
