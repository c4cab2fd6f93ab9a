// SPDX-License-Identifier: GPL-3.0-or-later
// What the form and the cards call each term of the objective.
#pragma once

#include <array>

#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

struct TermWords {
  TermId id;
  const char* title;
  const char* help;
};

inline constexpr std::array<TermWords, kTerms.size()> kTermWords{{
    {TermId::vicreg, "VICReg", "Two views of a cell agree, every dimension keeps its spread, dimensions do not repeat each other."},
    {TermId::adversary, "Adversary", "A discriminator tells spots from cells; the encoder is trained against it by gradient reversal."},
    {TermId::domain_coral, "Domain CORAL", "Mean and covariance of spots and of cells agree."},
    {TermId::patient_coral, "Patient CORAL", "Mean and covariance of the cells of different patients agree; needs two patients with single cells."},
    {TermId::source_coral, "Source CORAL", "Mean and covariance agree for every pair of sources."},
    {TermId::local_align, "Local alignment", "Cells that are alike in expression (centred by source) become neighbours in the embedding."},
}};

}  // namespace geocyte::plugins::gems
