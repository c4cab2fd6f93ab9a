// SPDX-License-Identifier: GPL-3.0-or-later
// The cells of a file through the encoder of a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/run_encoder.h"
#include "engine/core/stop_token.h"
#include "engine/data/dataset.h"
#include "engine/inspect/counts.h"

namespace geocyte::app {

/// Cells of a source; no name: of no source that is known.
struct NamedCells {
  std::string source;
  std::int64_t cells = 0;
};

/// A sentence about cells whose source an adapter has no map for, though it maps others: they lie in another frame than the rest. "" when there are none,
/// or the encoder has no adapter.
std::string without_map(const RunEncoder& encoder, const std::vector<NamedCells>& cells);

/// (cells, latent). `sources` names the source of each cell: a recipe that centres by source needs each source whole, an adapter its name; anything else
/// takes cells as they come. `bar`: what the progress on stderr is called. Adds to `notes` what a user should read. Throws what Recipe::apply throws, Error{interrupted} when stopped.
data::DenseMatrix embed_counts(const inspect::CountRows& counts, const RunEncoder& encoder, const std::optional<data::Column>& sources, bool missing_as_zero,
                               const char* bar, std::vector<std::string>& notes, const StopToken& stop);

}  // namespace geocyte::app
