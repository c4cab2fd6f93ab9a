// SPDX-License-Identifier: GPL-3.0-or-later
// `scores --run RUN …`: the evaluation of a run as a table, the model first, plain tools below it; of several runs (seeds) the mean
// and the standard deviation over them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/engine/command.h"
#include "app/engine/run_argument.h"
#include "engine/core/error.h"
#include "engine/core/json.h"
#include "engine/jobs/evaluation_rows.h"
#include "engine/store/contract/run_evaluation.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"

namespace geocyte::app {
namespace {

struct Column {
  const char *path, *title;
};
/// What decides about an alignment or a tissue; a column without numbers is left out. --all shows the others.
constexpr Column kColumns[] = {{"align/probe_auc", "AUC 0.5"},
                               {"align/own_domain_share", "own domain"},
                               {"align/ilisi_domain", "iLISI"},
                               {"align/kbet_by_type", "kBET by type 0.95"},
                               {"biology/cell_type_accuracy", "types"},
                               {"biology/region_accuracy", "regions"},
                               {"biology/type_transfer", "types to spots"},
                               {"biology/spatial_overlap", "space"},
                               {"gates/pairs_passed", "pairs passed"},
                               {"guards/held", "guards held"},
                               {"tissue/row_spearman", "row-Spearman"},
                               {"tissue/precision_at_10_percent", "precision@10%"},
                               {"tissue/recall_at_10", "recall@10"},
                               {"tissue/trustworthiness", "trust@15 0.5"},
                               {"tissue/edge_auc", "edge AUC 0.5"},
                               {"tissue/rms_error", "rms error"},
                               {"tissue/seconds", "seconds"}};

struct Cell {
  std::vector<double> values;            ///< one a run
  std::optional<double> low, high;       ///< of the last run
};
using Table = std::map<std::string, std::map<std::string, Cell>>;   ///< method -> metric

struct Found {
  Table table;
  std::vector<std::string> methods, metrics;   ///< in the order of the first file
  std::int64_t n = 0;
};

void remember(std::vector<std::string>& list, const std::string& name) {
  if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

Json read_evaluation(const std::filesystem::path& run) {
  const auto file = store::run_evaluation(run / store::kEvaluationFolder);
  if (!file) throw Error(ErrorCode::bad_data, "the run " + run.string() + " has no evaluation", "a run is evaluated when it completes its steps");
  Json json = store::read_json_file(*file);
  if (!json.is_object() || !json.contains("rows") || !json["rows"].is_array()) throw Error(ErrorCode::bad_data, file->string() + " is no evaluation");
  return json;
}

void add_run(const std::filesystem::path& run, Found& found) {
  const Json evaluation = read_evaluation(run);
  for (const Json& row : evaluation["rows"]) {
    const auto number = [&](const char* key) { return row.contains(key) && row[key].is_number() ? std::optional(row[key].get<double>()) : std::nullopt; };
    const std::string method = row.value("method", ""), metric = row.value("metric", "");
    const auto value = number("value");
    if (method.empty() || metric.empty() || !value) continue;
    remember(found.methods, method);
    remember(found.metrics, metric);
    Cell& cell = found.table[method][metric];
    cell.values.push_back(*value);
    cell.low = number("low");
    cell.high = number("high");
    if (method == "model") found.n = std::max(found.n, row.value("n", std::int64_t{0}));
  }
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

std::string text_of(const Cell* cell) {
  if (cell == nullptr || cell->values.empty()) return "–";
  const double mean = mean_of(cell->values);
  if (cell->values.size() > 1) {
    double squares = 0;
    for (const double value : cell->values) squares += (value - mean) * (value - mean);
    return fmt::format("{:.3f} ±{:.3f}", mean, std::sqrt(squares / static_cast<double>(cell->values.size() - 1)));
  }
  return cell->low && cell->high ? fmt::format("{:.3f} [{:.2f} {:.2f}]", mean, *cell->low, *cell->high) : fmt::format("{:.3f}", mean);
}

const Cell* cell_at(const Found& found, const std::string& method, const std::string& metric) {
  const auto row = found.table.find(method);
  if (row == found.table.end()) return nullptr;
  const auto cell = row->second.find(metric);
  return cell == row->second.end() ? nullptr : &cell->second;
}

std::vector<std::pair<std::string, std::string>> columns_of(const Found& found, bool all) {
  std::vector<std::pair<std::string, std::string>> columns;   // path, title
  if (all) {
    for (const std::string& metric : found.metrics) columns.emplace_back(metric, metric);
    return columns;
  }
  for (const Column& column : kColumns) {
    if (std::find(found.metrics.begin(), found.metrics.end(), column.path) != found.metrics.end()) columns.emplace_back(column.path, column.title);
    const std::string each = std::string(column.path) + "/";   // a slide each
    for (const std::string& metric : found.metrics)
      if (metric.starts_with(each)) columns.emplace_back(metric, std::string(column.title) + " " + metric.substr(each.size()));
  }
  return columns;
}

std::size_t shown_width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void print_table(const std::vector<std::vector<std::string>>& rows, bool markdown) {
  std::vector<std::size_t> width(rows.front().size(), 0);
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], shown_width(row[c]));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line = markdown ? "|" : "";
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const std::string space(width[c] - shown_width(rows[r][c]), ' ');
      line += markdown ? " " + rows[r][c] + " |" : rows[r][c] + space + "  ";
    }
    std::printf("%s\n", line.c_str());
    if (markdown && r == 0) {
      std::string rule = "|";
      for (std::size_t c = 0; c < rows[r].size(); ++c) rule += "---|";
      std::printf("%s\n", rule.c_str());
    }
  }
}

/// Gates and guards of the model of one run, each with its bound in words.
void print_checks(const std::filesystem::path& run) {
  const auto checks = jobs::evaluation_checks(run);
  std::size_t title = 0, value = 0;
  for (const auto& check : checks) title = std::max(title, shown_width(check.title)), value = std::max(value, shown_width(jobs::measured_text(check)));
  if (!checks.empty()) std::printf("\n");
  for (const auto& check : checks) {
    const std::string said = jobs::measured_text(check);
    std::printf("%-10s  %s%s  %s%s  %s%s\n", jobs::outcome_text(check), check.title.c_str(), std::string(title - shown_width(check.title), ' ').c_str(), said.c_str(),
                std::string(value - shown_width(said), ' ').c_str(), check.rule.c_str(), check.kind == "guard" && check.bound ? fmt::format(" ({:.3g})", *check.bound).c_str() : "");
  }
}

int scores(const std::vector<std::string>& runs, bool all, bool markdown, bool json) {
  Found found;
  for (const std::string& run : runs) add_run(run_folder(run), found);
  const auto columns = columns_of(found, all);
  if (json) {
    Json out = Json::object();
    for (const std::string& method : found.methods)
      for (const auto& [path, title] : columns)
        if (const Cell* cell = cell_at(found, method, path)) out[method][path] = cell->values;
    std::printf("%s\n", out.dump(1).c_str());
    return 0;
  }
  std::vector<std::vector<std::string>> rows{{"method"}};
  for (const auto& [path, title] : columns) rows.front().push_back(title);
  for (const std::string& method : found.methods) {
    rows.push_back({method});
    for (const auto& [path, title] : columns) rows.back().push_back(text_of(cell_at(found, method, path)));
  }
  print_table(rows, markdown);
  if (runs.size() == 1 && !markdown) print_checks(run_folder(runs.front()));
  std::fprintf(stderr, "%s; %lld held-out cells; %s\n", runs.size() == 1 ? "1 run" : fmt::format("{} runs", runs.size()).c_str(),
               static_cast<long long>(found.n), runs.size() == 1 ? "95 % intervals" : "mean and standard deviation over runs");
  return 0;
}

}  // namespace

void add_scores(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("scores", "the evaluation of a run, or of several seeds, beside plain tools");
  auto runs = std::make_shared<std::vector<std::string>>();
  auto all = std::make_shared<bool>(false), markdown = std::make_shared<bool>(false);
  command->add_option("--run,run", *runs, "run directories that were completed")->required();
  command->add_flag("--all", *all, "every score, not only the columns that decide");
  command->add_flag("--markdown", *markdown, "as a Markdown table");
  command->callback([=, &session] { session.action = [=, &session] { return scores(*runs, *all, *markdown, session.json); }; });
}

}  // namespace geocyte::app
