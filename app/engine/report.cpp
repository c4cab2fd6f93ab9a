// SPDX-License-Identifier: GPL-3.0-or-later
// `report --run RUN --out FILE`: a run on one page of HTML with its pictures.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/engine/command.h"
#include "app/engine/report_html.h"
#include "app/engine/run_argument.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/jobs/evaluation_rows.h"
#include "engine/store/contract/verdict_json.h"
#include "engine/store/run_reader.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

const config::SystemSpec* find_spec(const std::vector<config::SystemSpec>& specs, const std::string& id) {
  for (const auto& spec : specs)
    if (spec.id == id) return &spec;
  return nullptr;
}

/// Declared metrics in their order, then what else there is; timings last.
std::vector<std::string> ordered_tags(const config::SystemSpec* spec, const std::map<std::string, std::vector<store::ScalarPoint>>& points) {
  std::vector<std::string> tags;
  std::set<std::string> seen;
  if (spec)
    for (const auto& metric : spec->metrics)
      if (points.contains(metric.path) && seen.insert(metric.path).second) tags.push_back(metric.path);
  for (const auto& [tag, _] : points)
    if (!tag.starts_with("weighted/") && !tag.starts_with("time/") && seen.insert(tag).second) tags.push_back(tag);
  return tags;
}

std::vector<ReportCurve> curves_of(store::RunReader& reader, const config::SystemSpec* spec) {
  std::map<std::string, std::vector<store::ScalarPoint>> points;
  for (bool more = true; more;) {
    auto update = reader.poll_scalars();
    if (update.restarted) points.clear();
    for (auto& [tag, values] : points)
      if (update.superseded_from)
        std::erase_if(values, [&](const auto& p) { return p.step >= *update.superseded_from; });
    for (auto& [tag, values] : update.points) points[tag].insert(points[tag].end(), values.begin(), values.end());
    more = update.more;
  }
  std::vector<ReportCurve> curves;
  for (const std::string& tag : ordered_tags(spec, points)) {
    ReportCurve curve;
    curve.tag = curve.title = tag;
    if (spec)
      for (const auto& metric : spec->metrics)
        if (metric.path == tag) {
          curve.title = metric.title;
          curve.chance = metric.chance;
        }
    for (const auto& point : points[tag]) {
      curve.steps.push_back(static_cast<double>(point.step));
      curve.values.push_back(point.value);
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

const store::Axis* find_axis(const std::vector<store::Axis>& axes, const std::string& name) {
  for (const auto& axis : axes)
    if (axis.name == name) return &axis;
  return nullptr;
}

/// Raw distances are held against their sampling floor, standardised ones against the distance at which two Gaussians are
/// told apart with an AUC of .6.
void add_matrix(const NamedArray& array, const store::Snapshot& part, const std::vector<store::Axis>& axes, Report& report) {
  constexpr double kTimesFloor = 1.5, kStandardisedGate = 0.36;
  const store::Axis* axis = find_axis(axes, array.axes[0]);
  if (!axis || static_cast<std::int64_t>(axis->ids.size()) != array.shape[0]) return;
  ReportMatrix matrix;
  matrix.title = array.name;
  matrix.caption = fmt::format("{} · step {}", array.caption, part.step);
  matrix.labels = axis->ids;
  matrix.values = array.to_double();
  if (const NamedArray* floor = part.find("align/sampling_floor"); floor && array.name == "align/centroid_distance") {
    for (const double value : floor->to_double()) matrix.gate.push_back(kTimesFloor * value);
    matrix.caption += fmt::format(" · hatched: above {} times its sampling floor", kTimesFloor);
  } else if (array.name == "align/centroid_distance_standardised") {
    matrix.gate = {kStandardisedGate};
    matrix.caption += fmt::format(" · hatched: above {}, where Gaussians are told apart with AUC 0.6", kStandardisedGate);
  }
  report.matrices.push_back(std::move(matrix));
}

/// The last word on everything the engine found out, in the order of its ids.
void add_verdicts(store::RunReader& reader, Report& report) {
  std::map<std::string, store::Verdict> last;
  for (auto events = reader.poll_events(); !events.empty(); events = reader.poll_events())
    for (const auto& event : events)
      if (event.kind == "verdict") {
        auto verdict = store::verdict_from_json(event.details);
        last[verdict.id] = std::move(verdict);
      }
  for (const auto& [id, verdict] : last) report.verdicts.push_back({verdict.state, verdict.headline, verdict.evidence});
}

void add_cloud(const NamedArray& array, const store::Snapshot& part, const std::vector<store::Axis>& axes, Report& report) {
  ReportCloud cloud;
  cloud.title = array.name;
  cloud.caption = fmt::format("{} · step {} · {} points", array.caption, part.step, array.shape[0]);
  cloud.xy = array.to_double();
  if (const store::Axis* axis = find_axis(axes, array.axes[0]); axis && !axis->labels.empty()) {
    const auto& labels = axis->labels.front();
    const NamedArray* rows = part.find("row_index");
    const std::vector<double> index = rows ? rows->to_double() : std::vector<double>();
    for (std::int64_t i = 0; i < array.shape[0]; ++i) {
      const auto row = static_cast<std::size_t>(rows ? index[static_cast<std::size_t>(i)] : static_cast<double>(i));
      cloud.codes.push_back(row < labels.codes.size() ? labels.codes[row] : -1);
    }
    cloud.categories = labels.categories;
  }
  report.clouds.push_back(std::move(cloud));
}

void add_coverage(const store::Snapshot& part, Report& report) {
  const auto shares = [&](const char* name) {
    const NamedArray* array = part.find(name);
    return array && array->shape.size() == 1 ? array->to_double() : std::vector<double>();
  };
  ReportCoverage made{"calibration", {}, shares("calibration/nominal"), shares("calibration/observed"), shares("calibration/low"), shares("calibration/high")};
  const std::size_t levels = made.nominal.size();
  if (levels == 0 || made.observed.size() != levels || made.low.size() != levels || made.high.size() != levels) return;
  for (const auto* values : {&made.nominal, &made.observed, &made.low, &made.high})
    for (const double share : *values)
      if (!(share >= 0 && share <= 1)) return;
  const std::vector<double> cells = shares("calibration/n");
  made.caption = fmt::format("{} · n = {:.0f} cells · step {}", part.find("calibration/observed")->caption, cells.empty() ? 0 : cells.front(), part.step);
  report.coverages.push_back(std::move(made));
}

/// Pictures of the newest snapshot that has each of them.
void add_pictures(store::RunReader& reader, Report& report) {
  if (!reader.has_axes()) return;
  const auto axes = reader.read_axes();
  auto snapshots = reader.snapshots();
  std::reverse(snapshots.begin(), snapshots.end());
  std::set<std::string> done;
  for (const auto& entry : snapshots)
    for (const std::string& name : entry.parts) {
      if (name.empty() || !done.insert(name).second) continue;
      const auto part = reader.read_snapshot(entry.step, name);
      add_coverage(part, report);
      for (const auto& array : part.arrays) {
        if (array.shape.size() != 2 || array.axes.size() != 2) continue;
        if (array.axes[0] == array.axes[1] && array.name.starts_with("align/centroid_distance")) add_matrix(array, part, axes, report);
        else if (array.role == "points" && array.shape[1] == 2) add_cloud(array, part, axes, report);
      }
    }
}

int write_report(const std::string& run, std::string out, bool json) {
  const auto folder = run_folder(run);
  store::RunReader reader(folder);
  reader.poll_status();
  const auto specs = plugins::all_specs();
  const auto* spec = find_spec(specs, reader.facts().system);
  Report report;
  report.title = reader.facts().name.empty() ? reader.facts().id : reader.facts().name;
  report.subtitle = spec ? spec->title : reader.facts().system;
  report.curves = curves_of(reader, spec);
  add_verdicts(reader, report);
  for (const auto& check : jobs::evaluation_checks(folder))
    report.checks.push_back({jobs::outcome_text(check), check.kind, check.title, jobs::measured_text(check),
                             check.rule + (check.kind == "guard" && check.bound ? fmt::format(" ({:.3g})", *check.bound) : "")});
  add_pictures(reader, report);
  report.facts = {{"run", reader.facts().id}, {"preset", reader.facts().preset}, {"seed", std::to_string(reader.facts().seed)},
                  {"created", reader.facts().created}};
  if (const auto& status = reader.status()) {
    report.facts.emplace_back("state", name_of(status->state));
    report.facts.emplace_back("steps", fmt::format("{} of {}", status->step, status->total_steps));
    report.facts.emplace_back("device", status->device);
    if (status->error) report.verdicts.insert(report.verdicts.begin(), {"bad", "This run failed.", status->error->what});
  }
  if (out.empty()) out = (folder / "report.html").string();
  write_file_atomically(out, render_html(report));
  if (json) std::printf("%s\n", Json{{"report", out}}.dump().c_str());
  else std::printf("%s\n", out.c_str());
  return 0;
}

}  // namespace

void add_report(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("report", "write a run as one page of HTML with its pictures");
  auto run = std::make_shared<std::string>(), out = std::make_shared<std::string>();
  command->add_option("--run", *run, "run directory, or a runs folder (its newest run)")->required();
  command->add_option("--out", *out, "file to write (default: report.html in the run)");
  command->callback([=, &session] {
    session.action = [=, &session] { return write_report(*run, *out, session.json); };
  });
}

}  // namespace geocyte::app
