// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/analysis/alert_monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "engine/analysis/words.h"
#include "engine/core/check.h"
#include "engine/stats/source_distances.h"

namespace geocyte::analysis {
namespace {

using config::AlertCondition;
using config::AlertTest;

bool is_family(std::string_view metric) { return metric.ends_with('*'); }
std::string_view stem(std::string_view family) { return family.substr(0, family.size() - 1); }
bool is_of(std::string_view metric, std::string_view pattern) {
  return is_family(pattern) ? metric.starts_with(stem(pattern)) : metric == pattern;
}

/// The newest observations of one metric, as many as the longest window that looks at it.
struct Series {
  std::deque<double> values;
  std::size_t longest = 1;

  void add(double value) {
    values.push_back(value);
    if (values.size() > longest) values.pop_front();
  }
  std::optional<std::vector<double>> newest(int window) const {
    const auto count = static_cast<std::size_t>(window);
    if (values.size() < count) return std::nullopt;
    return std::vector<double>(values.end() - static_cast<std::ptrdiff_t>(count), values.end());
  }
};

/// Whether a condition holds, and the half sentence that says so.
struct Finding {
  bool holds = false;
  std::string words;
};

struct ConditionState {
  AlertCondition rule;
  std::optional<double> best;   // of below_best
};

struct RuleState {
  config::AlertSpec spec;
  std::vector<ConditionState> conditions;
  bool raised = false, touched = false;
  int quiet = 0, patience = 1;
};

void check_rule(const config::AlertSpec& rule) {
  require(!rule.id.empty() && !rule.when.empty(), "an alert has an id and conditions");
  for (const AlertCondition& c : rule.when) {
    require(c.window >= (c.test == AlertTest::flat ? 4 : 1), "the window of an alert is long enough");
    require(is_family(c.metric) == (c.test == AlertTest::share_above), "only the test share_above looks at a family of metrics");
    require(c.relative_to.empty() || !is_family(c.metric), "a family is not relative to another metric");
  }
}

}  // namespace

Json to_json(const AlertChange& change) {
  return {{"id", change.id},           {"state", change.raised ? "raised" : "cleared"}, {"severity", change.severity}, {"headline", change.headline},
          {"evidence", change.evidence}, {"advice", change.advice}};
}

struct AlertMonitor::State {
  explicit State(const config::SystemSpec& spec) {
    for (const auto& metric : spec.metrics) titles[metric.path] = metric.title;
    for (const auto& rule : spec.alerts) {
      check_rule(rule);
      RuleState state{rule, {}, false, false, 0, 1};
      for (const AlertCondition& condition : rule.when) {
        state.conditions.push_back({condition, std::nullopt});
        state.patience = std::max(state.patience, condition.window);
        for (const std::string& metric : {condition.metric, condition.relative_to})
          if (!metric.empty()) windows[metric] = std::max(windows[metric], condition.window);
      }
      rules.push_back(std::move(state));
    }
  }

  void observe(std::string_view metric, double value);
  Finding look(ConditionState& condition);
  Finding look_at_shares(const AlertCondition& rule) const;
  std::optional<std::vector<double>> values_of(const AlertCondition& rule) const;
  std::string title(const AlertCondition& rule) const;
  std::vector<AlertChange> judge();

  std::mutex mutex;
  std::map<std::string, std::string, std::less<>> titles;
  std::map<std::string, int> windows;                      // longest, by metric or family
  std::map<std::string, Series, std::less<>> series;
  std::vector<RuleState> rules;
};

void AlertMonitor::State::observe(std::string_view metric, double value) {
  int longest = 0;
  for (const auto& [pattern, window] : windows)
    if (is_of(metric, pattern)) longest = std::max(longest, window);
  if (longest == 0) return;
  auto found = series.find(metric);
  if (found == series.end()) found = series.emplace(std::string(metric), Series{{}, static_cast<std::size_t>(longest)}).first;
  found->second.add(value);
  for (RuleState& rule : rules)
    for (const ConditionState& condition : rule.conditions) rule.touched = rule.touched || is_of(metric, condition.rule.metric);
}

std::optional<std::vector<double>> AlertMonitor::State::values_of(const AlertCondition& rule) const {
  const auto own = series.find(rule.metric);
  auto values = own == series.end() ? std::nullopt : own->second.newest(rule.window);
  if (!values || rule.relative_to.empty()) return values;
  const auto other = series.find(rule.relative_to);
  const auto divisors = other == series.end() ? std::nullopt : other->second.newest(rule.window);
  if (!divisors) return std::nullopt;
  for (std::size_t i = 0; i < values->size(); ++i) (*values)[i] /= (*divisors)[i];
  return values;
}

std::string AlertMonitor::State::title(const AlertCondition& rule) const {
  const auto name = [&](const std::string& metric) {
    const auto found = titles.find(metric);
    return found == titles.end() ? metric : found->second;
  };
  return rule.relative_to.empty() ? name(rule.metric) : name(rule.metric) + " over " + name(rule.relative_to);
}

Finding AlertMonitor::State::look_at_shares(const AlertCondition& rule) const {
  double sum = 0, largest = -1;
  std::string name;
  int members = 0;
  for (auto at = series.lower_bound(stem(rule.metric)); at != series.end() && at->first.starts_with(stem(rule.metric)); ++at) {
    const auto values = at->second.newest(rule.window);
    if (!values) return {};
    const double size = std::abs(stats::median(*values));
    if (!std::isfinite(size)) return {};
    members += size > 0;
    sum += size;
    if (size > largest) largest = size, name = at->first.substr(stem(rule.metric).size());
  }
  if (members < 2 || largest <= rule.value * sum) return {};
  return {true, fmt::format("{} makes up {} of the sum of {} terms (more than {})", name, percent(largest / sum), members, percent(rule.value))};
}

Finding AlertMonitor::State::look(ConditionState& condition) {
  const AlertCondition& rule = condition.rule;
  if (rule.test == AlertTest::share_above) return look_at_shares(rule);
  const auto values = values_of(rule);
  if (!values) return {};
  const bool finite = std::all_of(values->begin(), values->end(), [](double value) { return std::isfinite(value); });
  if (rule.test == AlertTest::not_finite) return {!finite, title(rule) + " is not a number"};
  if (!finite) return {};
  const double m = stats::median(*values);
  const std::string now = fmt::format("{} is {}", title(rule), brief(m));
  switch (rule.test) {
    case AlertTest::above: return {m > rule.value, now + " (above " + brief(rule.value) + ")"};
    case AlertTest::below: return {m < rule.value, now + " (below " + brief(rule.value) + ")"};
    case AlertTest::near: return {std::abs(m - rule.value) <= rule.tolerance, now + " (" + brief(rule.value) + " is guessing)"};
    case AlertTest::flat: {
      const auto quarter = static_cast<std::ptrdiff_t>(values->size() / 4);
      const double first = stats::median({values->begin(), values->begin() + quarter}), last = stats::median({values->end() - quarter, values->end()});
      return {std::abs(first - last) <= rule.tolerance * std::max(std::abs(first), std::abs(last)),
              fmt::format("{} stands at {} (from {} over {} looks)", title(rule), brief(last), brief(first), values->size())};
    }
    case AlertTest::below_best: {
      condition.best = std::max(condition.best.value_or(m), m);
      return {m < rule.value * *condition.best, fmt::format("{} is {}, down from {}", title(rule), brief(m), brief(*condition.best))};
    }
    default: return {};
  }
}

std::vector<AlertChange> AlertMonitor::State::judge() {
  std::vector<AlertChange> changes;
  for (RuleState& rule : rules) {
    if (!rule.touched) continue;
    rule.touched = false;
    std::vector<std::string> words;
    bool all = true;
    for (ConditionState& condition : rule.conditions) {
      Finding finding = look(condition);   // each is looked at: below_best remembers
      all = all && finding.holds;
      words.push_back(std::move(finding.words));
    }
    rule.quiet = all ? 0 : rule.quiet + 1;
    if (all == rule.raised || (rule.raised && rule.quiet < rule.patience)) continue;
    rule.raised = all;
    AlertChange change{rule.spec.id, rule.spec.severity, rule.spec.headline, all, listed(words) + ".", rule.spec.advice};
    if (!all) change.evidence = "It no longer holds.", change.advice.clear();
    changes.push_back(std::move(change));
  }
  return changes;
}

AlertMonitor::AlertMonitor(const config::SystemSpec& spec) : state_(std::make_unique<State>(spec)) {}
AlertMonitor::~AlertMonitor() = default;
AlertMonitor::AlertMonitor(AlertMonitor&&) noexcept = default;
AlertMonitor& AlertMonitor::operator=(AlertMonitor&&) noexcept = default;

bool AlertMonitor::empty() const { return state_->rules.empty(); }

void AlertMonitor::observe(std::string_view metric, double value) {
  const std::lock_guard lock(state_->mutex);
  state_->observe(metric, value);
}

void AlertMonitor::forget(std::string_view prefix) {
  const std::lock_guard lock(state_->mutex);
  for (auto& [metric, series] : state_->series)
    if (metric.starts_with(prefix)) series.values.clear();
}

std::vector<AlertChange> AlertMonitor::judge() {
  const std::lock_guard lock(state_->mutex);
  return state_->judge();
}

}  // namespace geocyte::analysis
