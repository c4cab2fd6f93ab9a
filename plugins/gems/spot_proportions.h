// SPDX-License-Identifier: GPL-3.0-or-later
// Cell types of spots as a deconvolution has estimated them (engine/data/proportions.h), of all slides in one table. For scores
// only: nothing of it reaches the model.
#pragma once

#include <string>
#include <vector>

#include "engine/train/inputs.h"

namespace geocyte::plugins::gems {

struct SpotProportions {
  std::vector<std::string> types;          ///< by name, in order of first appearance; empty without any
  std::vector<float> shares;               ///< cells of all sources x types, NaN where there are none
};

SpotProportions spot_proportions(const train::Inputs& inputs);

}  // namespace geocyte::plugins::gems
