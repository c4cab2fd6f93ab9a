// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/st_edm/on_host.h"

namespace geocyte::plugins::st_edm {

Eigen::MatrixXd to_matrix(const at::Tensor& places) {
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const at::Tensor host = places.to(at::kCPU, at::kFloat).contiguous();
  return Eigen::Map<const RowMajor>(host.const_data_ptr<float>(), host.size(0), host.size(1)).cast<double>();
}

std::vector<float> to_floats(const at::Tensor& values) {
  const at::Tensor host = values.to(at::kCPU, at::kFloat).contiguous();
  return {host.const_data_ptr<float>(), host.const_data_ptr<float>() + host.numel()};
}

}  // namespace geocyte::plugins::st_edm
