// SPDX-License-Identifier: GPL-3.0-or-later
// Feature matching: the mean activation of each group in each hidden layer of a critic equals that of all groups together.
//
//   L = 1/F sum_l 1/(K w_l) sum_k || m_kl - m_l ||^2,   m_kl: mean of layer l over group k,  m_l = 1/K sum_k m_kl
//
// A maximum mean discrepancy with a finite kernel that the critic learns. Cheap, and it steadies a critic that has become certain:
// its scores saturate, its features do not. F layers, w_l their widths; K groups with cells.
// Reference: Salimans et al., "Improved techniques for training GANs", NeurIPS 2016, sec. 3.1 (there of two groups, without 1/w).
// What runs through m_l cancels (sum_k m_kl - m_l = 0): it is the same whether the common mean is held fixed (stop-gradient) or not.
// Twice differentiable. Shapes: features (B, w_l), B = groups.cells(); else Error{internal}. Cost O(B sum w).
#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "engine/losses/group_weights.h"
#include "engine/losses/term.h"

namespace geocyte::losses {

/// Absent when fewer than two groups have cells, or there is no feature.
Term feature_matching(std::span<const at::Tensor> features, const Groups& groups, const at::Tensor& cell_weights = {});

}  // namespace geocyte::losses
