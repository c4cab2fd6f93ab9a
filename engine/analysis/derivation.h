// SPDX-License-Identifier: GPL-3.0-or-later
// A derivation makes arrays, scalars and verdicts out of the arrays of a snapshot: PCA, UMAP, source distances.
// Torch-free. It may keep state between snapshots (the previous layout) and must be resumable or quick to stop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/config/system_spec.h"
#include "engine/core/stop_token.h"
#include "engine/store/contract/axis.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::analysis {

class Derivation {
 public:
  virtual ~Derivation() = default;
  /// The part it makes; scalars and verdicts included. Returns a part without arrays when an input is absent.
  virtual store::Snapshot derive(const store::Snapshot& raw, const std::vector<store::Axis>& axes, const StopToken& stop) = 0;
};

/// Makes the derivation a spec asks for. Throws Error{internal} for an unknown method.
std::unique_ptr<Derivation> make_derivation(const config::DerivedSpec& spec, std::uint64_t seed);

/// Known methods, for the conformance test of specs.
std::vector<std::string> derivation_methods();

}  // namespace geocyte::analysis
