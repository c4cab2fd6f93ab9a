// SPDX-License-Identifier: GPL-3.0-or-later
// A run that saw its cells through the encoder of another run (Parameter::run_of): new counts go through the same encoder first, where it is still there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/inspect/counts.h"
#include "engine/core/stop_token.h"
#include "engine/store/run_reader.h"
#include "engine/train/applier.h"

namespace geocyte::app {

/// The tables of `counts` with obsm applier.needs_obsm() as the encoder of `run` makes it, and in uns which one that was. Nothing where the data have that
/// obsm, the run needs none, or the run of its encoder lies neither where the options say nor beside this one. Throws Error{bad_data} where it is there and no checkpoint of it has the weights
/// that the run learned from, or the data lack genes of its panel.
std::optional<data::Dataset> tables_through_encoder(store::RunReader& run, const train::Applier& applier, const inspect::CountRows& counts,
                                                    const std::optional<data::Column>& sources, bool missing_as_zero, std::vector<std::string>& notes, const StopToken& stop);

}  // namespace geocyte::app
