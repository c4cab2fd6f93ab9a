// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of tensors on the host, for what is computed without torch.
#pragma once

#include <ATen/core/Tensor.h>

#include <Eigen/Core>
#include <vector>

namespace geocyte::plugins::st_edm {

/// (n, d) of any floating type and device -> n x d.
Eigen::MatrixXd to_matrix(const at::Tensor& places);
/// All entries, row by row.
std::vector<float> to_floats(const at::Tensor& values);

}  // namespace geocyte::plugins::st_edm
