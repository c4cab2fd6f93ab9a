// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/check.h"

namespace geocyte {

std::string shape_text(std::span<const std::int64_t> shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const std::int64_t extent : shape) text += (text.empty() ? "" : " x ") + (extent < 0 ? std::string("any") : std::to_string(extent));
  return text;
}

void require_shape(std::string_view what, std::span<const std::int64_t> given, std::span<const std::int64_t> wanted) {
  bool same = given.size() == wanted.size();
  for (std::size_t i = 0; same && i < given.size(); ++i) same = wanted[i] < 0 || given[i] == wanted[i];
  if (!same)
    throw Error(ErrorCode::internal, std::string(what) + " must be " + shape_text(wanted) + " but is " + shape_text(given));
}

}  // namespace geocyte
