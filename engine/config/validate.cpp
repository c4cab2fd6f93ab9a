// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <cmath>

#include "engine/config/schema.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::config {
namespace {

std::string shown(const Json& value) {
  return quoted(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string number_shown(double value) { return fmt::format("{:.12g}", value); }

[[noreturn]] void refuse(const std::string& key, const Json& value, const std::string& wanted) {
  throw Error(ErrorCode::bad_config, "parameter " + key + " is " + shown(value) + ", but must be " + wanted);
}

std::string allowed_range(const Parameter& parameter) {
  if (parameter.minimum && parameter.maximum)
    return "between " + number_shown(*parameter.minimum) + " and " + number_shown(*parameter.maximum);
  if (parameter.minimum) return "at least " + number_shown(*parameter.minimum);
  return "at most " + number_shown(*parameter.maximum);
}

void check_range(const Parameter& parameter, const std::string& key, const Json& value) {
  const double number = value.get<double>();
  if (!std::isfinite(number)) refuse(key, value, "a finite number");
  if ((parameter.minimum && number < *parameter.minimum) || (parameter.maximum && number > *parameter.maximum))
    refuse(key, value, allowed_range(parameter));
}

void check_choice(const Parameter& parameter, const std::string& key, const Json& value) {
  const std::string all = join(parameter.choices, ", ");
  if (!value.is_string()) refuse(key, value, "one of " + all);
  const auto text = value.get<std::string>();
  for (const auto& choice : parameter.choices)
    if (choice == text) return;
  const std::string near = nearest_name(text, parameter.choices);
  throw Error(ErrorCode::bad_config, "parameter " + key + " is " + shown(value) + ", but must be one of " + all,
              near.empty() ? "" : "Did you mean " + near + "?");
}

[[noreturn]] void unknown_key(const std::string& key, const std::vector<std::string>& known,
                              const std::string& owner) {
  const std::string near = nearest_name(key, known);
  throw Error(ErrorCode::bad_config, "unknown parameter " + quoted(owner + key, 200),
              near.empty() ? "The known ones are " + listed(known, 12) + "." : "Did you mean " + owner + near + "?");
}

void check_value(const Parameter& parameter, const std::string& key, const Json& value);

void check_list(const Parameter& parameter, const std::string& key, const Json& value) {
  if (!value.is_array()) refuse(key, value, "a list");
  const auto length = static_cast<double>(value.size());
  if ((parameter.minimum && length < *parameter.minimum) || (parameter.maximum && length > *parameter.maximum))
    throw Error(ErrorCode::bad_config, "parameter " + key + " has " + std::to_string(value.size()) +
                                           " items, but must have " + allowed_range(parameter));
  // A list without fields takes items like those of its default: numbers, texts or booleans.
  if (parameter.fields.empty()) {
    const Json* sample = parameter.default_value.is_array() && !parameter.default_value.empty()
                             ? &parameter.default_value.front()
                             : nullptr;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string place = fmt::format("{}[{}]", key, i);
      const Json& item = value[i];
      if (item.is_structured() || item.is_null()) refuse(place, item, "a single value");
      if (sample == nullptr) continue;
      if (sample->is_number_integer() && !item.is_number_integer()) refuse(place, item, "a whole number");
      if (sample->is_number() && !item.is_number()) refuse(place, item, "a number");
      if (sample->is_string() && !item.is_string()) refuse(place, item, "text");
      if (sample->is_boolean() && !item.is_boolean()) refuse(place, item, "true or false");
      if (item.is_number() && !std::isfinite(item.get<double>())) refuse(place, item, "a finite number");
    }
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string place = fmt::format("{}[{}]", key, i);
    if (!value[i].is_object()) refuse(place, value[i], "a group of " + listed(paths(parameter.fields), 12));
    for (const auto& [name, item] : value[i].items()) {
      const Parameter* field = nullptr;
      for (const auto& candidate : parameter.fields)
        if (candidate.path == name) field = &candidate;
      if (field == nullptr) unknown_key(name, paths(parameter.fields), place + ".");
      check_value(*field, place + "." + name, item);
    }
  }
}

void check_value(const Parameter& parameter, const std::string& key, const Json& value) {
  if (value.is_null()) {
    if (parameter.nullable) return;
    throw Error(ErrorCode::bad_config, "parameter " + key + " has no value, but needs one");
  }
  switch (parameter.type) {
    case ParameterType::boolean:
      if (!value.is_boolean()) refuse(key, value, "true or false");
      return;
    case ParameterType::integer:
      if (!value.is_number_integer()) refuse(key, value, "a whole number");
      return check_range(parameter, key, value);
    case ParameterType::number:
      if (!value.is_number()) refuse(key, value, "a number");
      return check_range(parameter, key, value);
    case ParameterType::text:
    case ParameterType::path:
      if (!value.is_string()) refuse(key, value, "text (put it into quotes if it looks like a number)");
      return;
    case ParameterType::choice: return check_choice(parameter, key, value);
    case ParameterType::list: return check_list(parameter, key, value);
  }
}

/// First parameter below a dotted prefix; "" when the prefix is no group.
std::string first_member(const Schema& schema, const std::string& path) {
  for (const auto& parameter : schema)
    if (parameter.path.starts_with(path + ".")) return parameter.path;
  return {};
}

void check_group(const Schema& schema, const std::string& prefix, const Json& group) {
  for (const auto& [name, value] : group.items()) {
    const std::string path = prefix.empty() ? name : prefix + "." + name;
    const Parameter* parameter = nullptr;
    for (const auto& candidate : schema)
      if (candidate.path == path) parameter = &candidate;
    if (parameter != nullptr) {
      check_value(*parameter, path, value);
    } else if (!first_member(schema, path).empty()) {
      if (!value.is_object())
        throw Error(ErrorCode::bad_config,
                    "parameter " + path + " is a group and cannot be set to " + shown(value),
                    "Set one of its members, for example " + first_member(schema, path) + ".");
      check_group(schema, path, value);
    } else {
      unknown_key(path, paths(schema), "");
    }
  }
}

}  // namespace

void validate(const Schema& schema, const Json& values) {
  if (!values.is_object())
    throw Error(ErrorCode::bad_config, "a configuration must be a group of parameters, but is " + shown(values));
  check_group(schema, "", values);
}

}  // namespace geocyte::config
