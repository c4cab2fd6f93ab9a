// SPDX-License-Identifier: GPL-3.0-or-later
// The parameter schema: one description that is the source of the form in the window, YAML validation, `describe`,
// command-line help, the docs table and the axes of an ablation.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::config {

enum class ParameterType { boolean, integer, number, text, choice, path, list };
const char* name_of(ParameterType type);

struct Parameter {
  std::string path;             ///< dotted: "loss.coral.weight"
  ParameterType type = ParameterType::number;
  Json default_value;
  std::string title;            ///< short label of the form
  std::string help;             ///< one or two sentences: what it does, what a good value is
  std::string group;            ///< "General", "Data", "Losses", "Optimiser", "Schedule", "Advanced"
  std::string unit;             ///< "" = none
  std::optional<double> minimum, maximum;   ///< inclusive
  std::vector<std::string> choices;         ///< of a choice
  std::vector<Parameter> fields;            ///< of a list of structs: `path` is the field's name, without dots
  std::vector<std::string> aliases;         ///< of a field: other words for it, which resolve() replaces
  std::string only_with;        ///< "input.kind=encoder|embedding": acts only where that choice has one of these values; empty: always
  std::string run_of;           ///< of a path: the system ("gems") a run of which is meant; what it learned is made ready before the first step
  bool live = false;            ///< may change between two steps of a running run
  bool nullable = false;        ///< null means "decide for me"
};

using Schema = std::vector<Parameter>;

/// The schema's defaults as one nested object.
Json defaults(const Schema& schema);

/// Checks `values` (nested object) against the schema: unknown key, wrong type, out of range, not a choice.
/// Throws Error{bad_config} naming the key, the value, what is allowed and, for an unknown key, the nearest name.
void validate(const Schema& schema, const Json& values);

/// defaults <- `overrides` (deep), validated. Integers given for numbers are accepted, nothing else is converted.
Json resolve(const Schema& schema, const Json& overrides);

/// The value at a dotted path; nullptr when absent.
const Json* find(const Json& values, const std::string& dotted_path);
/// Sets the value at a dotted path, making objects on the way.
void set(Json& values, const std::string& dotted_path, Json value);

/// Parses "a.b=c": the value is read as YAML ("0.5", "true", "[1, 2]", "text").
/// Throws Error{usage} when there is no '='.
void apply_assignment(Json& values, const std::string& assignment);

/// The candidate with the smallest edit distance, "" when none is near enough to be meant.
std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates);

/// Whether Parameter::only_with holds for these options.
bool acts(const Parameter& parameter, const Json& options);

/// "only where input.kind is encoder or embedding"; "" for a parameter that always acts.
std::string condition_text(const Parameter& parameter);

/// Every dotted path of the schema, in order.
std::vector<std::string> paths(const Schema& schema);

/// Stable hash (16 hex digits) of a resolved configuration; equal for equal values whatever the key order.
std::string configuration_hash(const Json& values);

}  // namespace geocyte::config
