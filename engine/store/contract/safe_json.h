// SPDX-License-Identifier: GPL-3.0-or-later
// JSON from files that anybody may have written. Depth is bounded, because deep nesting would overflow the stack when the
// document is printed; so are sizes; links and pipes are not opened.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/json.h"

namespace geocyte::store {

/// Throws Error{bad_data} for anything that is not one JSON document with at most `max_depth` nested levels.
Json parse_json(std::string_view text, int max_depth = 64);

/// Throws Error{bad_data} also when the file is missing, not a regular file, or larger than `max_bytes`.
Json read_json_file(const std::filesystem::path& path, std::size_t max_bytes = std::size_t{16} << 20);

/// Content of a regular file; links and pipes are refused. Throws Error{bad_data}.
std::string read_plain_file(const std::filesystem::path& path, std::size_t max_bytes);

/// One line (indent < 0) or indented; text that is not UTF-8 is replaced, never thrown at.
std::string print_json(const Json& json, int indent = -1);

/// The number at `key`, or nothing when it is missing or no number.
std::optional<double> number_at(const Json& json, const char* key);

/// The text at `key`, or "" when it is missing or no text.
std::string text_at(const Json& json, const char* key);

}  // namespace geocyte::store
