// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints of a run: model.safetensors, optimizer.safetensors, state.json (where the loop stands, random streams, values of
// the system), artifacts/<name>/ (what other runs take from this step). Written whole or not at all; kept are the last three, the best, and milestones.
//
// Systems draw from named streams only; torch's default generator is saved nevertheless, so that one that does use it (a
// dropout layer of torch) resumes exactly as well.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/core/rng.h"
#include "engine/store/contract/status.h"
#include "engine/train/state_io.h"

namespace geocyte::train {

/// Where the loop stands between two steps.
struct LoopState {
  std::int64_t step = 0;                   ///< done in all stages
  std::size_t stage = 0;                   ///< index of the stage that goes on
  std::int64_t stage_step = 0;             ///< done in that stage
  std::optional<store::Best> best;
  Json live = Json::object();              ///< parameters that were changed while training: dotted path -> value
  Json schedule = Json::object();          ///< cadence of snapshots
  Json extra = Json::object();             ///< steps that `extend` added: stage id -> steps
  Json alerts;                             ///< arguments of the last alert_rules; null = none
  std::int64_t worse = 0;                  ///< validations in a row that did not improve on the best
};

struct Checkpoint {
  LoopState loop;
  SystemState system;
  std::string system_id, configuration;    ///< hash of the options at the start
  std::uint64_t seed = 0;
  std::map<std::string, Rng> streams;
  at::Tensor generator;                    ///< state of torch's default generator on the host
  at::Tensor device_generator;             ///< of the device; undefined on the host
  std::vector<Artifact> artifacts;         ///< written beside the state, not read back with it
};

/// Writes `checkpoint` into `folder` (RunSink::folder("checkpoints")) and returns its folder. Throws Error{storage}.
std::filesystem::path write_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);

/// Reads one checkpoint after holding it against its manifest. Throws Error{bad_data} when it is damaged or of a newer format.
Checkpoint read_checkpoint(const std::filesystem::path& checkpoint);

struct Retention {
  int last = 3;
  std::int64_t milestone = 0;              ///< steps that are a multiple stay; 0 = none
};

/// Removes what may go and returns the steps that went.
std::vector<std::int64_t> prune_checkpoints(const std::filesystem::path& folder, std::optional<std::int64_t> best,
                                            const Retention& retention = {});

}  // namespace geocyte::train
