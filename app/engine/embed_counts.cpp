// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/embed_counts.h"

#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "app/engine/progress_bar.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::app {
namespace {

constexpr std::int64_t kBlock = 2048;      // cells at a time: 16 MB of a panel of 2,000 genes

std::map<std::string, std::vector<std::int64_t>> rows_by_source(std::int64_t rows, const std::optional<data::Column>& sources) {
  std::map<std::string, std::vector<std::int64_t>> rows_of;
  for (std::int64_t row = 0; row < rows; ++row) rows_of[sources ? sources->text_at(static_cast<std::size_t>(row)) : std::string()].push_back(row);
  return rows_of;
}

/// Embeds one block of counts; values go to `to`.
void embed_block(const RunEncoder& encoder, const std::shared_ptr<data::Dataset>& block, const std::string& name, bool missing_as_zero, float* to) {
  data::Source source;
  source.name = name;
  source.dataset = block;
  const data::DenseMatrix z = embed_source(encoder, source, missing_as_zero ? preprocess::MissingGenes::zero : preprocess::MissingGenes::refuse);   // (B, latent)
  std::copy(z.values.begin(), z.values.end(), to);
}

void go_on(const StopToken& stop) {
  if (stop.stop_requested()) throw Error(ErrorCode::interrupted, "apply was stopped; nothing was written");
}

}  // namespace

std::string without_map(const RunEncoder& encoder, const std::vector<NamedCells>& cells) {
  const std::vector<std::string>& mapped = encoder.module.adapted_sources;
  if (mapped.empty()) return {};
  std::vector<std::string> strangers;
  std::int64_t strange = 0, all = 0;
  for (const NamedCells& one : cells) {
    all += one.cells;
    if (one.cells == 0 || std::find(mapped.begin(), mapped.end(), one.source) != mapped.end()) continue;
    strange += one.cells;
    if (!one.source.empty()) strangers.push_back(one.source);
  }
  if (strange == 0) return {};
  return fmt::format("{} of {} cells are of no source that the adapter of the encoder has a map for ({}) and are embedded without it{}", grouped(strange), grouped(all),
                     listed(mapped), strangers.empty() ? std::string() : ": those of " + listed(strangers));
}

data::DenseMatrix embed_counts(const inspect::CountRows& counts, const RunEncoder& encoder, const std::optional<data::Column>& sources, bool missing_as_zero,
                               const char* bar_name, std::vector<std::string>& notes, const StopToken& stop) {
  const std::int64_t rows = counts.rows();
  const auto rows_of = rows_by_source(rows, sources);
  std::vector<NamedCells> named;
  for (const auto& [name, own] : rows_of) named.push_back({name, static_cast<std::int64_t>(own.size())});
  if (const std::string note = without_map(encoder, named); !note.empty()) notes.push_back(note + "; name the source of each cell with --by");
  data::DenseMatrix z{rows, encoder.latent, std::vector<float>(static_cast<std::size_t>(rows * encoder.latent))};
  const auto block = std::make_shared<data::Dataset>();
  block->var = counts.tables().var;
  const std::vector<std::string>& names = counts.tables().obs.index;
  ProgressBar bar(bar_name);
  if (!encoder.recipe.centres() && encoder.module.adapted_sources.empty()) {
    for (std::int64_t begin = 0; begin < rows; begin += kBlock) {
      const std::int64_t end = std::min(begin + kBlock, rows);
      go_on(stop);
      block->x = counts.read(begin, end);
      block->obs.index.assign(names.begin() + begin, names.begin() + end);   // thinning draws by the name of the cell
      embed_block(encoder, block, "the new data", missing_as_zero, z.row(begin).data());
      bar.update(static_cast<double>(end) / static_cast<double>(rows), grouped(end) + " of " + grouped(rows) + " cells");
    }
  } else {
    const data::Matrix all = counts.read(0, rows);
    for (const auto& [name, own] : rows_of) {
      go_on(stop);
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

}  // namespace geocyte::app
