// SPDX-License-Identifier: GPL-3.0-or-later
// Cooperative cancellation: long work looks at the token between units of work and returns early.
#pragma once

#include <stop_token>

namespace geocyte {
using StopToken = std::stop_token;
using StopSource = std::stop_source;
}  // namespace geocyte
