// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <cmath>

#include "engine/config/presets.h"
#include "engine/config/yaml_scalar.h"

namespace geocyte::config {
namespace {

std::string double_quoted(const std::string& text) {
  // A JSON string is a YAML double-quoted scalar.
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

bool is_plain(const std::string& text) {
  constexpr std::string_view kFirst = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_/";
  constexpr std::string_view kRest = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_/0123456789.-+ ";
  if (text.empty() || kFirst.find(text.front()) == std::string_view::npos || text.back() == ' ') return false;
  return text.find_first_not_of(kRest) == std::string::npos && plain_scalar(text).is_string();
}

std::string text_of(const std::string& text) { return is_plain(text) ? text : double_quoted(text); }

std::string scalar(const Json& value) {
  if (value.is_string()) return text_of(value.get<std::string>());
  if (!value.is_number_float()) return value.dump();
  const double number = value.get<double>();
  if (std::isnan(number)) return ".nan";
  if (std::isinf(number)) return number > 0 ? ".inf" : "-.inf";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";  // stays a float when read again
  return text;
}

bool is_inline(const Json& value) {
  if (!value.is_structured() || value.empty()) return true;
  if (value.is_object()) return false;
  for (const auto& item : value)
    if (item.is_structured()) return false;
  return true;
}

std::string inline_text(const Json& value) {
  if (value.is_object()) return "{}";
  if (!value.is_array()) return scalar(value);
  std::vector<std::string> items;
  for (const auto& item : value) items.push_back(scalar(item));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

void write_block(const Json& value, int indent, std::string& out);

/// What stands after "key:" or "-".
void write_value(const Json& value, int indent, std::string& out) {
  if (is_inline(value)) {
    out += fmt::format(" {}\n", inline_text(value));
  } else {
    out += "\n";
    write_block(value, indent + 2, out);
  }
}

void write_block(const Json& value, int indent, std::string& out) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out += fmt::format("{}{}:", margin, text_of(key));
      write_value(member, indent, out);
    }
    return;
  }
  for (const auto& item : value) {
    if (!item.is_object() || item.empty()) {
      out += margin + "-";
      write_value(item, indent, out);
      continue;
    }
    // "- name: F1" with the further members below the first.
    std::string members;
    write_block(item, indent + 2, members);
    members[static_cast<std::size_t>(indent)] = '-';
    out += members;
  }
}

}  // namespace

std::string to_yaml(const Json& values) {
  if (is_inline(values)) return inline_text(values) + "\n";
  std::string out;
  write_block(values, 0, out);
  return out;
}

}  // namespace geocyte::config
