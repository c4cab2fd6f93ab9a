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

#include "app/engine/apply_sketch.h"
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

struct ApplyRequest {
  std::string run, data, by, out, counts;
  bool missing_as_zero = false, with_counts = false, dry_run = false;
  std::string units = "radii";
  int threads = 0;
  std::int64_t at_once = 0, sketch = 0;
  std::optional<std::int64_t> step;
};

train::Applied embedded(const RunEncoder& encoder, const inspect::CountRows& counts, const std::optional<data::Column>& sources, const ApplyRequest& request, const StopToken& stop) {
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

train::Applied placed(store::RunReader& run, const train::Applier& applier, const inspect::CountRows& counts, const std::optional<data::Column>& sources, const ApplyRequest& request, const StopToken& stop) {
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
    if (fraction > 0.02 && spent > 1) text += time_left(spent * (1 - fraction) / fraction);
    bar.update(fraction, text);
  };
  train::Applied made = applier.apply(cells, how);
  made.notes.insert(made.notes.begin(), notes.begin(), notes.end());
  if (request.units == "tissue") to_tissue_units(made);
  bar.finish(grouped(counts.rows()) + " cells");
  return made;
}

/// A run, what of it is applied, and the data held against it: all that is known before anything is computed.
struct Prepared {
  Prepared(const ApplyRequest& request)
      : reader(run_folder(request.run)), system(reader.facts().system), artifact(load_run_artifact(reader, request.step)), notes(artifact.notes), counts(request.data, request.counts) {}
  store::RunReader reader;
  std::string system;
  RunArtifact artifact;
  std::vector<std::string> notes;
  inspect::CountRows counts;
  std::unique_ptr<train::Applier> applier;     ///< null: cells are embedded by `encoder`
  std::optional<RunEncoder> encoder;
  std::vector<std::string> missing;            ///< genes of the panel that the data lack
  std::optional<data::Column> sources;
  std::string key() const { return "X_" + system; }
};

std::unique_ptr<Prepared> prepare(const ApplyRequest& request, bool missing_allowed) {
  auto made = std::make_unique<Prepared>(request);
  Prepared& p = *made;
  if (p.artifact.artifact.type != kEncoderType) {
    const auto maker = plugins::make_system(p.system);
    if (const auto* applies = dynamic_cast<const train::AppliesArtifacts*>(maker.get())) p.applier = applies->applier(p.artifact.artifact);
  }
  if (!p.applier) p.encoder = make_run_encoder(p.artifact, p.reader.facts().id);
  if (!p.applier && request.units != "radii") throw Error(ErrorCode::usage, "this run makes no places, so they have no units", "leave --units out");
  if (!p.counts.note().empty()) p.notes.push_back(p.counts.note());
  if (p.counts.rows() == 0) throw Error(ErrorCode::bad_data, request.data + " has no cells");
  const auto& panel = p.artifact.recipe.panel();
  p.missing = genes_not_there(p.counts.tables(), panel);
  if (!missing_allowed) check_genes(p.counts.tables(), panel, false);
  if (!p.missing.empty())
    p.notes.push_back(fmt::format(fmt::runtime(request.missing_as_zero ? "{} of the {} genes of the panel are not in the data and count as zero"
                                                                       : "{} of the {} genes of the panel are not in the data, which is refused without --missing zero"), grouped(static_cast<std::int64_t>(p.missing.size())), grouped(static_cast<std::int64_t>(panel.size()))));
  if (!request.by.empty()) p.sources = source_column(p.counts.tables().obs, request.by, request.data);
  return made;
}

/// obs columns that can tell sources apart.
Json source_columns(const data::Table& obs) {
  Json made = Json::array();
  for (const data::Column& column : obs.columns) {
    if (column.kind != data::ColumnKind::categorical && column.kind != data::ColumnKind::text) continue;
    const data::Column named = data::as_categorical(column);
    if (named.categories.size() < 2 || named.categories.size() > 100) continue;
    made.push_back({{"name", column.name}, {"values", named.categories.size()}, {"missing", std::count(named.codes.begin(), named.codes.end(), -1)}});
  }
  return made;
}

/// What applying would do and what stands in the way, without doing it.
int say_plan(const ApplyRequest& request, const std::string& out, bool json) {
  const auto p = prepare(request, true);
  const std::int64_t cells = p->counts.rows();
  const double wanted = p->applier ? p->applier->memory_bytes(cells, request.at_once) : 0, free = free_memory_bytes();
  const auto panel = static_cast<std::int64_t>(p->artifact.recipe.panel().size()), absent = static_cast<std::int64_t>(p->missing.size());
  std::error_code ignored;
  if (json) {
    std::vector<std::string> some(p->missing.begin(), p->missing.begin() + std::min<std::ptrdiff_t>(absent, 12));
    std::printf("%s\n", Json{{"run", p->reader.facts().id}, {"system", p->system}, {"makes", p->applier ? "places" : "embedding"}, {"key", p->key()}, {"step", p->artifact.step}, {"why", p->artifact.why},
                             {"cells", cells}, {"panel", panel}, {"missing_genes", absent}, {"missing", some}, {"counts", p->counts.place()}, {"columns", source_columns(p->counts.tables().obs)},
                             {"memory_bytes", wanted}, {"memory_free", free}, {"out", out}, {"out_exists", std::filesystem::exists(out, ignored)}, {"notes", p->notes}}.dump().c_str());
    return 0;
  }
  std::printf("%s cells would be %s by the %s of step %lld (%s) and written to %s\n%s of %s genes of the panel are there; counts: %s\n", grouped(cells).c_str(), p->applier ? "placed" : "embedded",
              p->applier ? "model" : "encoder", static_cast<long long>(p->artifact.step), p->artifact.why.c_str(), out.c_str(), grouped(panel - absent).c_str(), grouped(panel).c_str(), p->counts.place().c_str());
  for (const auto& note : p->notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  return 0;
}

/// The table that is written: obs and obsm of the data with what was made of them.
data::Dataset table_of(const Prepared& p, train::Applied& made, const ApplyRequest& request) {
  data::Dataset table;
  table.obs = p.counts.tables().obs;
  table.simulated = p.counts.tables().simulated;
  table.obsm = p.counts.tables().obsm;
  table.obsm[p.key()] = std::move(made.values);
  if (p.sources) made.columns.push_back(*p.sources);
  for (data::Column& own : made.columns) {
    std::erase_if(table.obs.columns, [&](const data::Column& column) { return column.name == own.name; });
    table.obs.columns.push_back(std::move(own));
  }
  table.uns = {{"geocyte/run", p.reader.facts().id}, {"geocyte/step", std::to_string(p.artifact.step)}, {"geocyte/weights_sha256", p.artifact.sha256},
               {"geocyte/recipe_hash", p.artifact.recipe_hash}, {"geocyte/counts", p.counts.place()}, {"geocyte/data", request.data}};
  table.uns.insert(made.facts.begin(), made.facts.end());
  if (request.with_counts) {
    table.x = p.counts.read(0, p.counts.rows());
    table.var = p.counts.tables().var;
  }
  return table;
}

int apply(ApplyRequest request, bool json) {
  const SignalStop signals("stopping; nothing will be written");
  request.threads = train::set_threads(request.threads);
  const std::string out = request.out.empty() ? default_out(request.data, store::RunReader(run_folder(request.run)).facts().system) : request.out;
  check_output(out);
  if (request.with_counts && !out.ends_with(".h5ad")) throw Error(ErrorCode::usage, "counts are only written to .h5ad, not to " + out, "leave --with-counts out, or name another --out");
  if (request.dry_run) return say_plan(request, out, json);
  const auto p = prepare(request, request.missing_as_zero);
  train::Applied made = p->applier ? placed(p->reader, *p->applier, p->counts, p->sources, request, signals.token()) : embedded(*p->encoder, p->counts, p->sources, request, signals.token());
  p->notes.insert(p->notes.end(), made.notes.begin(), made.notes.end());
  const std::int64_t cells = p->counts.rows(), dimensions = made.values.cols;
  const data::Dataset table = table_of(*p, made, request);
  write_embeddings(table, out, request.with_counts, p->key());
  for (const auto& note : p->notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  if (json) {
    Json said = {{"out", out}, {"key", p->key()}, {"cells", cells}, {"dimensions", dimensions}, {"step", p->artifact.step}, {"why", p->artifact.why},
                 {"weights_sha256", p->artifact.sha256}, {"missing_genes", p->missing.size()}, {"counts", p->counts.place()}, {"notes", p->notes}};
    if (request.sketch > 0) said["sketch"] = sketch_of(table, p->key(), p->applier != nullptr, request.sketch);
    std::printf("%s\n", said.dump().c_str());
  } else {
    std::printf("%s\n%s cells, obsm %s of %lld dimensions%s, %s of step %lld (%s)\n", out.c_str(), grouped(cells).c_str(), p->key().c_str(), static_cast<long long>(dimensions),
                p->applier ? ", obs uncertainty and off_tissue" : "", p->applier ? "model" : "encoder", static_cast<long long>(p->artifact.step), p->artifact.why.c_str());
  }
  return 0;
}

}  // namespace

void add_apply(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("apply", "embed or place new data with what a run has learned");
  auto request = std::make_shared<ApplyRequest>();
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
  command->add_flag("--dry-run", request->dry_run, "say what would be done and which genes are missing, write nothing");
  command->add_option("--sketch", request->sketch, "with --json: also places, or two principal components, of at most so many cells")->check(CLI::Range(0, 100'000));
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
