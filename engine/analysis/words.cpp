// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/words.h"

#include <fmt/format.h>

#include <cmath>

namespace geocyte::analysis {

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), " ");
  if (value < 0) digits.insert(digits.begin(), '-');
  return digits;
}

std::string brief(double value) {
  if (std::isnan(value)) return "unknown";
  if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 1e6 || size < 1e-3) return fmt::format("{:.2e}", value);
  if (size >= 100) return fmt::format("{:.0f}", value);
  if (size >= 10) return fmt::format("{:.1f}", value);
  return size >= 0.1 ? fmt::format("{:.2f}", value) : fmt::format("{:.3f}", value);
}

std::string range(double low, double high) {
  const std::string from = brief(low), to = brief(high);
  return from == to ? from : from + "–" + to;
}

std::string percent(double share) {
  const double value = 100 * share;
  return std::abs(value) < 1 && value != 0 ? fmt::format("{:.1f} %", value) : fmt::format("{:.0f} %", value);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace geocyte::analysis
