// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of what a caller promised. They stay on in every build and print what was wanted and what was given.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/error.h"

namespace geocyte {

/// Throws Error{internal} with `promise` when `holds` is false.
inline void require(bool holds, std::string_view promise) {
  if (!holds) [[unlikely]]
    throw Error(ErrorCode::internal, "a promise was broken: " + std::string(promise));
}

/// "8510 x 128" for messages.
std::string shape_text(std::span<const std::int64_t> shape);

/// Throws Error{internal} that names `what`, the wanted and the given shape. A wanted extent of -1 matches anything.
void require_shape(std::string_view what, std::span<const std::int64_t> given, std::span<const std::int64_t> wanted);

}  // namespace geocyte
