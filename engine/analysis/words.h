// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as a reader wants them in captions and verdicts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace geocyte::analysis {

/// "8 510": groups of three, from four digits on.
std::string grouped(std::int64_t value);
/// Three significant digits without exponent where that is readable: "0.42", "2.51", "118".
std::string brief(double value);
/// "0.42–2.51", or "0.42" when both print alike.
std::string range(double low, double high);
/// "38 %": whole percents, "0.4 %" below one.
std::string percent(double share);
/// "a", "a and b", "a, b and c"
std::string listed(const std::vector<std::string>& names);

}  // namespace geocyte::analysis
