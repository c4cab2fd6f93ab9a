// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/grid_report.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"

namespace geocyte::jobs {
namespace {

using store::number_at;
using store::text_at;

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr std::size_t kMostCells = 20'000, kMostRuns = 200'000, kMostMetrics = 5'000;

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::bad_data, "this ablation.json " + what, "run `geocyte-engine ablate` again to write it anew"); }

/// A list or an object at `key`; an empty one where there is none.
const Json& part(const Json& json, const char* key, bool list, std::size_t most) {
  static const Json none = Json::array();
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return none;
  if (list ? !found->is_array() : !found->is_object()) refuse(std::string("is damaged: \"") + key + "\" is no " + (list ? "list" : "object"));
  if (found->size() > most) refuse(std::string("is damaged: too many entries in \"") + key + "\"");
  return *found;
}

std::int64_t count_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? std::max<std::int64_t>(0, found->get<std::int64_t>()) : 0;
}

bool is_set(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

const Json& object_of(const Json& json, const char* of) {
  if (!json.is_object()) refuse(std::string("is damaged: an entry of \"") + of + "\" is no object");
  return json;
}

Choice choice_of(const Json& json) {
  Choice choice;
  if (!json.is_object()) return choice;
  for (const auto& [factor, level] : json.items())
    if (level.is_string()) choice[factor] = level.get<std::string>();
  return choice;
}

RunStanding standing_of(const std::string& name) {
  for (const RunStanding one : {RunStanding::pending, RunStanding::running, RunStanding::resumable, RunStanding::finished, RunStanding::failed})
    if (name == name_of(one)) return one;
  return RunStanding::pending;
}

TableValue value_of(const Json& json) {
  TableValue value;
  value.value.n = static_cast<int>(count_at(json, "n"));
  value.value.mean = number_at(json, "mean").value_or(0);
  value.value.sd = number_at(json, "sd");
  value.chance = number_at(json, "chance");
  if (!number_at(json, "mean")) value.value.n = 0;
  const auto difference = json.find("difference");
  if (difference == json.end() || !difference->is_object() || !number_at(*difference, "mean")) return value;
  value.difference = PairedDifference{static_cast<int>(count_at(*difference, "n")), *number_at(*difference, "mean"), number_at(*difference, "low"), number_at(*difference, "high")};
  return value;
}

TableRow row_of(const Json& json) {
  TableRow row;
  row.kind = store::text_at(json, "kind") == "tool" ? "tool" : "cell";
  row.name = store::text_at(json, "name");
  row.baseline = is_set(json, "baseline");
  if (const auto levels = json.find("factors"); levels != json.end()) row.levels = choice_of(*levels);
  row.finished = static_cast<int>(count_at(json, "finished"));
  row.failed = static_cast<int>(count_at(json, "failed"));
  row.missing = static_cast<int>(count_at(json, "missing"));
  row.seconds = number_at(json, "seconds").value_or(0);
  row.peak_bytes = number_at(json, "peak_bytes").value_or(0);
  for (const Json& reason : part(json, "reasons", true, kMostRuns))
    if (reason.is_string()) row.reasons.push_back(reason.get<std::string>());
  for (const auto& [metric, value] : part(json, "metrics", false, kMostMetrics).items())
    if (value.is_object()) row.metrics[metric] = value_of(value);
  return row;
}

ReportRun run_of(const Json& json, std::size_t cells) {
  ReportRun run;
  run.cell = static_cast<std::size_t>(count_at(json, "cell"));
  if (run.cell >= cells) refuse("is damaged: a run belongs to cell " + std::to_string(run.cell) + ", which it does not have");
  run.seed = static_cast<std::uint64_t>(count_at(json, "seed"));
  run.standing = standing_of(store::text_at(json, "state"));
  run.run = store::text_at(json, "run");
  // It becomes a path below the runs folder.
  if (!run.run.empty() && (!store::is_clean_relative(run.run) || run.run.find('/') != std::string::npos)) refuse("names a run that is no folder name: " + quoted(run.run));
  run.reason = store::text_at(json, "reason");
  run.reused = is_set(json, "reused");
  run.seconds = number_at(json, "seconds").value_or(0);
  run.peak_bytes = number_at(json, "peak_bytes").value_or(0);
  for (const auto& [metric, value] : part(json, "values", false, kMostMetrics).items())
    if (value.is_number()) run.values[metric] = value.get<double>();
  return run;
}

void read_factors(const Json& json, GridReport& report) {
  for (const Json& factor : part(json, "factors", true, 1000)) {
    Factor& one = report.factors.emplace_back();
    one.name = store::text_at(object_of(factor, "factors"), "name");
    for (const Json& level : part(factor, "levels", true, kMostCells)) {
      const auto options = object_of(level, "levels").find("options");
      one.levels.push_back({store::text_at(level, "name"), options != level.end() && options->is_object() ? *options : Json::object()});
    }
  }
}

bool is_file(const fs::path& path) {
  std::error_code problem;
  return fs::is_regular_file(path, problem);
}

bool is_folder(const fs::path& path) {
  std::error_code problem;
  return !path.empty() && fs::is_directory(path, problem);
}

bool same_place(const fs::path& a, const fs::path& b) {
  std::error_code problem;
  return fs::equivalent(a, b, problem) && !problem;
}

/// Do the runs of that grid lie in `folder`? A damaged file has none.
bool has_runs_in(const fs::path& file, const fs::path& folder) {
  try {
    return same_place(runs_of(read_grid_report(file), file), folder);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::size_t GridReport::baseline() const {
  const auto found = std::find_if(cells.begin(), cells.end(), [](const ReportCell& cell) { return cell.baseline; });
  return found == cells.end() ? 0 : static_cast<std::size_t>(found - cells.begin());
}

std::vector<std::uint64_t> GridReport::seeds() const {
  std::set<std::uint64_t> all;
  for (const ReportRun& run : runs) all.insert(run.seed);
  return {all.begin(), all.end()};
}

int GridReport::count(RunStanding standing) const {
  return static_cast<int>(std::count_if(runs.begin(), runs.end(), [&](const ReportRun& run) { return run.standing == standing; }));
}

GridReport parse_grid_report(const Json& json) {
  if (!json.is_object() || !json.contains("format") || !json.contains("cells") || !json.contains("table"))
    throw Error(ErrorCode::bad_data, "this file is no table of a grid", "`geocyte-engine ablate` writes one that is called ablation.json");
  if (json["format"] != 1)
    throw Error(ErrorCode::bad_data, "this ablation.json has format " + quoted(json["format"].dump()) + "; this program reads format 1", "use the version of Geocyte that wrote it, or a newer one");
  GridReport report;
  report.id = store::text_at(json, "id");
  report.title = store::text_at(json, "title");
  report.system = store::text_at(json, "system");
  report.base = store::text_at(json, "base");
  report.plan = store::text_at(json, "plan");
  report.written = store::text_at(json, "written");
  report.runs_folder = store::text_at(json, "runs_folder");
  report.code = code_version(json);
  if (const auto set = json.find("set"); set != json.end() && set->is_object()) report.set = *set;
  read_factors(json, report);
  for (const Json& cell : part(json, "cells", true, kMostCells)) {
    ReportCell& one = report.cells.emplace_back();
    one.name = store::text_at(object_of(cell, "cells"), "name");
    if (const auto levels = cell.find("factors"); levels != cell.end()) one.levels = choice_of(*levels);
    one.baseline = is_set(cell, "baseline");
  }
  if (report.cells.empty()) refuse("has no cells");
  for (const Json& one : part(json, "excluded", true, kMostCells)) report.excluded.push_back(choice_of(one));
  for (const Json& metric : part(json, "metrics", true, kMostMetrics))
    if (metric.is_string()) report.table.metrics.push_back(metric.get<std::string>());
  for (const Json& run : part(json, "runs", true, kMostRuns)) report.runs.push_back(run_of(object_of(run, "runs"), report.cells.size()));
  for (const Json& row : part(json, "table", true, kMostCells)) report.table.rows.push_back(row_of(object_of(row, "table")));
  const auto& rows = report.table.rows;
  const auto cells = std::count_if(rows.begin(), rows.end(), [](const TableRow& row) { return row.kind == "cell"; });
  if (static_cast<std::size_t>(cells) != report.cells.size()) refuse("is damaged: it has " + std::to_string(report.cells.size()) + " cells and " + std::to_string(cells) + " rows of cells");
  std::stable_partition(report.table.rows.begin(), report.table.rows.end(), [](const TableRow& row) { return row.kind == "cell"; });
  return report;
}

GridReport read_grid_report(const fs::path& file) {
  try {
    return parse_grid_report(store::read_json_file(file, kMostBytes));
  } catch (Error& error) {
    error.add_context("reading " + file.string());
    throw;
  }
}

fs::path runs_of(const GridReport& report, const fs::path& file) {
  if (is_folder(report.runs_folder)) return fs::path(report.runs_folder).lexically_normal();
  const fs::path beside = fs::absolute(file).parent_path() / "runs";
  return is_folder(beside) ? beside.lexically_normal() : fs::path();
}

void fill_values(GridReport& report, const fs::path& runs) {
  if (runs.empty()) return;
  for (ReportRun& run : report.runs) {
    if (run.standing != RunStanding::finished || !run.values.empty() || run.run.empty()) continue;
    for (const EvaluationRow& row : evaluation_rows(runs / run.run))
      if (row.method == "model" && std::isfinite(row.value)) run.values[row.metric] = row.value;
  }
}

std::optional<fs::path> find_grid(const fs::path& path) {
  const fs::path place = fs::absolute(path).lexically_normal();
  if (!is_folder(place)) return place.filename() == kAblationFile && is_file(place) ? std::optional(place) : std::nullopt;
  if (is_file(place / kAblationFile)) return place / kAblationFile;
  const fs::path folder = place.has_filename() ? place : place.parent_path(), beside = folder.parent_path() / kAblationFile;
  if (is_file(beside) && has_runs_in(beside, folder)) return beside;
  return {};
}

std::optional<fs::path> grid_of_run(const fs::path& run) {
  const fs::path place = fs::absolute(run).lexically_normal(), folder = place.has_filename() ? place : place.parent_path(), runs = folder.parent_path();
  if (!store::is_run_directory(folder)) return {};
  std::string id;
  try {
    const Json about = store::read_run_facts(folder).all;
    if (const auto experiment = about.find("experiment"); experiment != about.end() && experiment->is_object()) id = store::text_at(*experiment, "id");
  } catch (const Error&) {
    return {};
  }
  if (id.empty()) return {};
  if (const auto grid = find_grid(runs)) return grid;
  // The default place of a grid whose runs were sent elsewhere (--runs).
  const fs::path other = runs.parent_path() / (id + "-ablation") / kAblationFile;
  if (store::is_clean_relative(id) && is_file(other) && has_runs_in(other, runs)) return other;
  return {};
}

}  // namespace geocyte::jobs
