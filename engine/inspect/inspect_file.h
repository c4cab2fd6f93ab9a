// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is, found by its content; what it seems to hold; what would be a problem in training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/json.h"

namespace geocyte::inspect {

struct ColumnGuess {
  std::string name;
  std::string kind;                      ///< "numeric", "boolean", "text", "categorical"
  std::int64_t distinct = 0;
  std::vector<std::string> examples;     ///< at most 8
};

struct FileInspection {
  std::string path;
  std::string kind;                      ///< "h5ad", "tsv", "csv", "10x h5", "loom", "hdf5", "zip", "text", "binary"
  std::string layout;                    ///< "0.8+", "tsv.gz", …
  std::int64_t bytes = 0;
  std::int64_t cells = 0, genes = 0;
  std::string storage;                   ///< "csr float32"
  std::int64_t stored = 0;               ///< stored values
  std::string values;                    ///< "counts", "log-normalised", "scaled", "unknown"
  double minimum = 0, maximum = 0, mean_library = 0;
  std::string modality;                  ///< guess: "st", "sc" or ""
  std::string spatial;                   ///< obsm key; "" = none
  std::string labels;                    ///< best candidate for cell types; "" = none
  std::vector<std::string> label_candidates, batch_candidates;
  std::vector<ColumnGuess> obs;
  std::vector<std::string> obsm, layers, uns;
  bool simulated = false;
  bool trainable = false;                ///< a source could be opened from it
  std::vector<std::string> problems;     ///< one sentence each: duplicate genes, NaN, negative values, …
  double memory_bytes = 0;               ///< to hold it opened
};

/// Throws Error{bad_data} only when the path does not exist or cannot be read; anything else is described.
FileInspection inspect_file(const std::string& path);

Json to_json(const FileInspection& inspection);
/// The other way; what is missing or of another type keeps its default.
FileInspection inspection_from_json(const Json& json);
/// Several lines for a terminal.
std::string to_text(const FileInspection& inspection);

}  // namespace geocyte::inspect
