// SPDX-License-Identifier: GPL-3.0-or-later
// `apply --run R --data FILE`: embeds new data with the encoder, gene panel and recipe of a run, or places them in its tissue.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/engine/chained_encoder.h"
#include "app/engine/command.h"
#include "app/engine/embed_counts.h"
#include "app/engine/embedding_table.h"
#include "app/engine/free_space.h"
#include "app/engine/new_data.h"
#include "app/engine/progress_bar.h"
#include "app/engine/run_argument.h"
#include "app/engine/run_encoder.h"
#include "app/engine/signal_stop.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/inspect/counts.h"
#include "engine/train/applier.h"
#include "engine/train/device.h"
#include "engine/train/system.h"
#include "plugins/systems.h"

namespace geocyte::app {
namespace {

struct Request {
  std::string run, data, by, out, counts;
  bool missing_as_zero = false, with_counts = false;
  std::string units = "radii";
  int threads = 0;
  std::int64_t at_once = 0;
  std::optional<std::int64_t> step;
};

train::Applied embedded(const RunEncoder& encoder, const inspect::CountRows& counts, const std::optional<data::Column>& sources, const Request& request, const StopToken& stop) {
  train::Applied made;
  made.values = embed_counts(counts, encoder, sources, request.missing_as_zero, "apply", made.notes, stop);
  return made;
}

void check_memory(double wanted, std::int64_t cells) {
  const double free = free_memory_bytes();
  if (free > 0 && wanted > free)
    throw Error(ErrorCode::out_of_memory, fmt::format("{} cells need about {} of memory and {} are free", grouped(cells), bytes_text(wanted), bytes_text(free)),
                "lay out fewer at once (--at-once), give the cells in several files, a tissue each, or end other programs");
}

/// Places in the units of the training slides' files, where these agree.
void to_tissue_units(train::Applied& made) {
  if (const auto note = made.facts.find("geocyte/radius_note"); note != made.facts.end())
    throw Error(ErrorCode::usage, "the unit of the tissue is not known: " + note->second, "leave --units out: places are then in radii of the training slides");
  const auto found = made.facts.find("geocyte/radius_of_training_slides");
  if (found == made.facts.end()) throw Error(ErrorCode::usage, "this run makes no places, so they have no units", "leave --units out");
  const double radius = std::stod(found->second);
  for (float& value : made.values.values) value = static_cast<float>(value * radius);
  for (data::Column& column : made.columns)
    if (column.name == "uncertainty")
      for (double& value : column.numbers) value *= radius;
  made.facts["geocyte/unit"] = "as in the files of the training slides";
}

train::Applied placed(store::RunReader& run, const train::Applier& applier, const inspect::CountRows& counts, const std::optional<data::Column>& sources, const Request& request, const StopToken& stop) {
  check_memory(applier.memory_bytes(counts.rows(), request.at_once), counts.rows());
  std::vector<std::string> notes;
  const std::optional<data::Dataset> through = tables_through_encoder(run, applier, counts, sources, request.missing_as_zero, notes, stop);
  train::NewCells cells;
  cells.tables = through ? &*through : &counts.tables();
  cells.counts = [&](std::int64_t begin, std::int64_t end) { return counts.read(begin, end); };
  cells.sources = {std::filesystem::path(request.data).filename().string()};
  cells.source_of_cell.assign(static_cast<std::size_t>(counts.rows()), 0);
  if (sources) {
    cells.sources = sources->categories;
    cells.source_of_cell = sources->codes;
    if (std::find(sources->codes.begin(), sources->codes.end(), -1) != sources->codes.end())
      throw Error(ErrorCode::bad_data, "some cells have no value in \"" + geocyte::quoted(request.by) + "\"", "name the source of every cell, or leave --by out");
  }
  ProgressBar bar("apply");
  const auto start = std::chrono::steady_clock::now();
  train::ApplyOptions how;
  how.missing_as_zero = request.missing_as_zero;
  how.threads = request.threads;
  how.at_once = request.at_once;
  how.stop = stop;
  how.progress = [&](double fraction, std::string_view what) {
    const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::string text(what);
    if (fraction > 0.02 && fraction < 1 && spent > 1) text += " · " + duration_text(spent * (1 - fraction) / fraction) + " left";
    bar.update(fraction, text);
  };
  train::Applied made = applier.apply(cells, how);
  made.notes.insert(made.notes.begin(), notes.begin(), notes.end());
  if (request.units == "tissue") to_tissue_units(made);
  bar.finish(grouped(counts.rows()) + " cells");
  return made;
}

int apply(Request request, bool json) {
  const SignalStop signals("stopping; nothing will be written");
  request.threads = train::set_threads(request.threads);
  const auto folder = run_folder(request.run);
  store::RunReader reader(folder);
  const std::string system = reader.facts().system;
  const std::string out = request.out.empty() ? default_out(request.data, system) : request.out;
  check_output_name(out);
  if (request.with_counts && !out.ends_with(".h5ad")) throw Error(ErrorCode::usage, "counts are only written to .h5ad, not to " + out, "leave --with-counts out, or name another --out");
  const RunArtifact artifact = load_run_artifact(reader, request.step);
  std::unique_ptr<train::Applier> applier;
  std::optional<RunEncoder> encoder;
  if (artifact.artifact.type != kEncoderType) {
    const auto maker = plugins::make_system(system);
    if (const auto* applies = dynamic_cast<const train::AppliesArtifacts*>(maker.get())) applier = applies->applier(artifact.artifact);
  }
  if (!applier) encoder = make_run_encoder(artifact, reader.facts().id);
  if (!applier && request.units != "radii") throw Error(ErrorCode::usage, "this run makes no places, so they have no units", "leave --units out");
  std::vector<std::string> notes = artifact.notes;
  const inspect::CountRows counts(request.data, request.counts);
  if (!counts.note().empty()) notes.push_back(counts.note());
  if (counts.rows() == 0) throw Error(ErrorCode::bad_data, request.data + " has no cells");
  const std::int64_t absent = check_genes(counts.tables(), artifact.recipe.panel(), request.missing_as_zero);
  if (absent > 0) notes.push_back(fmt::format("{} of the {} genes of the panel are not in the data and count as zero", grouped(absent), grouped(static_cast<std::int64_t>(artifact.recipe.panel().size()))));
  std::optional<data::Column> sources;
  if (!request.by.empty()) sources = source_column(counts.tables().obs, request.by, request.data);

  train::Applied made = applier ? placed(reader, *applier, counts, sources, request, signals.token()) : embedded(*encoder, counts, sources, request, signals.token());
  notes.insert(notes.end(), made.notes.begin(), made.notes.end());
  const std::int64_t dimensions = made.values.cols;
  data::Dataset table;
  table.obs = counts.tables().obs;
  table.simulated = counts.tables().simulated;
  table.obsm = counts.tables().obsm;
  table.obsm["X_" + system] = std::move(made.values);
  if (sources) made.columns.push_back(*sources);
  for (data::Column& own : made.columns) {
    std::erase_if(table.obs.columns, [&](const data::Column& column) { return column.name == own.name; });
    table.obs.columns.push_back(std::move(own));
  }
  table.uns = {{"geocyte/run", reader.facts().id}, {"geocyte/step", std::to_string(artifact.step)}, {"geocyte/weights_sha256", artifact.sha256},
               {"geocyte/recipe_hash", artifact.recipe_hash}, {"geocyte/counts", counts.place()}, {"geocyte/data", request.data}};
  table.uns.insert(made.facts.begin(), made.facts.end());
  if (request.with_counts) {
    table.x = counts.read(0, counts.rows());
    table.var = counts.tables().var;
  }
  write_embeddings(table, out, request.with_counts, "X_" + system);
  for (const auto& note : notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  if (json)
    std::printf("%s\n", Json{{"out", out}, {"key", "X_" + system}, {"cells", counts.rows()}, {"dimensions", dimensions}, {"step", artifact.step},
                             {"why", artifact.why}, {"weights_sha256", artifact.sha256}, {"missing_genes", absent}, {"counts", counts.place()}, {"notes", notes}}.dump().c_str());
  else
    std::printf("%s\n%s cells, obsm X_%s of %lld dimensions%s, %s of step %lld (%s)\n", out.c_str(), grouped(counts.rows()).c_str(), system.c_str(),
                static_cast<long long>(dimensions), applier ? ", obs uncertainty and off_tissue" : "", applier ? "model" : "encoder", static_cast<long long>(artifact.step), artifact.why.c_str());
  return 0;
}

}  // namespace

void add_apply(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("apply", "embed or place new data with what a run has learned");
  auto request = std::make_shared<Request>();
  auto missing = std::make_shared<std::string>("refuse");
  command->add_option("--run", request->run, "run directory, or a runs folder (its newest run)")->required();
  command->add_option("--data", request->data, ".h5ad, .tsv, .csv (also .gz)")->required();
  command->add_option("--by", request->by, "obs column that names the source of each cell; kept as obs `source`; places: a tissue each");
  command->add_option("--out", request->out, "FILE.h5ad, FILE.csv or FILE.vtk (default: the data's name in this folder)");
  command->add_option("--missing", *missing, "genes of the panel that the data lack: refuse, or count as zero")->check(CLI::IsMember({"refuse", "zero"}))->capture_default_str();
  command->add_option("--counts", request->counts, "where the counts are: X, raw or a layer (default: found)");
  command->add_flag("--with-counts", request->with_counts, "write the counts as well (.h5ad), so that the file can be a source of a run");
  command->add_option("--units", request->units, "of places: radii of a training slide, or tissue (the unit of its file)")->check(CLI::IsMember({"radii", "tissue"}))->capture_default_str();
  command->add_option("--at-once", request->at_once, "most cells of a tissue that are laid out together; more are laid out in overlapping patches (default: 3000)")->check(CLI::Range(100, 100'000));
  command->add_option("--step", request->step, "checkpoint to take (default: the best one)");
  command->add_option("--threads", request->threads, "threads of one operation; 0 = all")->check(CLI::Range(0, 1024));
  command->callback([=, &session] {
    session.action = [=, &session] {
      request->missing_as_zero = *missing == "zero";
      return apply(*request, session.json);
    };
  });
}

}  // namespace geocyte::app
