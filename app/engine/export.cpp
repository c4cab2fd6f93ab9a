// SPDX-License-Identifier: GPL-3.0-or-later
// `export --run R --out FILE`: what a run shows of its cells, for other tools: obsm X_gems, X_pca, X_umap, X_predicted, spatial; labels and kept
// selections as obs.
#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/engine/command.h"
#include "app/engine/embedding_table.h"
#include "app/engine/run_argument.h"
#include "engine/analysis/snapshot_rows.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/store/run_reader.h"
#include "engine/store/selections.h"

namespace geocyte::app {
namespace {

constexpr const char* kAxis = "cell";
/// Numbers a cell that a spatial run says of its places, and the obs columns that they become.
constexpr std::pair<const char*, const char*> kColumns[] = {{"coordinates/uncertainty", "uncertainty"}, {"coordinates/off_tissue", "off_tissue"}};

struct Request {
  std::string run, out;
  std::optional<std::int64_t> step;
};

/// The snapshot of `step`, or the newest whose raw arrays are there.
store::SnapshotEntry choose_snapshot(store::RunReader& reader, std::optional<std::int64_t> step) {
  auto all = reader.snapshots();
  std::erase_if(all, [](const auto& entry) { return entry.parts.empty() || !entry.parts.front().empty(); });
  if (all.empty()) throw Error(ErrorCode::bad_data, "the run " + reader.facts().id + " has no snapshot yet");
  if (!step) return all.back();
  for (const auto& entry : all)
    if (entry.step == *step) return entry;
  std::vector<std::string> names;
  for (const auto& entry : all) names.push_back(std::to_string(entry.step));
  throw Error(ErrorCode::bad_data, fmt::format("the run {} has no snapshot of step {}", reader.facts().id, *step), "There are: " + listed(names, 20) + ".");
}

/// "embedding" is what the system makes; "embedding/umap" was derived from it.
std::string key_of(const std::string& array, const std::string& system) {
  const auto slash = array.rfind('/');
  return "X_" + (slash == std::string::npos ? system : array.substr(slash + 1));
}

/// Matrices over cells, as rows of the axis; their captions say how they were made.
void take_arrays(const store::Snapshot& part, const std::vector<store::Axis>& axes, const std::string& system,
                 std::map<std::string, analysis::RowsOfSnapshot>& found, std::map<std::string, std::string>& captions) {
  for (const auto& array : part.arrays) {
    if (array.shape.size() != 2 || array.axes.size() != 2 || array.axes[0] != kAxis || array.role != "points") continue;
    if (auto rows = analysis::read_rows(part, array.name, axes)) {
      const std::string key = key_of(array.name, system);
      found.insert_or_assign(key, std::move(*rows));
      captions["geocyte/caption/" + key] = array.caption;
    }
  }
}

/// Of the last part that has them: by obs column.
void take_numbers(const store::Snapshot& part, const std::vector<store::Axis>& axes, std::map<std::string, analysis::RowsOfSnapshot>& found) {
  store::Snapshot columns = part;
  for (auto& array : columns.arrays)
    for (const auto& [name, column] : kColumns) {
      if (array.name != name || array.shape.size() != 1) continue;
      array.shape.push_back(1);                // a matrix of one column
      array.axes.push_back("value");
      if (auto rows = analysis::read_rows(columns, array.name, axes)) found.insert_or_assign(column, std::move(*rows));
    }
}

/// The rows of the axis that any array shows, ascending.
std::vector<std::int64_t> rows_shown(const std::map<std::string, analysis::RowsOfSnapshot>& found) {
  std::vector<std::int64_t> rows;
  for (const auto& [key, one] : found) rows.insert(rows.end(), one.row.begin(), one.row.end());
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

/// Row i is axis row rows[i]; NaN where the array does not show it.
data::DenseMatrix spread(const analysis::RowsOfSnapshot& array, const std::vector<std::int64_t>& rows) {
  data::DenseMatrix matrix{static_cast<std::int64_t>(rows.size()), array.dims, {}};
  matrix.values.assign(rows.size() * static_cast<std::size_t>(array.dims), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < array.row.size(); ++i) {
    const auto at = std::lower_bound(rows.begin(), rows.end(), array.row[i]) - rows.begin();
    std::copy_n(array.values.data() + static_cast<std::int64_t>(i) * array.dims, array.dims, matrix.row(at).data());
  }
  return matrix;
}

void take_axis(const store::Axis& axis, const std::vector<std::int64_t>& rows, data::Dataset& table) {
  for (const std::int64_t row : rows) table.obs.index.push_back(axis.ids[static_cast<std::size_t>(row)]);
  for (const auto& labels : axis.labels) {
    data::Column column;
    column.name = labels.name;
    column.kind = data::ColumnKind::categorical;
    column.categories = labels.categories;
    for (const std::int64_t row : rows) column.codes.push_back(labels.codes[static_cast<std::size_t>(row)]);
    table.obs.columns.push_back(std::move(column));
  }
  for (const auto& array : axis.arrays) {
    // The genes of each cell are data, not a place: they stay in the files they came from.
    if (array.shape.size() != 2 || array.shape[0] != axis.size() || (array.axes.size() == 2 && array.axes[1] == "gene")) continue;
    const auto values = array.to_double();
    data::DenseMatrix matrix{static_cast<std::int64_t>(rows.size()), array.shape[1], {}};
    for (const std::int64_t row : rows)
      for (std::int64_t d = 0; d < matrix.cols; ++d) matrix.values.push_back(static_cast<float>(values[static_cast<std::size_t>(row * matrix.cols + d)]));
    table.obsm[array.name == "coordinates" ? "spatial" : array.name] = std::move(matrix);
  }
}

/// What the user kept in the window: "in" where a cell belongs to it. A label of the run keeps its name.
int take_selections(const std::vector<store::KeptSelection>& kept, const std::vector<std::int64_t>& rows, data::Dataset& table) {
  int count = 0;
  for (const store::KeptSelection& selection : kept) {
    const auto taken = [&](const data::Column& column) { return column.name == selection.name; };
    if (selection.axis != kAxis || std::any_of(table.obs.columns.begin(), table.obs.columns.end(), taken)) continue;
    data::Column column;
    column.name = selection.name;
    column.kind = data::ColumnKind::categorical;
    column.categories = {"in", "out"};
    for (const std::int64_t row : rows) column.codes.push_back(selection.codes[static_cast<std::size_t>(row)] == 0 ? 0 : 1);
    table.obs.columns.push_back(std::move(column));
    ++count;
  }
  return count;
}

int export_run(const Request& request, bool json) {
  check_output(request.out);
  store::RunReader reader(run_folder(request.run));
  const auto entry = choose_snapshot(reader, request.step);
  const auto axes = reader.read_axes();
  const store::Axis* axis = analysis::find_axis(axes, kAxis);
  if (axis == nullptr) throw Error(ErrorCode::bad_data, "the run " + reader.facts().id + " has no cells");
  std::map<std::string, analysis::RowsOfSnapshot> found;
  data::Dataset table;
  std::map<std::string, analysis::RowsOfSnapshot> numbers;
  for (const auto& name : entry.parts) {
    const store::Snapshot part = reader.read_snapshot(entry.step, name);
    take_arrays(part, axes, reader.facts().system, found, table.uns);
    take_numbers(part, axes, numbers);
  }
  if (found.empty()) throw Error(ErrorCode::bad_data, fmt::format("the snapshot of step {} shows no cells", entry.step));
  const auto rows = rows_shown(found);
  for (const std::int64_t row : rows)
    if (row < 0 || row >= axis->size()) throw Error(ErrorCode::bad_data, "the snapshot shows cells that the run does not have");
  take_axis(*axis, rows, table);
  for (const auto& [name, array] : numbers) {
    const data::DenseMatrix values = spread(array, rows);
    data::Column column;
    column.name = name;
    column.numbers.assign(values.values.begin(), values.values.end());
    table.obs.columns.push_back(std::move(column));
  }
  const int selections = take_selections(store::read_selections(reader.facts().directory, axes), rows, table);
  for (const auto& [key, array] : found) table.obsm[key] = spread(array, rows);
  table.uns["geocyte/run"] = reader.facts().id;
  table.uns["geocyte/step"] = std::to_string(entry.step);
  write_embeddings(table, request.out);
  Json keys = Json::array();
  std::vector<std::string> names;
  for (const auto& [key, matrix] : table.obsm) {
    keys.push_back(key);
    names.push_back(key);
  }
  if (json) std::printf("%s\n", Json{{"out", request.out}, {"step", entry.step}, {"cells", rows.size()}, {"of", axis->size()}, {"obsm", keys}, {"selections", selections}}.dump().c_str());
  else
    std::printf("%s\n%s of %s cells of step %lld, obsm %s%s\n", request.out.c_str(), grouped(static_cast<std::int64_t>(rows.size())).c_str(),
                grouped(axis->size()).c_str(), static_cast<long long>(entry.step), join(names, ", ").c_str(),
                selections > 0 ? fmt::format(", {} kept selection{} in obs", selections, selections == 1 ? "" : "s").c_str() : "");
  return 0;
}

}  // namespace

void add_export(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("export", "write embeddings, places and labels of a run as .h5ad, .csv or .vtk");
  auto request = std::make_shared<Request>();
  command->add_option("--run", request->run, "run directory, or a runs folder (its newest run)")->required();
  command->add_option("--out", request->out, "FILE.h5ad, FILE.csv or FILE.vtk (points for ParaView)")->required();
  command->add_option("--step", request->step, "snapshot to take (default: the newest)");
  command->callback([=, &session] {
    session.action = [=, &session] { return export_run(*request, session.json); };
  });
}

}  // namespace geocyte::app
