// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/presets.h"
#include "engine/config/values.h"
#include "engine/config/yaml_scalar.h"
#include "engine/core/error.h"
#include "engine/core/rng.h"
#include "engine/core/text.h"

namespace geocyte::config {
namespace {

/// Writes a value with sorted keys and with 2 and 2.0 alike, so that equal configurations give equal texts.
void write_canonical(const Json& value, std::string& out) {
  if (value.is_object()) {
    std::vector<std::pair<std::string, const Json*>> members;
    for (const auto& [key, member] : value.items()) members.emplace_back(key, &member);
    std::sort(members.begin(), members.end());
    out += '{';
    for (const auto& [key, member] : members) {
      out += Json(key).dump(-1, ' ', false, Json::error_handler_t::replace) + ':';
      write_canonical(*member, out);
      out += ',';
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (const auto& item : value) {
      write_canonical(item, out);
      out += ',';
    }
    out += ']';
  } else if (value.is_number_float()) {
    const double number = value.get<double>();
    const bool whole = std::abs(number) < 9e15 && number == static_cast<double>(static_cast<std::int64_t>(number));
    out += whole ? std::to_string(static_cast<std::int64_t>(number)) : fmt::format("{}", number);
  } else {
    out += value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

}  // namespace

void merge_values(Json& into, const Json& overrides) {
  if (!into.is_object() || !overrides.is_object()) {
    into = overrides;
    return;
  }
  for (const auto& [key, value] : overrides.items()) {
    if (into.contains(key)) merge_values(into[key], value);
    else into[key] = value;
  }
}

Json nest(const Json& values) {
  if (!values.is_object()) return values;
  Json result = Json::object();
  for (const auto& [key, value] : values.items()) {
    Json nested = Json::object();
    if (key.find('.') == std::string::npos) nested[key] = nest(value);
    else set(nested, key, nest(value));
    merge_values(result, nested);
  }
  return result;
}

const char* name_of(ParameterType type) {
  switch (type) {
    case ParameterType::boolean: return "boolean";
    case ParameterType::integer: return "integer";
    case ParameterType::number: return "number";
    case ParameterType::text: return "text";
    case ParameterType::choice: return "choice";
    case ParameterType::path: return "path";
    case ParameterType::list: return "list";
  }
  return "text";
}

Json defaults(const Schema& schema) {
  Json values = Json::object();
  for (const auto& parameter : schema) set(values, parameter.path, parameter.default_value);
  return values;
}

namespace {

/// Fields of lists of structs under their own names. One that is there under both names is left for validate() to refuse.
void replace_aliases(const Schema& schema, Json& values) {
  for (const auto& parameter : schema) {
    const Json* list = find(values, parameter.path);
    if (parameter.fields.empty() || list == nullptr || !list->is_array()) continue;
    Json renamed = *list;
    for (Json& item : renamed)
      for (const auto& field : parameter.fields)
        for (const auto& alias : field.aliases)
          if (item.is_object() && item.contains(alias) && !item.contains(field.path)) {
            item[field.path] = item[alias];
            item.erase(alias);
          }
    set(values, parameter.path, std::move(renamed));
  }
}

}  // namespace

Json resolve(const Schema& schema, const Json& given) {
  Json overrides = nest(given);
  replace_aliases(schema, overrides);
  validate(schema, overrides);
  Json values = defaults(schema);
  merge_values(values, overrides);
  // Items of a list may leave fields out; they get the field's default, so that readers find every field.
  for (const auto& parameter : schema) {
    if (parameter.type != ParameterType::list || parameter.fields.empty()) continue;
    const Json* list = find(values, parameter.path);
    if (list == nullptr || !list->is_array()) continue;
    Json completed = Json::array();
    for (const auto& item : *list) {
      Json whole = defaults(parameter.fields);
      merge_values(whole, item);
      completed.push_back(std::move(whole));
    }
    set(values, parameter.path, std::move(completed));
  }
  return values;
}

const Json* find(const Json& values, const std::string& dotted_path) {
  const Json* at = &values;
  for (const auto& key : split(dotted_path, '.')) {
    if (!at->is_object()) return nullptr;
    const auto place = at->find(key);
    if (place == at->end()) return nullptr;
    at = &*place;
  }
  return at;
}

void set(Json& values, const std::string& dotted_path, Json value) {
  Json* at = &values;
  for (const auto& key : split(dotted_path, '.')) {
    if (!at->is_object()) *at = Json::object();
    at = &(*at)[key];
  }
  *at = std::move(value);
}

void apply_assignment(Json& values, const std::string& assignment) {
  const std::size_t at = assignment.find('=');
  const std::string path(trim(std::string_view(assignment).substr(0, at)));
  if (at == std::string::npos || path.empty())
    throw Error(ErrorCode::usage, fmt::format("\"{}\" is not an assignment", quoted(assignment)),
                "Write it as name=value, for example optimizer.lr=0.001.");
  for (const auto& key : split(path, '.'))
    if (key.empty())
      throw Error(ErrorCode::usage, fmt::format("\"{}\" is not a parameter name", quoted(path)),
                  "Write it with single dots, for example optimizer.lr.");
  const std::string_view text = trim(std::string_view(assignment).substr(at + 1));
  // "name=" means the empty text, not null: clearing a path or a name is what a user wants by it. A value without
  // brackets or quotes is one scalar to its end, so that a folder named "a #1: b" needs no quoting.
  const bool structured = !text.empty() && std::string_view("[{\"'").find(text.front()) != std::string_view::npos;
  if (text.empty()) set(values, path, "");
  else set(values, path, structured ? parse_yaml(text, "--set " + path) : plain_scalar(text));
}

bool acts(const Parameter& parameter, const Json& options) {
  const auto equal = parameter.only_with.find('=');
  if (equal == std::string::npos) return true;
  const Json* value = find(options, parameter.only_with.substr(0, equal));
  const std::vector<std::string> wanted = split(parameter.only_with.substr(equal + 1), '|');
  return value && value->is_string() && std::find(wanted.begin(), wanted.end(), value->get<std::string>()) != wanted.end();
}

std::string condition_text(const Parameter& parameter) {
  const auto equal = parameter.only_with.find('=');
  if (equal == std::string::npos) return {};
  return "only where " + parameter.only_with.substr(0, equal) + " is " + join(split(parameter.only_with.substr(equal + 1), '|'), " or ");
}

std::vector<std::string> paths(const Schema& schema) {
  std::vector<std::string> result;
  for (const auto& parameter : schema) result.push_back(parameter.path);
  return result;
}

std::string configuration_hash(const Json& values) {
  std::string canonical;
  write_canonical(values, canonical);
  return fmt::format("{:016x}", hash64(canonical));
}

}  // namespace geocyte::config
