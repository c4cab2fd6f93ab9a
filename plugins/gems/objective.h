// SPDX-License-Identifier: GPL-3.0-or-later
// What the encoder minimises:
//
//   L(t) = sum over terms k of  w_k r_k(t) L_k,      r_k(t) = clip((t - start_k) / steps_k, 0, 1)
//
//   vicreg         VICReg of two augmented views of each cell
//   adversary      balanced cross entropy of the discriminator behind a gradient reversal
//   domain_coral   CORAL between spots and single cells
//   patient_coral  CORAL between the single cells of different patients
//   source_coral   mean CORAL over all pairs of sources
//   local_align    neighbours in expression, centred by source, are neighbours in the embedding
//
// All alignment terms see the first view: the tensor that VICReg shapes is the one that is aligned. A term that this data
// cannot have says why; it is off, not zero. Terms are computed while they are enabled, also before their warm-up, so that
// their curves are whole; without weight they cost no backward pass.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/losses/groups.h"
#include "engine/nn/mlp.h"
#include "plugins/gems/batches.h"
#include "plugins/gems/cells.h"
#include "plugins/gems/options.h"

namespace geocyte::plugins::gems {

/// The groups of a batch; they depend on its layout only.
struct BatchGroups {
  losses::Groups source, modality, single_cell_patient;

  BatchGroups(const BatchLayout& layout, const Cells& cells, c10::Device device);
};

/// What the objective is computed from. B cells.
struct Views {
  at::Tensor z1, z2;                       ///< (B, D) embeddings of two augmented views
  at::Tensor centred;                      ///< (B, G) expression minus the mean of its source
};

class Objective {
 public:
  struct Value {
    at::Tensor total;                      ///< scalar with gradient; undefined when no term has weight
    std::vector<TermId> terms;
    std::vector<double> weights;           ///< w_k r_k(t)
    at::Tensor values;                     ///< unweighted terms and then VICReg's three parts, detached, one vector
    std::map<TermId, std::string> absent;  ///< why an enabled term is off
  };

  /// `step` counts from 0. With `full_weight` warm-up is taken as done.
  static Value evaluate(const GemsOptions& options, std::int64_t step, const Views& views, const BatchGroups& groups,
                        const nn::Mlp& discriminator, bool full_weight = false);
};

}  // namespace geocyte::plugins::gems
