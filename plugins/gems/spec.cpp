// SPDX-License-Identifier: GPL-3.0-or-later
// What gems says about itself; the lists are in the files beside this one (spec_parts.h).
#include "engine/config/system_spec.h"

#include "plugins/gems/spec_parts.h"

namespace geocyte::plugins::gems {

config::SystemSpec make_spec() {
  config::SystemSpec spec;
  spec.id = "gems";
  spec.title = "GEMS: one encoder for every source";
  spec.summary =
      "Trains an encoder under which slides of spots and dissociated cells of several patients become indistinguishable. "
      "Every score is of held-out cells, beside plain tools and what sampling alone would give.";
  spec.parameters = make_parameters();
  spec.slots = {{"sources", config::SlotKind::sources, "Two or more expression data sets that share genes.", true}};
  spec.metrics = make_metrics();
  spec.scores = make_scores();
  spec.arrays = make_arrays();
  spec.derived = make_derived();
  spec.cards = make_cards();
  spec.views = make_views();
  spec.baselines = make_baselines();
  spec.alerts = make_alerts();
  spec.estimate = estimate;
  return spec;
}

}  // namespace geocyte::plugins::gems
