// SPDX-License-Identifier: GPL-3.0-or-later
// What to say when a run is to begin in a folder that holds one already: only a run with a checkpoint can be resumed.
#pragma once

#include <filesystem>

#include "engine/core/error.h"

namespace geocyte::store {

/// The refusal to begin anew in `run`, a run directory, and what the user can do instead: wait for its engine, resume it, or, when it ended
/// before its first checkpoint (wrong data, say), take the folder away. Reads the checkpoints and checks their hashes.
Error refusal_to_begin_in(const std::filesystem::path& run);

}  // namespace geocyte::store
