// SPDX-License-Identifier: GPL-3.0-or-later
// Mean and covariance agree: between spots and cells, between the single cells of patients, over all pairs of sources.
#include "engine/losses/domain_coral.h"
#include "engine/losses/pairwise_coral.h"
#include "engine/losses/patient_coral.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {

std::unique_ptr<Term> make_domain_coral(const TermSetup&) {
  return plain([](const TermInput& input) { return losses::domain_coral(input.views.z1, input.groups.modality); });
}

std::unique_ptr<Term> make_patient_coral(const TermSetup&) {
  return plain([](const TermInput& input) { return losses::patient_coral(input.views.z1, input.groups.single_cell_patient); });
}

std::unique_ptr<Term> make_source_coral(const TermSetup&) {
  return plain([](const TermInput& input) { return losses::pairwise_coral(input.views.z1, input.groups.source); });
}

}  // namespace geocyte::plugins::gems
