// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jobs/grid_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace geocyte::jobs {
namespace {

constexpr const char* kModel = "model";
constexpr const char* kInterval = "paired t, 95 %";

/// Values and chance of one method in some runs, by metric.
struct Collected {
  std::map<std::string, ValuesBySeed> values, chance;
};

Collected collect(const std::vector<GridRun>& runs, std::size_t cell, const std::string& method) {
  Collected found;
  for (const GridRun& run : runs) {
    if (run.plan.cell != cell || run.standing != RunStanding::finished) continue;
    for (const EvaluationRow& row : run.rows) {
      if (row.method != method) continue;
      found.values[row.metric][run.plan.seed] = row.value;
      if (row.chance) found.chance[row.metric][run.plan.seed] = *row.chance;
    }
  }
  return found;
}

void fill(TableRow& row, const Collected& own, const Collected& baseline) {
  for (const auto& [metric, values] : own.values) {
    TableValue value;
    value.value = mean_of(values);
    if (const auto chance = own.chance.find(metric); chance != own.chance.end())
      if (const auto mean = mean_of(chance->second); mean.n > 0) value.chance = mean.mean;
    if (const auto other = baseline.values.find(metric); !row.baseline && other != baseline.values.end())
      value.difference = paired_difference(values, other->second);
    row.metrics[metric] = value;
  }
}

Json optional_json(const std::optional<double>& value) { return value && std::isfinite(*value) ? Json(*value) : Json(); }

Json row_json(const TableRow& row) {
  Json metrics = Json::object();
  for (const auto& [metric, value] : row.metrics) {
    Json one = {{"n", value.value.n}, {"mean", value.value.n > 0 ? Json(value.value.mean) : Json()}, {"sd", optional_json(value.value.sd)}, {"chance", optional_json(value.chance)}};
    one["difference"] = Json();
    if (value.difference)
      one["difference"] = {{"n", value.difference->n}, {"mean", value.difference->mean}, {"low", optional_json(value.difference->low)},
                           {"high", optional_json(value.difference->high)}, {"interval", kInterval}};
    metrics[metric] = std::move(one);
  }
  Json levels = Json::object();
  for (const auto& [factor, level] : row.levels) levels[factor] = level;
  return {{"kind", row.kind}, {"name", row.name}, {"baseline", row.baseline}, {"factors", levels}, {"finished", row.finished}, {"failed", row.failed}, {"missing", row.missing},
          {"seconds", row.seconds > 0 ? Json(row.seconds) : Json()}, {"peak_bytes", row.peak_bytes > 0 ? Json(row.peak_bytes) : Json()}, {"reasons", row.reasons}, {"metrics", metrics}};
}

/// RFC 4180: quoted when there is a comma, a quote or a line break in it.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string number(const std::optional<double>& value) { return value && std::isfinite(*value) ? fmt::format("{:.8g}", *value) : std::string(); }

}  // namespace

GridTable make_table(const GridPlan& plan, const std::vector<GridRun>& runs) {
  GridTable table;
  std::vector<std::string> tools;
  for (const GridRun& run : runs)
    for (const EvaluationRow& row : run.rows) {
      if (std::find(table.metrics.begin(), table.metrics.end(), row.metric) == table.metrics.end()) table.metrics.push_back(row.metric);
      if (plan.cells[run.plan.cell].baseline && row.method != kModel && std::find(tools.begin(), tools.end(), row.method) == tools.end()) tools.push_back(row.method);
    }
  std::size_t base = 0;
  while (base + 1 < plan.cells.size() && !plan.cells[base].baseline) ++base;
  const Collected baseline = collect(runs, base, kModel);
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    TableRow row;
    row.kind = "cell";
    row.name = plan.cells[c].name;
    row.baseline = plan.cells[c].baseline;
    row.levels = plan.cells[c].levels;
    int timed = 0;
    for (const GridRun& run : runs) {
      if (run.plan.cell != c) continue;
      row.peak_bytes = std::max(row.peak_bytes, run.peak_bytes);
      if (run.standing == RunStanding::failed) {
        ++row.failed;
        row.reasons.push_back(fmt::format("seed {}: {}", run.plan.seed, run.reason));
      } else if (run.standing != RunStanding::finished) {
        ++row.missing;
      } else {
        ++row.finished;
        if (run.seconds > 0) row.seconds += run.seconds, ++timed;
      }
    }
    if (timed > 0) row.seconds /= timed;
    fill(row, collect(runs, c, kModel), baseline);
    table.rows.push_back(std::move(row));
  }
  for (const std::string& tool : tools) {
    TableRow row;
    row.kind = "tool";
    row.name = tool;
    row.finished = table.rows[base].finished;
    fill(row, collect(runs, base, tool), baseline);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string to_csv(const GridPlan& plan, const GridTable& table) {
  std::string csv = "kind,name,baseline";
  for (const Factor& factor : plan.grid.factors) csv += "," + field(factor.name);
  csv += ",metric,n,mean,sd,chance,difference,difference_low,difference_high,difference_n,interval,seconds,peak_mb,failed,reason\n";
  for (const TableRow& row : table.rows) {
    std::string front = row.kind + "," + field(row.name) + "," + (row.baseline ? "1" : "0");
    for (const Factor& factor : plan.grid.factors) front += "," + field(row.levels.contains(factor.name) ? row.levels.at(factor.name) : std::string());
    std::string reasons;
    for (const std::string& reason : row.reasons) reasons += (reasons.empty() ? "" : "; ") + reason;
    const std::string back = fmt::format(",{},{},{},{}\n", row.seconds > 0 ? fmt::format("{:.2f}", row.seconds) : "", row.peak_bytes > 0 ? fmt::format("{:.1f}", row.peak_bytes / 1e6) : "",
                                         row.failed, field(reasons));
    if (row.metrics.empty()) csv += front + ",,0,,,,,,,," + back;
    for (const std::string& metric : table.metrics) {
      const auto found = row.metrics.find(metric);
      if (found == row.metrics.end()) continue;
      const TableValue& v = found->second;
      csv += front + "," + field(metric) + "," + std::to_string(v.value.n) + "," + number(v.value.n > 0 ? std::optional(v.value.mean) : std::nullopt) + "," + number(v.value.sd) + "," + number(v.chance);
      if (v.difference)
        csv += "," + number(v.difference->mean) + "," + number(v.difference->low) + "," + number(v.difference->high) + "," + std::to_string(v.difference->n) + "," + (v.difference->low ? field(kInterval) : "");
      else
        csv += ",,,,,";
      csv += back;
    }
  }
  return csv;
}

std::string rows_csv(const GridPlan& plan, const std::vector<GridRun>& runs) {
  std::string csv = "cell";
  for (const Factor& factor : plan.grid.factors) csv += "," + field(factor.name);
  csv += ",seed,run,seconds,metric,method,value,low,high,chance,n\n";
  for (const GridRun& run : runs) {
    if (run.standing != RunStanding::finished) continue;
    const Cell& cell = plan.cells[run.plan.cell];
    std::string front = field(cell.name);
    for (const Factor& factor : plan.grid.factors) front += "," + field(cell.levels.contains(factor.name) ? cell.levels.at(factor.name) : std::string());
    front += fmt::format(",{},{},{}", run.plan.seed, field(run.folder.filename().string()), run.seconds > 0 ? fmt::format("{:.2f}", run.seconds) : "");
    for (const EvaluationRow& row : run.rows)
      csv += front + "," + field(row.metric) + "," + field(row.method) + "," + number(row.value) + "," + number(row.low) + "," + number(row.high) + "," + number(row.chance) + "," +
             std::to_string(row.n) + "\n";
  }
  return csv;
}

Json to_json(const GridPlan& plan, const std::vector<GridRun>& runs, const GridTable& table) {
  Json factors = Json::array(), cells = Json::array(), list = Json::array(), rows = Json::array(), excluded = Json::array();
  for (const Factor& factor : plan.grid.factors) {
    Json levels = Json::array();
    for (const Level& level : factor.levels) levels.push_back({{"name", level.name}, {"options", level.options}});
    factors.push_back({{"name", factor.name}, {"levels", levels}});
  }
  const auto choice = [](const Choice& levels) {
    Json json = Json::object();
    for (const auto& [factor, level] : levels) json[factor] = level;
    return json;
  };
  for (const Cell& cell : plan.cells) cells.push_back({{"name", cell.name}, {"factors", choice(cell.levels)}, {"baseline", cell.baseline}});
  for (const Choice& one : plan.excluded) excluded.push_back(choice(one));
  for (const GridRun& run : runs) {
    Json values = Json::object();
    for (const EvaluationRow& row : run.rows)
      if (row.method == kModel && std::isfinite(row.value)) values[row.metric] = row.value;
    list.push_back({{"cell", run.plan.cell}, {"seed", run.plan.seed}, {"hash", run.plan.hash}, {"state", name_of(run.standing)}, {"run", run.folder.filename().string()},
                    {"reused", run.reused}, {"reason", run.reason}, {"seconds", run.seconds > 0 ? Json(run.seconds) : Json()},
                    {"peak_bytes", run.peak_bytes > 0 ? Json(run.peak_bytes) : Json()}, {"values", values}});
  }
  for (const TableRow& row : table.rows) rows.push_back(row_json(row));
  return {{"format", 1},       {"id", plan.grid.id},   {"title", plan.grid.title}, {"system", plan.system ? plan.system->id : ""},
          {"base", plan.grid.base}, {"set", plan.grid.set}, {"plan", name_of(plan.grid.plan)}, {"factors", factors},
          {"cells", cells},    {"excluded", excluded}, {"metrics", table.metrics}, {"runs", list},
          {"table", rows}};
}

}  // namespace geocyte::jobs
