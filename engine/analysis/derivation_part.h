// SPDX-License-Identifier: GPL-3.0-or-later
// What every derivation does at its start.
#pragma once

#include <string>

#include "engine/config/system_spec.h"
#include "engine/store/contract/snapshot.h"

namespace geocyte::analysis {

/// The array or label bound to an input of the spec.
inline std::string input_of(const config::DerivedSpec& spec, const std::string& name, const std::string& otherwise) {
  const auto at = spec.inputs.find(name);
  return at == spec.inputs.end() ? otherwise : at->second;
}

/// A part of the snapshot without arrays.
inline store::Snapshot empty_part(const store::Snapshot& raw, const std::string& method) {
  store::Snapshot part;
  part.step = raw.step;
  part.stage = raw.stage;
  part.part = method;
  part.attributes["method"] = method;
  return part;
}

inline bool is_empty(const store::Snapshot& part) {
  return part.arrays.empty() && part.scalars.empty() && part.verdicts.empty() && part.checks.empty();
}

}  // namespace geocyte::analysis
