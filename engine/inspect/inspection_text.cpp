// SPDX-License-Identifier: GPL-3.0-or-later
// What inspect_file() found, as JSON and as lines for a terminal.
#include <fmt/format.h>

#include "engine/core/text.h"
#include "engine/inspect/inspect_file.h"

namespace geocyte::inspect {

namespace {

std::string or_none(const std::vector<std::string>& names) { return names.empty() ? "none" : listed(names, 12); }

std::string line(const std::string& title, const std::string& content) { return fmt::format("  {:<12} {}\n", title, content); }

std::string column_text(const ColumnGuess& column) {
  return fmt::format("{} ({}, {} {}{}{})", column.name, column.kind, column.distinct > 1000 ? "over 1,000" : grouped(column.distinct),
                     column.distinct == 1 ? "value" : "values", column.kind == "numeric" ? "" : ": ",
                     column.kind == "numeric" ? "" : listed(column.examples, 4));
}

}  // namespace

Json to_json(const FileInspection& i) {
  Json columns = Json::array();
  for (const auto& column : i.obs)
    columns.push_back({{"name", column.name}, {"kind", column.kind}, {"distinct", column.distinct}, {"examples", column.examples}});
  return {{"path", i.path},
          {"kind", i.kind},
          {"layout", i.layout},
          {"bytes", i.bytes},
          {"cells", i.cells},
          {"genes", i.genes},
          {"storage", i.storage},
          {"stored", i.stored},
          {"values", i.values},
          {"minimum", i.minimum},
          {"maximum", i.maximum},
          {"mean_library", i.mean_library},
          {"modality", i.modality},
          {"spatial", i.spatial},
          {"labels", i.labels},
          {"label_candidates", i.label_candidates},
          {"batch_candidates", i.batch_candidates},
          {"obs", columns},
          {"obsm", i.obsm},
          {"layers", i.layers},
          {"uns", i.uns},
          {"simulated", i.simulated},
          {"trainable", i.trainable},
          {"problems", i.problems},
          {"memory_bytes", i.memory_bytes}};
}

std::string to_text(const FileInspection& i) {
  std::string out = i.path + "\n";
  out += line("is", i.kind + (i.layout.empty() ? "" : ", layout " + i.layout) + ", " + bytes_text(static_cast<double>(i.bytes)) +
                        (i.simulated ? ", simulated" : ""));
  if (i.cells > 0 || i.genes > 0) {
    out += line("shape", fmt::format("{} {} x {} genes", grouped(i.cells), i.modality == "st" ? "spots" : "cells", grouped(i.genes)));
    if (!i.storage.empty())
      out += line("matrix", fmt::format("{}, {} stored values, {} in memory", i.storage, grouped(i.stored), bytes_text(i.memory_bytes)));
    if (!i.values.empty())
      out += line("values", fmt::format("{}: {:g} to {:g}, {:.0f} a row on average", i.values, i.minimum, i.maximum, i.mean_library));
    out += line("looks like", i.modality == "st" ? "spots with coordinates obsm[\"" + i.spatial + "\"]" : "single cells without coordinates");
    out += line("cell types", or_none(i.label_candidates));
    out += line("sources by", or_none(i.batch_candidates));
    for (std::size_t k = 0; k < i.obs.size(); ++k) out += line(k == 0 ? "obs" : "", column_text(i.obs[k]));
    out += line("obsm", or_none(i.obsm));
    out += line("layers", or_none(i.layers));
  }
  for (const auto& problem : i.problems) out += line("problem", problem);
  out += line("trainable", i.trainable ? "yes" : "no");
  return out;
}

}  // namespace geocyte::inspect
