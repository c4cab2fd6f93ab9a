// SPDX-License-Identifier: GPL-3.0-or-later
// Which class computes which term of term_specs().
#pragma once

#include <memory>
#include <string>

#include "plugins/gems/terms/term.h"

namespace geocyte::plugins::gems {

/// Throws Error{internal} for a term that has no row in the table.
std::unique_ptr<Term> make_term(const std::string& id, const TermSetup& setup);

}  // namespace geocyte::plugins::gems
