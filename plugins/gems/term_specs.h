// SPDX-License-Identifier: GPL-3.0-or-later
// The table of terms of the objective: what a form, a card and a configuration need of each. What a term computes is in
// terms/<id>.cpp; adding one is a row here, a file there and a line in terms/registry.cpp. Torch-free.
#pragma once

#include <string>
#include <vector>

#include "engine/config/system_spec.h"
#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

struct TermSpec {
  std::string id;                                    ///< "domain_coral": loss.domain_coral.*, loss/domain_coral
  std::string title, help;
  TermOptions defaults;
  std::string good, tile;                            ///< what its curve should do, and on which tile it is drawn; "" = none
  bool adversarial = false;                          ///< its value judges nothing: left out of val/total
  std::vector<config::Parameter> parameters = {};    ///< of its own; `path` is the name below loss.<id>.
  std::vector<config::MetricSpec> metrics = {};      ///< further scalars that it writes
};

/// In the order in which terms are summed.
const std::vector<TermSpec>& term_specs();

}  // namespace geocyte::plugins::gems
