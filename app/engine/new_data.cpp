// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/new_data.h"

#include <filesystem>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "engine/config/schema.h"
#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::app {

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

std::vector<std::string> genes_not_there(const data::Dataset& tables, const std::vector<std::string>& panel) {
  data::Source whole;
  whole.name = std::filesystem::path(tables.path).filename().string();
  whole.dataset = std::make_shared<const data::Dataset>(tables);
  data::check_unique_genes(whole);
  const std::set<std::string> there(tables.var.index.begin(), tables.var.index.end());
  std::vector<std::string> missing;
  for (const auto& gene : panel)
    if (!there.contains(gene)) missing.push_back(gene);
  if (missing.size() == panel.size())
    throw Error(ErrorCode::bad_data, fmt::format("{} has none of the {} genes of the run's panel ({} there, {} in the panel)", whole.name, grouped(static_cast<std::int64_t>(panel.size())),
                                                 there.empty() ? "nothing" : quoted(tables.var.index.front()), quoted(panel.front())),
                "Check that both use the same kind of gene names (symbols or Ensembl ids) and the same species.");
  return missing;
}

std::int64_t check_genes(const data::Dataset& tables, const std::vector<std::string>& panel, bool missing_as_zero) {
  const std::vector<std::string> missing = genes_not_there(tables, panel);
  const auto absent = static_cast<std::int64_t>(missing.size());
  if (absent > 0 && !missing_as_zero)
    throw Error(ErrorCode::bad_data, fmt::format("{} lacks {} of the {} genes of the run's panel: {}", std::filesystem::path(tables.path).filename().string(), grouped(absent),
                                                 grouped(static_cast<std::int64_t>(panel.size())), listed(missing)),
                "Take data with these genes, or let them count as zero with --missing zero.");
  return absent;
}

std::string default_out(const std::string& data, const std::string& system) {
  std::filesystem::path name = std::filesystem::path(data).filename();
  while (name.has_extension()) name = name.stem();
  std::string out = name.string() + "." + system + ".h5ad";
  if (std::filesystem::exists(out)) throw Error(ErrorCode::usage, "the file " + out + " is there already", "name another one with --out");
  return out;
}

}  // namespace geocyte::app
