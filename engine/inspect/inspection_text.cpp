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

namespace {

template <class T>
void read(const Json& json, const char* key, T& into) {
  try {
    if (const auto found = json.find(key); found != json.end()) into = found->get<T>();
  } catch (const Json::exception&) {  // keeps its default
  }
}

}  // namespace

FileInspection inspection_from_json(const Json& json) {
  FileInspection i;
  if (!json.is_object()) return i;
  read(json, "path", i.path);
  read(json, "kind", i.kind);
  read(json, "layout", i.layout);
  read(json, "bytes", i.bytes);
  read(json, "cells", i.cells);
  read(json, "genes", i.genes);
  read(json, "storage", i.storage);
  read(json, "stored", i.stored);
  read(json, "values", i.values);
  read(json, "minimum", i.minimum);
  read(json, "maximum", i.maximum);
  read(json, "mean_library", i.mean_library);
  read(json, "modality", i.modality);
  read(json, "spatial", i.spatial);
  read(json, "labels", i.labels);
  read(json, "label_candidates", i.label_candidates);
  read(json, "batch_candidates", i.batch_candidates);
  if (const auto columns = json.find("obs"); columns != json.end() && columns->is_array())
    for (const Json& column : *columns) {
      ColumnGuess guess;
      if (!column.is_object()) continue;
      read(column, "name", guess.name);
      read(column, "kind", guess.kind);
      read(column, "distinct", guess.distinct);
      read(column, "examples", guess.examples);
      i.obs.push_back(std::move(guess));
    }
  read(json, "obsm", i.obsm);
  read(json, "layers", i.layers);
  read(json, "uns", i.uns);
  read(json, "simulated", i.simulated);
  read(json, "trainable", i.trainable);
  read(json, "problems", i.problems);
  read(json, "memory_bytes", i.memory_bytes);
  return i;
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
