// SPDX-License-Identifier: GPL-3.0-or-later
// The makers that terms/registry.cpp lists, one for each file here.
#pragma once

#include <memory>

#include "plugins/gems/terms/term.h"

namespace geocyte::plugins::gems {

using TermMaker = std::unique_ptr<Term>(const TermSetup&);

TermMaker make_vicreg, make_adversary, make_domain_coral, make_patient_coral, make_source_coral, make_local_align;

/// A term that is a function of the batch and keeps nothing.
class PlainTerm : public Term {
 public:
  using Function = losses::Term(const TermInput&);
  explicit PlainTerm(Function* function) : function_(function) {}
  losses::Term evaluate(const TermInput& input) override { return function_(input); }

 private:
  Function* function_;
};

inline std::unique_ptr<Term> plain(PlainTerm::Function* function) { return std::make_unique<PlainTerm>(function); }

}  // namespace geocyte::plugins::gems
