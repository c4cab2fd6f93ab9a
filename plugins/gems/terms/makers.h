// SPDX-License-Identifier: GPL-3.0-or-later
// The makers that terms/registry.cpp lists, one for each file here.
#pragma once

#include <memory>

#include "plugins/gems/terms/term.h"

namespace geocyte::plugins::gems {

using TermMaker = std::unique_ptr<Term>(const TermSetup&);

TermMaker make_vicreg, make_adversary, make_domain_coral, make_patient_coral, make_source_coral, make_local_align;
TermMaker make_reconstruction, make_anchor;
TermMaker make_mmd, make_energy, make_sinkhorn, make_sliced_wasserstein, make_running_coral;
TermMaker make_source_adversary, make_critic, make_spatial, make_pseudo_places, make_mnn_contrast, make_expression_contrast;
TermMaker make_class_discrepancy, make_pseudo_labels, make_cycle, make_translation;

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
