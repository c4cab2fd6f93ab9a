// SPDX-License-Identifier: GPL-3.0-or-later
// Entropic transport on a GPU, through a module that is opened at run time. The module is built where nvcc is (installer/cmake/
// GeocyteCuda.cmake) and looked for beside the program and in ../lib of it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/kernels/transport.h"
#include "engine/kernels/transport_module.h"

namespace geocyte::kernels {

class CudaTransport {
 public:
  /// The module beside this program; null, with the reason in `why`, where it or a GPU is missing.
  static std::shared_ptr<const CudaTransport> open(std::string* why = nullptr);

  int devices() const { return devices_; }

  /// As kernels::entropic_transport(), to rounding. Clouds must have equal weights. Throws Error{device} with what CUDA said.
  template <class T>
  std::vector<TransportResult<T>> solve(std::span<const TransportProblem<T>> problems, std::int64_t dims, const TransportOptions& options, int device) const;

 private:
  int devices_ = 0;
  TransportModuleSolve solve_ = nullptr;
};

}  // namespace geocyte::kernels
