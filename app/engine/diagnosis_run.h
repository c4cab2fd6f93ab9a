// SPDX-License-Identifier: GPL-3.0-or-later
// The diagnosis of a run's sources, made on a thread of its own while training begins: evaluation/diagnosis.json and the call
// and findings as verdicts. It changes nothing: it draws from no stream of the run, and what goes wrong is a line in the log.
#pragma once

#include <thread>
#include <vector>

#include "engine/core/stop_token.h"
#include "engine/data/dataset.h"
#include "engine/store/contract/run_sink.h"

namespace geocyte::app {

class DiagnosisOfRun {
 public:
  /// Begins at once where there are two sources or more. `sink` outlives this object.
  DiagnosisOfRun(const std::vector<data::Source>& sources, store::RunSink& sink, const StopToken& stop);

 private:
  std::jthread thread_;   // joined at the end of its life
};

}  // namespace geocyte::app
