// SPDX-License-Identifier: GPL-3.0-or-later
// Which data a run has seen: enough to notice that a file is another one, cheap enough to do at every start.
#pragma once

#include <string>

#include "engine/core/json.h"

namespace geocyte::inspect {

/// {path, size, mtime (UTC), sampled}: `sampled` is a 64-bit hash of the size and of 16 blocks of 64 KiB spread over the
/// file (all of it when it is smaller). Throws Error{bad_data} when the file cannot be read.
Json fingerprint(const std::string& path);

}  // namespace geocyte::inspect
