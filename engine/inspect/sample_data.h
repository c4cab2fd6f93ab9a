// SPDX-License-Identifier: GPL-3.0-or-later
// Simulated data named by an address, "simulate:six_sources?genes=500&seed=7", made once and kept in a cache folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/simulate/six_sources.h"

namespace geocyte::inspect {

/// True for an address that starts with "simulate:".
bool is_simulation(std::string_view data_folder);

struct SimulationRequest {
  std::string recipe;                    ///< "six_sources"
  simulate::SixSourcesOptions options;
  std::string key;                       ///< folder name in the cache: recipe, genes, seed and a hash of all options
};

/// Throws Error{bad_config} for an unknown recipe or key (with the nearest name) and for a value that is no number.
SimulationRequest parse_simulation(const std::string& uri);

/// ${XDG_CACHE_HOME:-~/.cache}/geocyte/simulated
std::filesystem::path default_cache_folder();

/// Writes one .h5ad a source and sources.json (the option list that opens them) into `folder`, which is made.
void write_simulation(const SimulationRequest& request, const std::filesystem::path& folder,
                      const simulate::Progress& progress = {});

/// The folder with the files of that address. Made on first use in a folder of its own and renamed into place, so that
/// concurrent callers are safe and an interrupted one leaves nothing half-made. `cache_folder` "" = default.
std::string ensure_simulated(const std::string& uri, const std::filesystem::path& cache_folder = {},
                             const simulate::Progress& progress = {});

}  // namespace geocyte::inspect
