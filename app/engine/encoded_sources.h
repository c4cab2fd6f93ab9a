// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters that name a run of another system (Parameter::run_of): the encoder that the run has learned embeds every opened source,
// by its own gene panel and recipe, before the system that wants it begins.
#pragma once

#include "app/engine/prepared_system.h"

namespace geocyte::app {

/// Fills data.inputs.encoded, with progress on stderr, and says in data.notes which step of which run it was. A parameter that does not act is
/// passed over. Throws Error{bad_config} for one that acts and names nothing, or a run of another system; Error{bad_data} where there is no run,
/// no checkpoint or no encoder in it, or a source lacks genes of its panel.
void encode_sources(const config::ResolvedRun& resolved, OpenedData& data);

}  // namespace geocyte::app
