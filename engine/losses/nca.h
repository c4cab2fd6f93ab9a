// SPDX-License-Identifier: GPL-3.0-or-later
// Neighbourhood components (NCA; Goldberger et al., NIPS 2004): the neighbours in the tissue should be the likely ones by the prediction.
// Two forms, each the cross entropy of a softmax over the other points of the set:
//
//   knn:       -mean_i mean_{j in kNN(i)} log softmax_{j != i}(-d_ij^2 / tau)
//              tau = median kNN distance of the target squared, times clamp(median kNN distance of the prediction / that of the target, .25, 4)
//   gaussian:  -mean_i sum_j T_ij log softmax_{j != i}(l_ij),    T_ij = exp(-t_ij^2 / (2 h^2)) / sum_{j' != i}
//
// d: predicted, t: target distances; l: logits of any similarity. In the knn form tau moves with the size of the prediction (detached), so
// that a prediction cannot win by growing; k = 15. In the gaussian form h is in the target's unit (.1 of the rms radius serves); several h
// at once are several calls with logits of their own. Chance: log(n - 1), reached when all l are alike; nca_floor is the entropy of T,
// below which no prediction comes. Minimised by a collapse? No: then all d are alike and the loss is at its chance level.
// Shapes: (..., n, n) -> (...). Guard: points whose T vanishes everywhere (alone within many h) are left out.
#pragma once

#include "engine/losses/set_target.h"

namespace geocyte::losses {

at::Tensor knn_nca(const at::Tensor& distances, const SetTarget& target);

at::Tensor gaussian_nca(const at::Tensor& logits, const SetTarget& target, double width);

/// Entropy of the targets T of gaussian_nca, averaged over the points of a set.
at::Tensor nca_floor(const SetTarget& target, double width);

}  // namespace geocyte::losses
