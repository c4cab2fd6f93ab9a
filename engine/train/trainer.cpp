// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>

#include <c10/util/Exception.h>

#include "engine/core/text.h"
#include "engine/train/loop.h"

namespace geocyte::train {
namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// What a lower layer threw, as an Error with a sentence and a code.
Error translated(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error;
  } catch (const c10::OutOfMemoryError&) {
    return Error(ErrorCode::out_of_memory, "the memory of the device ran out", "use fewer genes or a smaller batch, or device=cpu");
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::out_of_memory, "memory ran out", "use fewer genes or a smaller batch");
  } catch (const c10::Error& error) {
    const std::string text = split(error.what_without_backtrace(), '\n').front();
    const bool device = text.find("CUDA") != std::string::npos;
    return Error(device ? ErrorCode::device : ErrorCode::internal, "a computation failed: " + text,
                 device ? "train again with device=cpu, or resume when the device is back" : "please report this");
  } catch (const std::exception& error) {
    return Error(ErrorCode::internal, std::string("training failed: ") + error.what(), "please report this");
  } catch (...) {
    return Error(ErrorCode::internal, "training failed without a word", "please report this");
  }
}

}  // namespace

int RunOutcome::exit_code() const {
  if (error) return error->exit_code();
  return interrupted ? static_cast<int>(ErrorCode::interrupted) : 0;
}

RunOutcome Trainer::run(System& system, const config::SystemSpec& spec, const Inputs& inputs, TrainContext& ctx,
                        store::RunSink& sink, const TrainerOptions& options) {
  Loop loop(system, spec, inputs, ctx, sink, options, options.clock ? options.clock : Clock(steady_seconds));
  try {
    loop.run();
  } catch (...) {
    loop.fail(translated(std::current_exception()));
  }
  return loop.outcome();
}

}  // namespace geocyte::train
