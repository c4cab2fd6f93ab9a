// SPDX-License-Identifier: GPL-3.0-or-later
// Small text helpers: taking text apart and writing numbers the way a person reads them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace geocyte {

/// Pieces between the separators, empty ones included: split("a,,b", ',') = {"a", "", "b"}; split("", ',') = {""}.
std::vector<std::string> split(std::string_view text, char separator);
/// Without white space (space, tab, newline, return) at both ends.
std::string_view trim(std::string_view text);
std::string join(const std::vector<std::string>& pieces, std::string_view separator);
std::string lower_case(std::string_view text);  ///< ASCII only

/// "8,510"; "-1,234,567".
std::string grouped(std::int64_t number);
/// "512 bytes", "1.4 GB": powers of 1,000 as disks are sold, three significant digits.
std::string bytes_text(double bytes);
/// "0.4 s", "12 s", "1 min 5 s", "2 h 3 min", "3 d 4 h". "unknown" when not finite or negative.
std::string duration_text(double seconds);
/// What follows a line of progress: " · 12 s left"; "" when not finite or below a second, where a number would say nothing.
std::string time_left(double seconds);
/// Shortened to `limit` bytes with "..." at the end, never inside a UTF-8 sequence; control characters become spaces.
/// For quoting foreign text in messages. Both overloads are needed, so that they are preferred to the templates
/// std::quoted, which argument-dependent lookup finds too.
std::string quoted(const std::string& text, std::size_t limit = 60);
inline std::string quoted(std::string& text, std::size_t limit = 60) { return quoted(std::as_const(text), limit); }
/// "a, b, c and 12 more": at most `limit` names.
std::string listed(const std::vector<std::string>& names, std::size_t limit = 3);

/// The whole text as a number, or false. Accepts what std::from_chars accepts plus one leading '+'; never a locale.
bool parse_number(std::string_view text, double& value);
bool parse_integer(std::string_view text, std::int64_t& value);

}  // namespace geocyte
