// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/inspected_file.h"

#include <QObject>

namespace geocyte::desktop {
namespace {

/// Absent and wrongly typed values leave the default: the answer may come from another version of the engine.
template <class T>
void take(const Json& json, const char* key, T& into) {
  const auto found = json.find(key);
  if (found == json.end()) return;
  try {
    into = found->get<T>();
  } catch (const Json::exception&) {
  }
}

}  // namespace

InspectedFile inspectedFrom(const QString& path, const EngineAnswer& answer) {
  InspectedFile file;
  file.path = path;
  if (!answer.ok()) {
    file.problem = answer.hint.isEmpty() ? answer.problem : QStringLiteral("%1 – %2").arg(answer.problem, answer.hint);
    return file;
  }
  const Json& json = answer.json.is_array() && !answer.json.empty() ? answer.json.front() : answer.json;
  if (!json.is_object()) {
    file.problem = QObject::tr("The engine gave no answer that can be read.");
    return file;
  }
  inspect::FileInspection& found = file.found;
  take(json, "path", found.path);
  take(json, "kind", found.kind);
  take(json, "layout", found.layout);
  take(json, "bytes", found.bytes);
  take(json, "cells", found.cells);
  take(json, "genes", found.genes);
  take(json, "storage", found.storage);
  take(json, "stored", found.stored);
  take(json, "values", found.values);
  take(json, "minimum", found.minimum);
  take(json, "maximum", found.maximum);
  take(json, "mean_library", found.mean_library);
  take(json, "modality", found.modality);
  take(json, "spatial", found.spatial);
  take(json, "labels", found.labels);
  take(json, "label_candidates", found.label_candidates);
  take(json, "batch_candidates", found.batch_candidates);
  take(json, "obsm", found.obsm);
  take(json, "layers", found.layers);
  take(json, "uns", found.uns);
  take(json, "simulated", found.simulated);
  take(json, "trainable", found.trainable);
  take(json, "problems", found.problems);
  take(json, "memory_bytes", found.memory_bytes);
  if (const auto columns = json.find("obs"); columns != json.end() && columns->is_array())
    for (const Json& column : *columns) {
      inspect::ColumnGuess guess;
      if (!column.is_object()) continue;
      take(column, "name", guess.name);
      take(column, "kind", guess.kind);
      take(column, "distinct", guess.distinct);
      take(column, "examples", guess.examples);
      found.obs.push_back(std::move(guess));
    }
  return file;
}

}  // namespace geocyte::desktop
