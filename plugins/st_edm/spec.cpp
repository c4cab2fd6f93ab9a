// SPDX-License-Identifier: GPL-3.0-or-later
// What st_edm says about itself; the lists are in the files beside this one (spec_parts.h).
#include "engine/config/system_spec.h"

#include "plugins/st_edm/spec_parts.h"

namespace geocyte::plugins::st_edm {

config::SystemSpec make_spec() {
  config::SystemSpec spec;
  spec.id = "st_edm";
  spec.title = "ST-EDM: tissue geometry from expression";
  spec.summary =
      "Learns from slides with known places where cells lie relative to each other, and lays out slides and single cells it has never seen. "
      "Every score is of held-out slides, without a common frame, beside plain methods on the same cells.";
  spec.parameters = make_parameters();
  spec.slots = {{"sources", config::SlotKind::sources, "At least one slide with coordinates to learn from; further slides or single cells to place.", true}};
  spec.metrics = make_metrics();
  spec.scores = make_scores();
  spec.arrays = make_arrays();
  spec.cards = make_cards();
  spec.views = make_views();
  spec.baselines = make_baselines();
  spec.alerts = make_alerts();
  spec.probe_parameters = make_probe_parameters();
  spec.estimate = estimate;
  return spec;
}

}  // namespace geocyte::plugins::st_edm
