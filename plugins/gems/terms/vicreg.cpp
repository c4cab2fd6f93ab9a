// SPDX-License-Identifier: GPL-3.0-or-later
// VICReg of the two augmented views of each cell.
#include "engine/losses/vicreg.h"

#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {

std::unique_ptr<Term> make_vicreg(const TermSetup&) {
  return plain([](const TermInput& input) {
    const losses::VicregTerms parts = losses::vicreg(input.views.z1, input.views.z2);
    input.detail("vicreg/invariance", parts.invariance);
    input.detail("vicreg/variance", parts.variance);
    input.detail("vicreg/covariance", parts.covariance);
    return losses::Term::of(parts.total);
  });
}

}  // namespace geocyte::plugins::gems
