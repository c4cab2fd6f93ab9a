// SPDX-License-Identifier: GPL-3.0-or-later
// A system with its opened data and the context it works in, before its first step: what training, a dry run, an evaluation
// and serving probes begin with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/config/presets.h"
#include "engine/core/stop_token.h"
#include "engine/train/inputs.h"
#include "engine/train/system.h"
#include "engine/train/train_context.h"

namespace geocyte::app {

struct DeviceWish {
  std::string device;                      ///< "" = as the options say
  int threads = -1;                        ///< < 0: as the options say
};

struct OpenedData {
  train::Inputs inputs;
  std::vector<std::string> files;          ///< absolute paths that were read
  std::int64_t cells = 0, shared_genes = 0;
  std::string summary;                     ///< "6 sources, 8,510 cells, 500 shared genes"
  std::vector<std::string> notes;          ///< sentences about the data that a user should read
};

struct PreparedSystem {
  OpenedData data;
  std::unique_ptr<train::Collective> alone;
  std::unique_ptr<train::TrainContext> context;
  std::unique_ptr<train::System> system;
};

/// Opens the sources that the options name, with progress on stderr. Throws what inspect::open_sources throws.
OpenedData open_data(const Json& options);

/// Chooses the device (before anything is read: a missing one is said at once), opens the data, makes the system.
/// `scratch` is a folder for its temporary files. Throws Error{device} and what open_data() throws.
PreparedSystem prepare_system(const config::ResolvedRun& resolved, const DeviceWish& wish, const std::string& scratch, const StopToken& stop);

}  // namespace geocyte::app
