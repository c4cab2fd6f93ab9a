// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/grid_spec.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "engine/config/presets.h"
#include "engine/config/schema.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::jobs {
namespace {

constexpr std::size_t kMostLevels = 1000;
constexpr int kMostSeeds = 1000;

[[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) { throw Error(ErrorCode::bad_config, "the grid " + what, hint); }

/// As it stands in the file: texts bare, anything else as JSON.
std::string level_name(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// Nested objects as dotted paths; lists are one value.
void flatten(const Json& values, const std::string& prefix, Json& into) {
  for (const auto& [key, value] : values.items()) {
    const std::string path = prefix.empty() ? key : prefix + "." + key;
    if (value.is_object() && !value.empty()) flatten(value, path, into);
    else into[path] = value;
  }
}

Json options_of(const Json& values, const std::string& where) {
  if (values.is_null()) return Json::object();
  if (!values.is_object()) refuse(where + " is no set of options", "write {loss.vicreg.weight: 2}");
  Json flat = Json::object();
  flatten(values, "", flat);
  return flat;
}

std::vector<Level> levels_of_values(const std::string& path, const Json& values) {
  std::vector<Level> levels;
  for (const Json& value : values) levels.push_back({level_name(value), {{path, value}}});
  return levels;
}

std::vector<Level> switch_levels(const std::string& path) { return {{"off", {{path, false}}}, {"on", {{path, true}}}}; }

double number_at(const Json& range, const char* key, const std::string& where) {
  const auto found = range.find(key);
  if (found == range.end() || !found->is_number()) refuse(where + " has a range without the number '" + key + "'");
  return found->get<double>();
}

std::vector<Level> levels_of_range(const std::string& path, const Json& range, const std::string& where) {
  if (!range.is_object()) refuse(where + " has a range that is not {from: 16, to: 64, step: 16} or {…, times: 2}");
  const double from = number_at(range, "from", where), to = number_at(range, "to", where);
  const bool times = range.contains("times");
  const double by = number_at(range, times ? "times" : "step", where);
  if (times ? by <= 1 || from <= 0 : by <= 0) refuse(where + " has a range that never ends", times ? "'times' is above 1 and 'from' above 0" : "'step' is above 0");
  const double slack = times ? 1 + 1e-9 : 1;
  const bool whole = range["from"].is_number_integer() && (times ? range["times"] : range["step"]).is_number_integer();
  Json values = Json::array();
  for (double value = from; value <= (times ? to * slack : to + 1e-9 * by); value = times ? value * by : value + by) {
    if (values.size() == kMostLevels) refuse(fmt::format("{} has more than {} levels", where, kMostLevels));
    values.push_back(whole ? Json(std::llround(value)) : Json(std::stod(fmt::format("{:.12g}", value))));
  }
  return levels_of_values(path, values);
}

std::vector<Level> levels_of(const std::string& name, const Json& body) {
  const std::string where = "factor " + quoted(name);
  if (body.is_array()) return levels_of_values(name, body);
  if (body == "bool") return switch_levels(name);
  if (!body.is_object()) refuse("has the " + where + " that is no list of values, bool, or {path, values}");
  const std::string path = body.contains("path") && body["path"].is_string() ? body["path"].get<std::string>() : name;
  for (const auto& [key, value] : body.items()) {
    static const std::vector<std::string> known{"path", "values", "range", "bool", "levels"};
    if (std::find(known.begin(), known.end(), key) == known.end()) refuse("has a " + where + " with the unknown key " + quoted(key), "there is: path, values, range, bool, levels");
  }
  if (body.contains("levels")) {
    std::vector<Level> levels;
    if (!body["levels"].is_object()) refuse("has a " + where + " whose levels are no named sets of options");
    for (const auto& [level, options] : body["levels"].items()) levels.push_back({level, options_of(options, "level " + quoted(level) + " of " + where)});
    return levels;
  }
  if (body.contains("values") && body["values"].is_array()) return levels_of_values(path, body["values"]);
  if (body.contains("range")) return levels_of_range(path, body["range"], where);
  if (body.contains("bool")) return switch_levels(path);
  refuse("has a " + where + " without values, range, bool or levels");
}

/// Checks that factors and levels exist. A boolean in YAML is a switch's on or off.
Choice choice_of(const Json& values, const GridSpec& grid, const std::string& where) {
  if (!values.is_object()) refuse("has " + where + " that names no factors", "write {factor: level}");
  Choice choice;
  for (const auto& [name, value] : values.items()) {
    const auto factor = std::find_if(grid.factors.begin(), grid.factors.end(), [&](const Factor& f) { return f.name == name; });
    std::vector<std::string> names;
    for (const Factor& f : grid.factors) names.push_back(f.name);
    if (factor == grid.factors.end()) {
      const std::string near = config::nearest_name(name, names);
      refuse("has no factor " + quoted(name) + " (" + where + ")", near.empty() ? "there is: " + listed(names, 12) : "did you mean " + near + "?");
    }
    const std::string level = value.is_boolean() ? (value.get<bool>() ? "on" : "off") : level_name(value);
    const auto has = [&](const std::string& wanted) { return std::any_of(factor->levels.begin(), factor->levels.end(), [&](const Level& l) { return l.name == wanted; }); };
    const std::string found = has(level) ? level : level_name(value);
    names.clear();
    for (const Level& l : factor->levels) names.push_back(l.name);
    if (!has(found)) refuse("has no level " + quoted(found) + " of " + name + " (" + where + ")", "there is: " + listed(names, 12));
    choice[name] = found;
  }
  return choice;
}

std::vector<Choice> choices_of(const Json& list, const GridSpec& grid, const std::string& where) {
  if (!list.is_array()) refuse("has " + where + " that is no list of cells");
  std::vector<Choice> choices;
  for (const Json& item : list) choices.push_back(choice_of(item, grid, where));
  return choices;
}

void read_seeds(const Json& seeds, GridSpec& grid) {
  if (seeds.is_number_integer()) {
    grid.seed_count = static_cast<int>(std::min<std::int64_t>(seeds.get<std::int64_t>(), kMostSeeds + 1));
    if (grid.seed_count < 1 || grid.seed_count > kMostSeeds) refuse(fmt::format("wants {} seeds; 1 to {} are possible", seeds.dump(), kMostSeeds));
    return;
  }
  if (!seeds.is_array() || seeds.empty()) refuse("has seeds that are neither a number nor a list");
  for (const Json& seed : seeds) {
    if (!seed.is_number_integer() || seed.get<std::int64_t>() < 0) refuse("has the seed " + seed.dump() + ", which is no whole number of 0 or more");
    grid.seeds.push_back(seed.get<std::uint64_t>());
  }
  if (std::set<std::uint64_t>(grid.seeds.begin(), grid.seeds.end()).size() != grid.seeds.size()) refuse("names a seed twice");
}

void read_plan(const Json& plan, GridSpec& grid) {
  if (plan.is_array()) {
    grid.plan = Plan::list;
    grid.cells = choices_of(plan, grid, "the plan");
    return;
  }
  for (const Plan one : {Plan::full, Plan::one_at_a_time, Plan::leave_one_out})
    if (plan == name_of(one)) {
      grid.plan = one;
      return;
    }
  refuse("has the plan " + plan.dump(), "it is full, one_at_a_time, leave_one_out or a list of cells");
}

}  // namespace

const char* name_of(Plan plan) {
  switch (plan) {
    case Plan::full: return "full";
    case Plan::one_at_a_time: return "one_at_a_time";
    case Plan::leave_one_out: return "leave_one_out";
    case Plan::list: return "list";
  }
  return "full";
}

GridSpec parse_grid(const std::string& yaml, const std::filesystem::path& file) {
  const Json values = config::parse_yaml(yaml, file.string());
  if (!values.is_object()) refuse("in " + file.string() + " is empty", "it needs base and factors");
  static const std::vector<std::string> known{"title", "base", "set", "factors", "plan", "exclude", "baseline", "seeds"};
  for (const auto& [key, value] : values.items())
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::string near = config::nearest_name(key, known);
      refuse("has the unknown key " + quoted(key), near.empty() ? "there is: " + listed(known, 12) : "did you mean " + near + "?");
    }
  GridSpec grid;
  grid.id = file.stem().string();
  grid.title = values.contains("title") && values["title"].is_string() ? values["title"].get<std::string>() : grid.id;
  if (!values.contains("base") || !values["base"].is_string()) refuse("names no base", "base: gems/demo, or a YAML file");
  grid.base = values["base"].get<std::string>();
  if (grid.base.ends_with(".yaml") || grid.base.ends_with(".yml")) grid.base = (file.parent_path() / grid.base).lexically_normal().string();
  if (values.contains("set")) grid.set = options_of(values["set"], "'set'");
  if (!values.contains("factors") || !values["factors"].is_object() || values["factors"].empty()) refuse("has no factors", "factors: {encoder.latent: [16, 32]}");
  for (const auto& [name, body] : values["factors"].items()) {
    Factor factor{name, levels_of(name, body)};
    std::set<std::string> names;
    for (const Level& level : factor.levels)
      if (!names.insert(level.name).second) refuse("has the level " + quoted(level.name) + " of " + name + " twice");
    if (factor.levels.empty()) refuse("has no level of " + name);
    grid.factors.push_back(std::move(factor));
  }
  if (values.contains("plan")) read_plan(values["plan"], grid);
  if (values.contains("exclude")) grid.exclude = choices_of(values["exclude"], grid, "an exclusion");
  for (const Factor& factor : grid.factors)
    grid.baseline[factor.name] = grid.plan == Plan::leave_one_out ? factor.levels.back().name : factor.levels.front().name;
  if (values.contains("baseline"))
    for (const auto& [factor, level] : choice_of(values["baseline"], grid, "the baseline")) grid.baseline[factor] = level;
  if (values.contains("seeds")) read_seeds(values["seeds"], grid);
  return grid;
}

GridSpec read_grid(const std::filesystem::path& file) { return parse_grid(read_file(file, 1'000'000), file); }

}  // namespace geocyte::jobs
