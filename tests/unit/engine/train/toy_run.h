// SPDX-License-Identifier: GPL-3.0-or-later
// A run of the toy system over memory, and requests to it.
#pragma once

#include <cstdio>
#include <string>

#include "engine/store/contract/memory_sink.h"
#include "engine/train/trainer.h"
#include "tests/unit/engine/train/toy_system.h"

namespace geocyte::train {

using store::ControlRequest;
using store::MemorySink;
using store::RunState;

/// A run of the toy system over memory. The clock moves on by one second at each look, so that every step looks into the
/// inbox and cadences do not depend on this machine.
struct ToyRun {
  ToySystem system;
  config::SystemSpec spec = toy_spec();
  Json options = config::defaults(spec.parameters);
  MemorySink sink;
  TrainerOptions how;
  StopSource stop;
  Collective alone;
  double seconds = 0;

  RunOutcome run() {
    TrainContext ctx(options, c10::kCPU, c10::kFloat, 1, 11, stop.get_token(), "", alone);
    how.clock = [this] { return seconds += 1; };
    return Trainer::run(system, spec, {}, ctx, sink, how);
  }
  void set(const std::string& path, Json value) { config::set(options, path, std::move(value)); }
  MemorySink::Series losses() { return sink.series("loss/total"); }
  std::string checkpoint(std::int64_t step) {
    char name[16];
    std::snprintf(name, sizeof name, "%08d", static_cast<int>(step));
    return sink.folder("checkpoints") + "/" + name;
  }
};

inline ControlRequest request(const std::string& command, Json args = Json::object()) {
  return {"id-" + command, "", command, "user", std::move(args)};
}

}  // namespace geocyte::train
