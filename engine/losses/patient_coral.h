// SPDX-License-Identifier: GPL-3.0-or-later
// CORAL between patients within one modality (usually the dissociated cells), so that a patient effect is not mistaken for
// a difference of modality.
//
//   pairs:   2 / (P (P - 1)) sum_{p < q} CORAL(z_p, z_q)
//   pooled:  1 / P sum_p CORAL(z_p, z_all),  z_all = the cells of all these patients
//
// `pooled` costs P comparisons instead of P^2, and its reference is of full rank earlier; it pulls each patient to the
// mixture, in which large patients weigh more. Give `patients.within(modality, single_cell)` to stay inside a modality.
// Patients of fewer than `min_cells` cells are left out; with fewer than two left the term is absent and says so.
// Shapes: z (B, D), B = patients.cells(); else Error{internal}.
#pragma once

#include "engine/losses/pairwise_coral.h"

namespace geocyte::losses {

enum class PatientReference { pairs, pooled };

Term patient_coral(const at::Tensor& z, const Groups& patients, PatientReference reference = PatientReference::pairs,
                   CoralForm form = CoralForm::mean_and_covariance, std::int64_t min_cells = kMinCellsOfAPair);

}  // namespace geocyte::losses
