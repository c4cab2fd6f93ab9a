// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/gems/terms/registry.h"

#include <array>

#include "engine/core/check.h"
#include "plugins/gems/terms/makers.h"

namespace geocyte::plugins::gems {
namespace {

struct Row {
  const char* id;
  TermMaker* make;
};

constexpr std::array kRows{
    Row{"vicreg", make_vicreg},
    Row{"adversary", make_adversary},
    Row{"domain_coral", make_domain_coral},
    Row{"patient_coral", make_patient_coral},
    Row{"source_coral", make_source_coral},
    Row{"local_align", make_local_align},
    Row{"reconstruction", make_reconstruction},
    Row{"anchor", make_anchor},
    Row{"mmd", make_mmd},
    Row{"energy", make_energy},
    Row{"sinkhorn", make_sinkhorn},
    Row{"sliced_wasserstein", make_sliced_wasserstein},
    Row{"running_coral", make_running_coral},
    Row{"source_adversary", make_source_adversary},
    Row{"critic", make_critic},
    Row{"spatial", make_spatial},
    Row{"pseudo_places", make_pseudo_places},
    Row{"mnn_contrast", make_mnn_contrast},
    Row{"expression_contrast", make_expression_contrast},
    Row{"class_discrepancy", make_class_discrepancy},
    Row{"cycle", make_cycle},
    Row{"translation", make_translation},
    Row{"pseudo_labels", make_pseudo_labels},
};

}  // namespace

std::unique_ptr<Term> make_term(const std::string& id, const TermSetup& setup) {
  for (const Row& row : kRows)
    if (id == row.id) return row.make(setup);
  require(false, "terms/registry.cpp has a row for the term " + id);
  return nullptr;
}

}  // namespace geocyte::plugins::gems
