// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of what gems says about itself, each in a file of its own: spec_parameters.cpp, spec_metrics.cpp, spec_views.cpp
// (arrays, derived arrays, views, baselines), spec_cards.cpp,
// spec_alerts.cpp, spec_estimate.cpp. Torch-free: the window links them.
#pragma once

#include <vector>

#include "engine/config/system_spec.h"

namespace geocyte::plugins::gems {

config::Schema make_parameters();
std::vector<config::MetricSpec> make_metrics();
std::vector<config::ScoreSpec> make_scores();
std::vector<config::ArraySpec> make_arrays();
std::vector<config::DerivedSpec> make_derived();
std::vector<config::ArrayCard> make_cards();
std::vector<config::ViewSpec> make_views();
std::vector<config::BaselineSpec> make_baselines();
std::vector<config::AlertSpec> make_alerts();
/// Memory, disk and time that a run would need; from the shapes alone.
config::ResourceEstimate estimate(const Json& options, const config::DataShape& shape);

}  // namespace geocyte::plugins::gems
