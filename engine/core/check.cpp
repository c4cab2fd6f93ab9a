// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/check.h"

#include <algorithm>

namespace geocyte {

std::string shape_text(std::span<const std::int64_t> shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += " x ";
    text += shape[i] == -1 ? "any" : std::to_string(shape[i]);
  }
  return text;
}

void require_shape(std::string_view what, std::span<const std::int64_t> given, std::span<const std::int64_t> wanted) {
  const bool fits = std::equal(given.begin(), given.end(), wanted.begin(), wanted.end(),
                               [](std::int64_t have, std::int64_t want) { return want == -1 || have == want; });
  if (fits) return;
  throw Error(ErrorCode::internal, "a promise was broken: " + std::string(what) + " must have the shape " +
                                       shape_text(wanted) + ", but has " + shape_text(given));
}

}  // namespace geocyte
