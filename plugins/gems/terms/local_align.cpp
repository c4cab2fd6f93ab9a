// SPDX-License-Identifier: GPL-3.0-or-later
// Neighbours in expression, centred by source, are neighbours in the embedding.
#include "engine/losses/local_alignment.h"

#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {

std::unique_ptr<Term> make_local_align(const TermSetup&) {
  return plain([](const TermInput& input) { return losses::local_alignment(input.views.centred, input.views.z1); });
}

}  // namespace geocyte::plugins::gems
