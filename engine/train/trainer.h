// SPDX-License-Identifier: GPL-3.0-or-later
// The only training loop: stages x steps, control requests, snapshots with their analysis, validation, best rule,
// checkpoints, status. Systems know nothing of it, and it knows nothing of their science.
//
// What a run computes depends on its options, data and seed only: snapshots, validation and requests that look at a run
// draw nothing from the streams that training draws from. A run that is resumed from a checkpoint goes on bit for bit as it
// would have without the break (on the CPU, with the same number of threads).
//
// Options read here, where the system's schema has them: snapshot.{every_s,max,max_mb}, analysis.share, checkpoint.every,
// validate.every, best.metric (which val/<term> chooses the best step; val/total without it), best.end (what is shown, judged and exported
// at the end of a run, and what a next stage builds on, are the weights of the best step of the stage; the checkpoint of its last one stays what a run
// goes on from), early_stop.patience (a stage ends after so many validations in a row without a better one; 0 = never).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/config/system_spec.h"
#include "engine/core/error.h"
#include "engine/store/contract/run_sink.h"
#include "engine/train/inputs.h"
#include "engine/train/system.h"

namespace geocyte::train {

/// Where a run stands, for a progress bar.
struct Progress {
  std::int64_t step = 0, total_steps = 0;
  double total_loss = 0;
  std::string stage;
};

struct TrainerOptions {
  std::string resume_from;                      ///< folder of a checkpoint; "" = from the start
  std::int64_t extend = 0;                      ///< steps more than the stage that is resumed had
  bool probes = true;                           ///< snapshots and their analysis
  bool evaluate = true;                         ///< held-out evaluation after the last step
  double drain_s = 120;                         ///< time given to the analysis of the last snapshot
  std::function<void(const Progress&)> progress;///< called on the training thread at most ten times a second
  std::function<double()> clock;                ///< seconds; steady clock when empty
};

/// How a run ended: completed, stopped, discarded or failed (then with the error, already written to the sink).
struct RunOutcome {
  store::RunState state = store::RunState::completed;
  std::int64_t step = 0;
  std::optional<Error> error;
  std::optional<store::Best> best;
  std::int64_t last_checkpoint = -1;
  std::optional<Evaluation> evaluation;
  int exit_code() const;                        ///< 0; 130 when a signal stopped it; the error's code when it failed
  bool interrupted = false;                     ///< by the context's stop token
};

class Trainer {
 public:
  /// Runs every stage to its end or until it is asked to stop. Does not throw: failures are in the outcome.
  static RunOutcome run(System& system, const config::SystemSpec& spec, const Inputs& inputs, TrainContext& ctx,
                        store::RunSink& sink, const TrainerOptions& options = {});
};

}  // namespace geocyte::train
