// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/compare_runs.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/config/presets.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/jobs/evaluation_rows.h"
#include "engine/jobs/grid_ledger.h"
#include "engine/store/contract/status.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"

namespace geocyte::jobs {
namespace {

namespace fs = std::filesystem;

void differences(const Json& a, const Json& b, const std::string& prefix, std::vector<OptionDifference>& found) {
  const auto path = [&](const std::string& key) { return prefix.empty() ? key : prefix + "." + key; };
  for (const auto& [key, value] : a.items()) {
    const auto other = b.find(key);
    if (other == b.end()) found.push_back({path(key), value, Json()});
    else if (value.is_object() && other->is_object()) differences(value, *other, path(key), found);
    else if (value != *other) found.push_back({path(key), value, *other});
  }
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) found.push_back({path(key), Json(), value});
}

struct OneRun {
  store::RunFacts facts;
  Json options;
  std::vector<EvaluationRow> rows;
  std::string state;
};

OneRun read_one(const fs::path& folder) {
  if (!store::is_run_directory(folder)) throw Error(ErrorCode::bad_data, folder.string() + " is not a run directory");
  store::RunReader reader(folder);
  reader.poll_status();
  OneRun one{reader.facts(), config::parse_yaml(read_file(folder / store::kConfigFile, 4'000'000), store::kConfigFile), evaluation_rows(folder), "unknown"};
  if (const auto& status = reader.status()) one.state = store::name_of(status->state);
  return one;
}

std::optional<double> finite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

std::vector<ComparedNumber> numbers_of(const OneRun& a, const OneRun& b) {
  std::vector<ComparedNumber> numbers;
  const auto place = [&](const EvaluationRow& row) -> ComparedNumber& {
    for (ComparedNumber& one : numbers)
      if (one.metric == row.metric && one.method == row.method) return one;
    numbers.push_back({row.metric, row.method, std::nullopt, std::nullopt, row.chance});
    return numbers.back();
  };
  for (const EvaluationRow& row : a.rows) place(row).a = finite(row.value);
  for (const EvaluationRow& row : b.rows) place(row).b = finite(row.value);
  std::stable_sort(numbers.begin(), numbers.end(), [](const auto& x, const auto& y) { return (x.method == "model") > (y.method == "model"); });
  return numbers;
}

std::string short_json(const Json& value) { return value.is_null() ? "-" : quoted(value.is_string() ? value.get<std::string>() : value.dump(), 40); }
std::string short_number(const std::optional<double>& value) { return value ? fmt::format("{:.4g}", *value) : "-"; }

}  // namespace

std::vector<OptionDifference> option_differences(const Json& a, const Json& b) {
  std::vector<OptionDifference> found;
  differences(a, b, "", found);
  return found;
}

RunComparison compare_runs(const fs::path& a, const fs::path& b) {
  const OneRun one = read_one(a), other = read_one(b);
  RunComparison comparison;
  comparison.name_a = one.facts.id;
  comparison.name_b = other.facts.id;
  comparison.options = option_differences(one.options, other.options);
  comparison.numbers = numbers_of(one, other);
  std::vector<std::string> notes;
  const bool share = std::any_of(comparison.numbers.begin(), comparison.numbers.end(), [](const auto& n) { return n.a && n.b; });
  if (one.facts.system != other.facts.system) {
    // What only one of the systems has is no difference between two runs.
    std::erase_if(comparison.options, [](const auto& d) { return d.a.is_null() || d.b.is_null(); });
    std::erase_if(comparison.numbers, [](const auto& n) { return !n.a || !n.b; });
    notes.push_back("they belong to different systems (" + one.facts.system + " and " + other.facts.system + "): only what both have is compared");
  }
  if (!share && !one.rows.empty() && !other.rows.empty()) notes.push_back("they share no score, so nothing says which one is better");
  if (code_version(one.facts.all) != code_version(other.facts.all)) notes.push_back("they were made by different versions of the code");
  for (const OneRun* run : {&one, &other})
    if (run->rows.empty()) notes.push_back(run->facts.id + " has no evaluation (" + run->state + ")");
  comparison.note = join(notes, "; ");
  return comparison;
}

Json to_json(const RunComparison& c) {
  Json options = Json::array(), numbers = Json::array();
  const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  for (const auto& d : c.options) options.push_back({{"path", d.path}, {"a", d.a}, {"b", d.b}});
  for (const auto& n : c.numbers)
    numbers.push_back({{"metric", n.metric}, {"method", n.method}, {"a", number(n.a)}, {"b", number(n.b)}, {"difference", n.a && n.b ? Json(*n.b - *n.a) : Json()}, {"chance", number(n.chance)}});
  return {{"a", c.name_a}, {"b", c.name_b}, {"options", options}, {"numbers", numbers}, {"note", c.note}};
}

std::string to_text(const RunComparison& c) {
  std::string text = fmt::format("A  {}\nB  {}\n", c.name_a, c.name_b);
  if (!c.note.empty()) text += "!  " + c.note + "\n";
  text += c.options.empty() ? "\nNo option differs.\n" : "\nOptions that differ\n";
  for (const auto& d : c.options) text += fmt::format("  {:<34} {:>20} {:>20}\n", d.path, short_json(d.a), short_json(d.b));
  if (c.numbers.empty()) return text;
  text += fmt::format("\n  {:<34} {:<10} {:>10} {:>10} {:>10} {:>8}\n", "evaluation (held out)", "method", "A", "B", "B - A", "chance");
  for (const auto& n : c.numbers)
    text += fmt::format("  {:<34} {:<10} {:>10} {:>10} {:>10} {:>8}\n", n.metric, n.method, short_number(n.a), short_number(n.b),
                        n.a && n.b ? fmt::format("{:+.3g}", *n.b - *n.a) : "-", short_number(n.chance));
  return text + "One seed each: a difference may be chance. `geocyte-engine ablate` compares over seeds.\n";
}

}  // namespace geocyte::jobs
