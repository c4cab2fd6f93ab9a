// SPDX-License-Identifier: GPL-3.0-or-later
// `apply --run R --data FILE`: embeds new data with the encoder, gene panel and recipe of a run.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include <ATen/ops/from_blob.h>
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/engine/command.h"
#include "app/engine/embedding_table.h"
#include "app/engine/progress_bar.h"
#include "app/engine/run_argument.h"
#include "app/engine/run_encoder.h"
#include "engine/config/schema.h"
#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/inspect/counts.h"

namespace geocyte::app {
namespace {

constexpr std::int64_t kBlock = 2048;      // cells at a time: 16 MB of a panel of 2,000 genes

struct Request {
  std::string run, data, by, out, counts;
  bool missing_as_zero = false, with_counts = false;
  std::optional<std::int64_t> step;
};

data::Column source_column(const data::Table& obs, const std::string& given, const std::string& path) {
  const std::string name = obs.find(given) == nullptr && given.starts_with("obs.") ? given.substr(4) : given;
  const data::Column* found = obs.find(name);
  if (found == nullptr) {
    const std::string near = config::nearest_name(name, obs.column_names());
    throw Error(ErrorCode::bad_data, path + " has no obs column \"" + geocyte::quoted(name) + "\"",
                (near.empty() ? "" : "Did you mean " + near + "? ") + "There is: " + listed(obs.column_names(), 12) + ".");
  }
  data::Column column = data::as_categorical(*found);
  column.name = "source";
  return column;
}

/// Says what lacks before anything is computed; returns how many genes of the panel are to be taken as zero.
std::int64_t check_genes(const data::Dataset& tables, const RunEncoder& encoder, bool missing_as_zero) {
  data::Source whole;
  whole.name = std::filesystem::path(tables.path).filename().string();
  whole.dataset = std::make_shared<const data::Dataset>(tables);
  data::check_unique_genes(whole);
  const std::set<std::string> there(tables.var.index.begin(), tables.var.index.end());
  std::vector<std::string> missing;
  for (const auto& gene : encoder.recipe.panel())
    if (!there.contains(gene)) missing.push_back(gene);
  const auto panel = static_cast<std::int64_t>(encoder.recipe.panel().size()), absent = static_cast<std::int64_t>(missing.size());
  if (absent == panel)
    throw Error(ErrorCode::bad_data, fmt::format("{} has none of the {} genes of the run's panel ({} there, {} in the panel)", whole.name, grouped(panel),
                                                 there.empty() ? "nothing" : quoted(tables.var.index.front()), quoted(encoder.recipe.panel().front())),
                "Check that both use the same kind of gene names (symbols or Ensembl ids) and the same species.");
  if (absent > 0 && !missing_as_zero)
    throw Error(ErrorCode::bad_data, fmt::format("{} lacks {} of the {} genes of the run's panel: {}", whole.name, grouped(absent), grouped(panel), listed(missing)),
                "Take data with these genes, or let them count as zero with --missing zero.");
  return absent;
}

/// Embeds one block of counts; values go to `to`.
void embed_block(const RunEncoder& encoder, const std::shared_ptr<data::Dataset>& block, const std::string& name, bool missing_as_zero, float* to) {
  data::Source source;
  source.name = name;
  source.dataset = block;
  data::DenseMatrix cells = encoder.recipe.apply(source, missing_as_zero ? preprocess::MissingGenes::zero : preprocess::MissingGenes::refuse);
  const at::Tensor x = at::from_blob(cells.values.data(), {cells.rows, cells.cols}, at::kFloat);   // (B, G)
  const at::Tensor z = encoder.module.run_of_source(x, name).contiguous();                          // (B, latent)
  std::copy_n(z.const_data_ptr<float>(), z.numel(), to);
}

/// What an adapter cannot map; "" when there is none, or every cell has its map.
std::string without_map(const RunEncoder& encoder, std::int64_t rows, const std::optional<data::Column>& sources) {
  const std::vector<std::string>& mapped = encoder.module.adapted_sources;
  if (mapped.empty()) return {};
  std::int64_t strangers = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::string name = sources ? sources->text_at(static_cast<std::size_t>(row)) : std::string();
    strangers += std::find(mapped.begin(), mapped.end(), name) == mapped.end();
  }
  if (strangers == 0) return {};
  return fmt::format("{} of {} cells are of no source that the adapter of the encoder has a map for ({}) and are embedded without it; name the source of each cell with --by",
                     grouped(strangers), grouped(rows), listed(mapped));
}

/// A recipe that centres by source needs each source whole, an adapter its name; anything else takes cells as they come.
data::DenseMatrix embed(const inspect::CountRows& counts, const RunEncoder& encoder, const std::optional<data::Column>& sources, bool missing_as_zero) {
  const std::int64_t rows = counts.rows();
  data::DenseMatrix z{rows, encoder.latent, std::vector<float>(static_cast<std::size_t>(rows * encoder.latent))};
  const auto block = std::make_shared<data::Dataset>();
  block->var = counts.tables().var;
  const std::vector<std::string>& names = counts.tables().obs.index;
  ProgressBar bar("apply");
  if (!encoder.recipe.centres() && encoder.module.adapted_sources.empty()) {
    for (std::int64_t begin = 0; begin < rows; begin += kBlock) {
      const std::int64_t end = std::min(begin + kBlock, rows);
      block->x = counts.read(begin, end);
      block->obs.index.assign(names.begin() + begin, names.begin() + end);   // thinning draws by the name of the cell
      embed_block(encoder, block, "the new data", missing_as_zero, z.row(begin).data());
      bar.update(static_cast<double>(end) / static_cast<double>(rows), grouped(end) + " of " + grouped(rows) + " cells");
    }
  } else {
    const data::Matrix all = counts.read(0, rows);
    std::map<std::string, std::vector<std::int64_t>> rows_of;
    for (std::int64_t row = 0; row < rows; ++row) rows_of[sources ? sources->text_at(static_cast<std::size_t>(row)) : std::string()].push_back(row);
    for (const auto& [name, own] : rows_of) {
      block->x = data::select_rows(all, own);
      block->obs.index.clear();
      for (const std::int64_t row : own) block->obs.index.push_back(names[static_cast<std::size_t>(row)]);
      std::vector<float> values(own.size() * static_cast<std::size_t>(encoder.latent));
      embed_block(encoder, block, name, missing_as_zero, values.data());
      for (std::size_t i = 0; i < own.size(); ++i) std::copy_n(values.data() + i * static_cast<std::size_t>(encoder.latent), encoder.latent, z.row(own[i]).data());
    }
  }
  bar.finish(grouped(rows) + " cells");
  return z;
}

std::string default_out(const std::string& data, const std::string& system) {
  std::filesystem::path name = std::filesystem::path(data).filename();
  while (name.has_extension()) name = name.stem();
  std::string out = name.string() + "." + system + ".h5ad";
  if (std::filesystem::exists(out)) throw Error(ErrorCode::usage, "the file " + out + " is there already", "name another one with --out");
  return out;
}

int apply(const Request& request, bool json) {
  const auto folder = run_folder(request.run);
  store::RunReader reader(folder);
  const std::string system = reader.facts().system;
  const std::string out = request.out.empty() ? default_out(request.data, system) : request.out;
  check_output_name(out);
  if (request.with_counts && !out.ends_with(".h5ad")) throw Error(ErrorCode::usage, "counts are only written to .h5ad, not to " + out, "leave --with-counts out, or name another --out");
  const RunEncoder encoder = load_run_encoder(reader, request.step);
  std::vector<std::string> notes = encoder.notes;
  const inspect::CountRows counts(request.data, request.counts);
  if (!counts.note().empty()) notes.push_back(counts.note());
  const std::int64_t absent = check_genes(counts.tables(), encoder, request.missing_as_zero);
  if (absent > 0) notes.push_back(fmt::format("{} of the {} genes of the panel are not in the data and count as zero", grouped(absent), grouped(static_cast<std::int64_t>(encoder.recipe.panel().size()))));
  std::optional<data::Column> sources;
  if (!request.by.empty()) sources = source_column(counts.tables().obs, request.by, request.data);

  data::Dataset table;
  table.obs = counts.tables().obs;
  table.simulated = counts.tables().simulated;
  table.obsm = counts.tables().obsm;
  if (const std::string note = without_map(encoder, counts.rows(), sources); !note.empty()) notes.push_back(note);
  table.obsm["X_" + system] = embed(counts, encoder, sources, request.missing_as_zero);
  if (sources) {
    std::erase_if(table.obs.columns, [](const data::Column& column) { return column.name == "source"; });
    table.obs.columns.push_back(*sources);
  }
  table.uns = {{"geocyte/run", reader.facts().id}, {"geocyte/step", std::to_string(encoder.step)}, {"geocyte/weights_sha256", encoder.sha256},
               {"geocyte/recipe_hash", encoder.recipe_hash}, {"geocyte/counts", counts.place()}, {"geocyte/data", request.data}};
  if (request.with_counts) {
    table.x = counts.read(0, counts.rows());
    table.var = counts.tables().var;
  }
  write_embeddings(table, out, request.with_counts);
  for (const auto& note : notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  if (json)
    std::printf("%s\n", Json{{"out", out}, {"key", "X_" + system}, {"cells", counts.rows()}, {"dimensions", encoder.latent}, {"step", encoder.step},
                             {"why", encoder.why}, {"weights_sha256", encoder.sha256}, {"missing_genes", absent}, {"counts", counts.place()}, {"notes", notes}}.dump().c_str());
  else
    std::printf("%s\n%s cells, obsm X_%s of %lld dimensions, encoder of step %lld (%s)\n", out.c_str(), grouped(counts.rows()).c_str(), system.c_str(),
                static_cast<long long>(encoder.latent), static_cast<long long>(encoder.step), encoder.why.c_str());
  return 0;
}

}  // namespace

void add_apply(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("apply", "embed new data with what a run has learned");
  auto request = std::make_shared<Request>();
  auto missing = std::make_shared<std::string>("refuse");
  command->add_option("--run", request->run, "run directory, or a runs folder (its newest run)")->required();
  command->add_option("--data", request->data, ".h5ad, .tsv, .csv (also .gz)")->required();
  command->add_option("--by", request->by, "obs column that names the source of each cell; kept as obs `source`");
  command->add_option("--out", request->out, "FILE.h5ad or FILE.csv (default: the data's name in this folder)");
  command->add_option("--missing", *missing, "genes of the panel that the data lack: refuse, or count as zero")->check(CLI::IsMember({"refuse", "zero"}))->capture_default_str();
  command->add_option("--counts", request->counts, "where the counts are: X, raw or a layer (default: found)");
  command->add_flag("--with-counts", request->with_counts, "write the counts as well (.h5ad), so that the file can be a source of a run");
  command->add_option("--step", request->step, "checkpoint to take (default: the best one)");
  command->callback([=, &session] {
    session.action = [=, &session] {
      request->missing_as_zero = *missing == "zero";
      return apply(*request, session.json);
    };
  });
}

}  // namespace geocyte::app
