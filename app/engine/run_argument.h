// SPDX-License-Identifier: GPL-3.0-or-later
// The RUN argument of several subcommands: a run directory, or a runs folder whose newest run is meant.
#pragma once

#include <filesystem>
#include <string>

namespace geocyte::app {

/// Throws Error{bad_data} when there is no run in `path`.
std::filesystem::path run_folder(const std::string& path);

}  // namespace geocyte::app
