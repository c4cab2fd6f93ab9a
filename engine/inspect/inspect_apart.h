// SPDX-License-Identifier: GPL-3.0-or-later
// Inspection in a process of its own. A foreign file that was damaged, or made to do harm, can crash the HDF5 library while it reads
// texts of variable length; then a child ends, and not the window.
#pragma once

#include <filesystem>
#include <string>

#include "engine/inspect/inspect_file.h"

namespace geocyte::inspect {

/// What `engine --json inspect path` prints. A child that crashed or did not end within `seconds` (it is killed) gives a description
/// with one problem and trainable = false. Throws what inspect_file() throws, and Error{internal} when `engine` cannot be executed.
FileInspection inspect_apart(const std::filesystem::path& engine, const std::string& path, double seconds = 120);

}  // namespace geocyte::inspect
