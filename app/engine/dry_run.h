// SPDX-License-Identifier: GPL-3.0-or-later
// `train --dry-run`: everything that can go wrong before the first curve, found in seconds and without writing anything. The
// data are opened, memory and disk are estimated and held against what is free, the runs folder is searched for the same
// configuration, and the first steps are taken.
#pragma once

#include <filesystem>

#include "app/engine/prepared_system.h"

namespace geocyte::app {

struct DryRunRequest {
  config::ResolvedRun resolved;
  DeviceWish wish;
  std::filesystem::path runs;
  bool json = false;
};

/// Prints what was found (JSON or lines) and returns 0. Throws what training would throw: Error{bad_data}, {bad_config}, {device},
/// {diverged}; Error{out_of_memory} or {storage} when the estimate is more than there is.
///
/// The JSON object:
///   system, preset, title, configuration_hash, device, threads
///   data     {note, simulated, cells, shared_genes, files: [{path, size, mtime, sampled}],
///             sources: [{name, file, cells, genes, patient, modality, labels, spatial}]}
///   stages   [{id, title, steps}], total_steps
///   axes     {cell: 8510, gene: 500, …}: shapes of what the run will show
///   memory   {estimate_bytes, measured_bytes, free_bytes, fits}   measured: of this process after the steps
///   disk     {folder, estimate_bytes, free_bytes, fits}
///   identical  [{id, name, state, directory}]: runs in the folder with the same configuration hash, newest first
///   step     {steps, losses: {term: value}, total, finite, milliseconds}   unweighted, of the last step taken
///   seconds  estimate for the whole run
///   notes    sentences the system had to say ("the loss term patient_coral is off: …")
int dry_run(const DryRunRequest& request);

}  // namespace geocyte::app
