// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of what st_edm says about itself, each in a file of its own. Torch-free: the window links them.
#pragma once

#include <vector>

#include "engine/config/system_spec.h"

namespace geocyte::plugins::st_edm {

inline constexpr bool kLive = true;   ///< of a parameter: it may be changed while a run goes on

config::Schema make_parameters();
/// Of model.kind: seed (seed/options.h).
void add_seed_parameters(config::Schema& schema);
void add_seed_metrics(std::vector<config::MetricSpec>& metrics);
/// What a probe may be asked with.
config::Schema make_probe_parameters();
std::vector<config::MetricSpec> make_metrics();
std::vector<config::ScoreSpec> make_scores();
std::vector<config::ArraySpec> make_arrays();
std::vector<config::ViewSpec> make_views();
std::vector<config::ArrayCard> make_cards();
std::vector<config::BaselineSpec> make_baselines();
std::vector<config::AlertSpec> make_alerts();
/// Memory, disk and time that a run would need; from the shapes alone.
config::ResourceEstimate estimate(const Json& options, const config::DataShape& shape);

}  // namespace geocyte::plugins::st_edm
