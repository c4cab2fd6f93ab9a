// SPDX-License-Identifier: GPL-3.0-or-later
// From the options `data_folder` and `sources` to opened, checked sources of a run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/data/dataset.h"
#include "engine/simulate/six_sources.h"

namespace geocyte::inspect {

struct OpenOptions {
  std::int64_t min_cells = 2;                    ///< fewer cells in a source is an error
  std::filesystem::path cache_folder;            ///< of simulated data; "" = default
  simulate::Progress progress;
};

struct OpenedSources {
  std::vector<data::Source> sources;
  std::vector<std::string> genes;                ///< shared by all sources, in the order of the first
  std::string data_note;                         ///< "simulated: six_sources, 500 genes, seed 7" or the folder
  bool simulated = false;
  std::vector<std::string> files;                ///< absolute paths that were read, each once
  std::vector<std::string> notes;                ///< sentences a user should read: counts that were found in a layer
};

/// Opens every entry {name, file, by, where, patient, modality, labels, counts, spatial, proportions, places} of `source_list`; `from` is another word for
/// `file`, and columns may be written "obs.batch". A file named twice is read once. `by` splits one entry into a source a value of
/// that obs column, named "<name>_<value>" ("<value>" when name is empty); "halves:x" (y, z) splits at the median of that axis of the
/// coordinates into "<name>_low" and "<name>_high". `where` "COLUMN=VALUE" takes only the cells with that value. `counts` is where the counts are (counts.h).
/// `spatial` "" takes obsm "spatial" or "X_spatial" if there; modality "" is guessed from that. `patient` "obs.COLUMN" takes each
/// source's own value of that column, which must be one.
/// An empty list over simulated data opens all of its sources. An absolute `file` needs no data_folder.
/// Throws Error{bad_data} in one sentence for: missing or wrong file, missing column or key (nearest name and what there
/// is), too few cells, non-finite values, values that are no counts, duplicate genes or source names, no shared genes.
OpenedSources open_sources(const Json& source_list, const std::string& data_folder, const OpenOptions& options = {});

}  // namespace geocyte::inspect
