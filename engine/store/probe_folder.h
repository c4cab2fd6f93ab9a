// SPDX-License-Identifier: GPL-3.0-or-later
// Answers to probe requests: probes/<id>.h5, of which the newest kProbesKept stay.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/store/contract/run_sink.h"
#include "engine/store/control_inbox.h"

namespace geocyte::store {

/// Writes the file, removes the oldest beyond kProbesKept, and answers the request: "answered in probes/<id>.h5". A request whose id
/// cannot be a file name is refused. Throws Error{storage}.
void write_probe_answer(const std::filesystem::path& run, ControlInbox& inbox, const ControlRequest& request, const Snapshot& answer, std::int64_t step);

/// The arrays of an answer. Throws Error{bad_data} when it is not there (any more) or damaged.
Snapshot read_probe_answer(const std::filesystem::path& run, const std::string& id);

}  // namespace geocyte::store
