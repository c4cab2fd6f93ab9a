// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/alert_rules.h"

#include <cmath>
#include <set>

#include <fmt/format.h>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::train {
namespace {

constexpr std::size_t kMostRules = 100;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::bad_config, why, "a rule is {\"id\", \"metric\", \"when\": above | below | not_finite, \"value\", \"times\", \"text\"}");
}

std::string text_of(const Json& rule, const char* key, bool needed) {
  const auto found = rule.find(key);
  if (found == rule.end() && !needed) return {};
  if (found == rule.end() || !found->is_string() || (needed && found->get<std::string>().empty())) refuse(std::string("a rule has no text '") + key + "'");
  return found->get<std::string>();
}

AlertRule rule_from(const Json& json) {
  if (!json.is_object()) refuse("a rule is an object");
  AlertRule rule;
  rule.id = text_of(json, "id", true);
  rule.metric = text_of(json, "metric", true);
  rule.text = text_of(json, "text", false);
  const std::string when = text_of(json, "when", true);
  if (when == "above") rule.when = AlertRule::When::above;
  else if (when == "below") rule.when = AlertRule::When::below;
  else if (when == "not_finite") rule.when = AlertRule::When::not_finite;
  else refuse("a rule has the condition '" + geocyte::quoted(when) + "'");
  const Json value = json.value("value", Json()), times = json.value("times", Json(1));
  if (rule.when != AlertRule::When::not_finite) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) refuse("the rule '" + geocyte::quoted(rule.id) + "' has no value");
    rule.value = value.get<double>();
  }
  if (!times.is_number_integer() || times < 1 || times > 1'000'000)
    refuse("the rule '" + geocyte::quoted(rule.id) + "' has a 'times' that is no number of values");
  rule.times = times.get<std::int64_t>();
  for (const auto& [key, unused] : json.items())
    if (!std::set<std::string>{"id", "metric", "text", "when", "value", "times"}.contains(key)) refuse("a rule has an unknown field '" + geocyte::quoted(key) + "'");
  return rule;
}

bool holds(const AlertRule& rule, double value) {
  switch (rule.when) {
    case AlertRule::When::above: return value > rule.value;
    case AlertRule::When::below: return value < rule.value;
    case AlertRule::When::not_finite: return !std::isfinite(value);
  }
  return false;
}

std::string sentence(const AlertRule& rule) {
  if (!rule.text.empty()) return rule.text;
  if (rule.when == AlertRule::When::not_finite) return rule.metric + " is not finite.";
  return fmt::format("{} is {} {:.4g}.", rule.metric, rule.when == AlertRule::When::above ? "above" : "below", rule.value);
}

}  // namespace

std::vector<AlertRule> alert_rules_from(const Json& args) {
  if (!args.is_object() || !args.contains("rules") || !args["rules"].is_array() || args.size() != 1) refuse("alert_rules takes {\"rules\": […]}");
  if (args["rules"].size() > kMostRules) refuse(fmt::format("there are more than {} rules", kMostRules));
  std::vector<AlertRule> rules;
  std::set<std::string> ids;
  for (const Json& json : args["rules"]) {
    rules.push_back(rule_from(json));
    if (!ids.insert(rules.back().id).second) refuse("two rules have the id '" + geocyte::quoted(rules.back().id) + "'");
  }
  return rules;
}

void AlertRules::set(std::vector<AlertRule> rules) {
  const std::lock_guard lock(mutex_);
  watched_.clear();
  for (auto& rule : rules) watched_.push_back({std::move(rule), 0});
}

bool AlertRules::empty() const {
  const std::lock_guard lock(mutex_);
  return watched_.empty();
}

std::vector<Json> AlertRules::look(const std::map<std::string, double>& values) {
  const std::lock_guard lock(mutex_);
  std::vector<Json> events;
  for (auto& [rule, held] : watched_) {
    const auto found = values.find(rule.metric);
    if (found == values.end()) continue;
    const bool was_on = held >= rule.times, now = holds(rule, found->second);
    held = now ? std::min(held + 1, rule.times) : 0;
    const bool is_on = held >= rule.times;
    if (is_on == was_on) continue;
    events.push_back({{"id", rule.id}, {"state", is_on ? "raised" : "cleared"}, {"severity", "warn"}, {"headline", sentence(rule)},
                      {"evidence", fmt::format("{} is {:.4g}.", rule.metric, found->second)}, {"advice", ""}});
  }
  return events;
}

}  // namespace geocyte::train
