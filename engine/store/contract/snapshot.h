// SPDX-License-Identifier: GPL-3.0-or-later
// A snapshot: named arrays of one step. Derived arrays and verdicts come later as parts of the same snapshot.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/core/json.h"
#include "engine/core/named_array.h"
#include "engine/store/contract/check.h"

namespace geocyte::store {

/// A sentence that the engine found out, with its evidence: printed on top of a workspace.
struct Verdict {
  std::string id;               ///< "align/outlier_source"
  std::string workspace;        ///< "monitor", "align"
  std::string state;            ///< "good", "warn", "bad", "neutral"
  std::string headline;         ///< the bold phrase: "P2_SC is the outlier source."
  std::string evidence;         ///< one sentence with numbers
  std::string why;              ///< the card: how it was found, what it means, what to do
};

/// Among attributes: the step whose weights are shown, where that is another one than the snapshot's (a run that ended on its best step).
inline constexpr const char* kWeightsOf = "weights_of";

struct Snapshot {
  std::int64_t step = 0;
  std::string stage;
  std::string part;                            ///< "" = the raw arrays, else "umap", "centroid_distance", …
  std::vector<NamedArray> arrays;
  std::map<std::string, double> scalars;       ///< found with the arrays: "align/max_centroid_distance"
  std::vector<Verdict> verdicts;
  std::vector<Check> checks;                   ///< gates and guards as of this step
  Json attributes = Json::object();            ///< seeds, methods

  const NamedArray* find(const std::string& name) const {
    for (const auto& array : arrays)
      if (array.name == name) return &array;
    return nullptr;
  }
};

}  // namespace geocyte::store
