// SPDX-License-Identifier: GPL-3.0-or-later
// A system as it was at a checkpoint: for the loop that goes on from there, and for whoever only looks (evaluate, serve).
#pragma once

#include <filesystem>
#include <vector>

#include "engine/config/system_spec.h"
#include "engine/train/checkpoints.h"
#include "engine/train/inputs.h"
#include "engine/train/system.h"
#include "engine/train/train_context.h"

namespace geocyte::train {

struct Restored {
  LoopState loop;
  std::string configuration;               ///< hash of the options that the checkpoint's run was started with
};

/// The stages of a system with the steps that were added to them.
std::vector<Stage> stages_of(const System& system, const Json& options, const LoopState& loop);

/// Reads the checkpoint, begins its stage, loads weights, live parameters, random streams and generators. Afterwards the system
/// computes bit for bit what it would have computed then. Throws Error{bad_data} in one sentence: damaged, of another system,
/// seed, gene panel or model.
Restored restore_system(const std::filesystem::path& checkpoint, System& system, const config::SystemSpec& spec, const Inputs& inputs,
                        TrainContext& ctx);

}  // namespace geocyte::train
