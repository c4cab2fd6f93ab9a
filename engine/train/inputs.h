// SPDX-License-Identifier: GPL-3.0-or-later
// The opened inputs of a run, by slot. Streams are opened by the application: the torch tier never needs HDF5.
#pragma once

#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace geocyte::train {

struct Inputs {
  std::vector<data::Source> sources;
  std::string data_note;                   ///< "simulated: six_sources, seed 7" or the folder; shown in figures
  bool simulated = false;
};

}  // namespace geocyte::train
