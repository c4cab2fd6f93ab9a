// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/existing_run.h"

#include <fmt/format.h>

#include "engine/store/contract/checkpoint_folder.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/status.h"
#include "engine/store/process_identity.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_lock.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

Status status_in(const fs::path& run) {
  try {
    return status_from_json(read_json_file(run / kStatusFile));
  } catch (const Error&) {  // never written, or damaged
    return {};
  }
}

}  // namespace

Error refusal_to_begin_in(const fs::path& run) {
  const auto refuse = [&](const std::string& what, const std::string& hint) { return Error(ErrorCode::usage, fmt::format("{} is {}", run.string(), what), hint); };
  if (liveness_of(lock_owner(run)) == Liveness::alive) return refuse("a run already, and its engine works on it", "choose another run id");
  const Status status = status_in(run);
  if (status.state == RunState::completed) return refuse("a completed run", "choose another run id, or give it more steps with `resume --extend N`");
  if (status.state != RunState::discarded && latest_good_checkpoint(run / kCheckpointsFolder).found)
    return refuse("a run already", "resume it, or choose another run id");
  if (status.state == RunState::discarded) return refuse("a discarded run", "choose another run id, or remove the folder");
  return refuse("a run already, left from a start that ended before its first checkpoint" + (status.error ? fmt::format(" ({})", status.error->what) : std::string()) + ", so there is nothing to resume",
                "remove the folder, or choose another run id");
}

}  // namespace geocyte::store
