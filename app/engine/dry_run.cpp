// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/dry_run.h"

#include <chrono>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "app/engine/free_space.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/inspect/fingerprint.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/process_identity.h"
#include "engine/store/run_index.h"
#include "engine/train/device.h"

namespace geocyte::app {
namespace {

using Clock = std::chrono::steady_clock;

/// The first step warms up; two more say how long one takes. None is begun after so many seconds.
constexpr int kSteps = 3;
constexpr double kEnoughSeconds = 2;

Json describe_data(const OpenedData& data) {
  Json files = Json::array(), sources = Json::array();
  for (const auto& file : data.files) files.push_back(inspect::fingerprint(file));
  for (const auto& source : data.inputs.sources)
    sources.push_back({{"name", source.name}, {"file", source.dataset->path}, {"cells", source.size()}, {"genes", source.dataset->var.size()},
                       {"patient", source.patient}, {"modality", source.modality}, {"labels", source.label_column}, {"spatial", source.spatial_key}});
  return {{"note", data.inputs.data_note}, {"simulated", data.inputs.simulated}, {"cells", data.cells}, {"shared_genes", data.shared_genes},
          {"files", files}, {"sources", sources}};
}

/// Runs with the same configuration. The newest comes first.
Json identical_runs(const std::filesystem::path& runs, const std::string& hash) {
  Json found = Json::array();
  for (const auto& run : store::RunIndex(runs).scan()) {
    if (run.facts.foreign || store::text_at(run.facts.all, "config_hash") != hash) continue;
    std::string state;
    try {
      state = store::text_at(store::read_json_file(run.directory / "status.json"), "state");
    } catch (const Error&) {  // a run without a status is still one with this configuration
    }
    found.push_back({{"id", run.facts.id}, {"name", run.facts.name}, {"state", state}, {"directory", run.directory.string()}});
  }
  return found;
}

void check_free_memory(double wanted, double free) {
  if (free > 0 && wanted > free)
    throw Error(ErrorCode::out_of_memory,
                fmt::format("the run needs about {} of memory and {} are free", bytes_text(wanted), bytes_text(free)),
                "use fewer genes, a smaller batch or fewer cells, or end other programs");
}

void check_disk(double wanted, const FreeDisk& disk) {
  if (!disk.writable)
    throw Error(ErrorCode::storage, "the folder " + disk.folder.string() + " cannot be written", "choose another --runs");
  if (wanted > disk.bytes)
    throw Error(ErrorCode::storage,
                fmt::format("the run needs about {} on the disk of {} and {} are free", bytes_text(wanted), disk.folder.string(), bytes_text(disk.bytes)),
                "free some space, choose another --runs, or lower snapshot.max_mb");
}

struct Tried {
  train::StepReport report;
  int steps = 0;
  double milliseconds = 0;                 ///< of the quickest step
};

Tried try_steps(PreparedSystem& prepared, std::int64_t total_steps) {
  Tried tried;
  const auto begin = Clock::now();
  const auto seconds_since = [](Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); };
  while (tried.steps < std::min<std::int64_t>(kSteps, total_steps) && (tried.steps == 0 || seconds_since(begin) < kEnoughSeconds)) {
    prepared.context->set_step(tried.steps, total_steps);
    const auto start = Clock::now();
    tried.report = with_context("trying a step", [&] { return prepared.system->step(*prepared.context); });
    const double milliseconds = 1000 * seconds_since(start);
    tried.milliseconds = tried.steps == 0 ? milliseconds : std::min(tried.milliseconds, milliseconds);
    ++tried.steps;
    if (!std::isfinite(tried.report.total))
      throw Error(ErrorCode::diverged, fmt::format("the loss is not finite at step {}", tried.steps),
                  "lower the learning rate or look for extreme values in the data");
  }
  return tried;
}

Json axis_sizes(const std::vector<store::Axis>& axes) {
  Json sizes = Json::object();
  for (const auto& axis : axes) sizes[axis.name] = axis.size();
  return sizes;
}

void print_lines(const Json& found) {
  const auto bytes = [&](const char* what, const char* which) { return bytes_text(found[what][which].get<double>()); };
  std::printf("%s (%s)\n", found["title"].get<std::string>().c_str(), found["system"].get<std::string>().c_str());
  for (const Json& source : found["data"]["sources"])
    std::printf("  %-16s %s %s, %s genes%s\n", source["name"].get<std::string>().c_str(), grouped(source["cells"].get<std::int64_t>()).c_str(),
                source["modality"] == "st" ? "spots" : "cells", grouped(source["genes"].get<std::int64_t>()).c_str(),
                source["labels"] == "" ? "" : (", labels " + source["labels"].get<std::string>()).c_str());
  std::printf("  memory   about %s of %s free (%s in use after %d steps)\n", bytes("memory", "estimate_bytes").c_str(),
              bytes("memory", "free_bytes").c_str(), bytes("memory", "measured_bytes").c_str(), found["step"]["steps"].get<int>());
  std::printf("  disk     about %s of %s free\n", bytes("disk", "estimate_bytes").c_str(), bytes("disk", "free_bytes").c_str());
  std::printf("  step     %.3g ms on %s, so about %s for %s steps\n", found["step"]["milliseconds"].get<double>(),
              found["device"].get<std::string>().c_str(), duration_text(found["seconds"].get<double>()).c_str(),
              grouped(found["total_steps"].get<std::int64_t>()).c_str());
  for (const auto& [term, value] : found["step"]["losses"].items()) std::printf("  loss     %-16s %.4g\n", term.c_str(), value.get<double>());
  for (const Json& note : found["notes"]) std::printf("  note     %s\n", note.get<std::string>().c_str());
  for (const Json& run : found["identical"])
    std::printf("  note     the same configuration is in the run %s (%s)\n", run["id"].get<std::string>().c_str(), run["state"].get<std::string>().c_str());
}

}  // namespace

int dry_run(const DryRunRequest& request) {
  const config::SystemSpec& spec = *request.resolved.system;
  const Json& options = request.resolved.options;
  // Before anything is read: a folder that cannot be written is said at once.
  const FreeDisk disk = free_disk(request.runs);
  check_disk(0, disk);
  const double free_memory = free_memory_bytes();
  PreparedSystem prepared = prepare_system(request.resolved, request.wish, std::filesystem::temp_directory_path().string(), {});
  config::ResourceEstimate estimate;
  if (spec.estimate)
    estimate = spec.estimate(options, {prepared.data.cells, prepared.data.shared_genes, static_cast<std::int64_t>(prepared.data.inputs.sources.size())});
  check_free_memory(estimate.host_bytes, free_memory);
  check_disk(estimate.disk_bytes, disk);

  const auto stages = prepared.system->stages(options);
  std::int64_t total_steps = 0;
  Json stage_list = Json::array();
  for (const auto& stage : stages) {
    total_steps += stage.budget;
    stage_list.push_back({{"id", stage.id}, {"title", stage.title}, {"steps", stage.budget}});
  }
  prepared.context->set_step(0, total_steps);
  with_context("preparing stage " + stages.front().id, [&] { prepared.system->begin(stages.front(), prepared.data.inputs, *prepared.context); });
  const Tried tried = try_steps(prepared, total_steps);

  std::vector<std::string> notes = prepared.data.notes;
  for (auto& note : prepared.context->take_notes()) notes.push_back(std::move(note));
  const std::string hash = config::configuration_hash(options);
  const Json found = {
      {"system", spec.id}, {"preset", request.resolved.preset}, {"title", request.resolved.title}, {"configuration_hash", hash},
      {"device", train::describe_device(prepared.context->device())}, {"threads", prepared.context->threads()},
      {"data", describe_data(prepared.data)}, {"stages", stage_list}, {"total_steps", total_steps},
      {"axes", axis_sizes(prepared.context->axes())},
      {"memory", {{"estimate_bytes", estimate.host_bytes}, {"measured_bytes", store::resident_bytes()}, {"free_bytes", free_memory}, {"fits", true}}},
      {"disk", {{"folder", disk.folder.string()}, {"estimate_bytes", estimate.disk_bytes}, {"free_bytes", disk.bytes}, {"fits", true}}},
      {"identical", identical_runs(request.runs, hash)},
      {"step", {{"steps", tried.steps}, {"losses", tried.report.terms}, {"total", tried.report.total}, {"finite", true}, {"milliseconds", tried.milliseconds}}},
      {"seconds", static_cast<double>(total_steps) * tried.milliseconds / 1000},
      {"notes", notes}};
  if (request.json) std::printf("%s\n", store::print_json(found, 1).c_str());
  else print_lines(found);
  return 0;
}

}  // namespace geocyte::app
