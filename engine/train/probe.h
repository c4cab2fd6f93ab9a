// SPDX-License-Identifier: GPL-3.0-or-later
// Answers a probe request: asks the system for arrays with arguments, as a snapshot does, and changes nothing by it.
#pragma once

#include "engine/config/system_spec.h"
#include "engine/store/contract/snapshot.h"
#include "engine/train/system.h"
#include "engine/train/train_context.h"

namespace geocyte::train {

/// What every probe may be asked with: rows (0 = all; else a stratified subset above so many). A system adds its own in its spec.
config::Schema probe_schema(const config::SystemSpec& spec);

/// The arrays of the step that the context is at. Random streams and generators are left as they were. Throws Error{bad_config} that
/// names an argument that is unknown, of the wrong type or out of range.
store::Snapshot answer_probe(System& system, const config::SystemSpec& spec, const Json& args, const std::string& stage, TrainContext& ctx);

}  // namespace geocyte::train
