// SPDX-License-Identifier: GPL-3.0-or-later
// From a resolved configuration to a finished run: opens the sources, chooses the device, hands both to the trainer, shows
// progress. `train` and `resume` differ only in how the run directory comes to be and where the first step is.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/engine/prepared_system.h"
#include "engine/config/presets.h"
#include "engine/core/stop_token.h"
#include "engine/store/run_writer.h"

namespace geocyte::app {

struct TrainingRequest {
  config::ResolvedRun resolved;
  DeviceWish wish;
  std::string resume_from;              ///< folder of a checkpoint; "" = from the start
  std::int64_t extend = 0;              ///< steps more than the stage that is resumed had
  bool json = false;
};

/// What the options say about the writer: how many snapshots are kept and how much space they may take.
store::RunWriterOptions writer_options(const Json& options);

/// Runs it to its end. A failure is written into the run (state failed with its error) before it is thrown.
/// `stop` is that of a SignalStop made before the writer, whose threads must not catch the signals themselves.
/// Returns the exit code; prints the run's folder to stdout.
int run_training(const TrainingRequest& request, store::RunWriter& writer, const StopToken& stop);

}  // namespace geocyte::app
