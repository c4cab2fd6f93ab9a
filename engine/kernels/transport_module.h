// SPDX-License-Identifier: GPL-3.0-or-later
// What the module libgeocyte_kernels_cuda offers: plain C++17, so that nvcc and the engine both read it. The module is opened at
// run time where a GPU is wanted (transport_cuda.h); nothing links it, so that the program starts on a machine without CUDA.
#pragma once

#include <cstdint>

namespace geocyte::kernels {

/// Entropic transport for `problems` pairs of clouds on one schedule; the mathematics is that of transport.h, with cells of equal
/// weight. Pointers to pointers have one entry a problem. All memory is the caller's and on the host.
struct TransportCall {
  std::int32_t element_bytes;      ///< 4 = float, 8 = double
  std::int32_t root, pulls, device;///< flags: C = |x - y|; compute pulls; ordinal of the GPU
  std::int64_t problems, dims, steps;
  const void* const* x;            ///< (n, dims) row-major
  const void* const* y;            ///< (m, dims); null for a cloud with itself
  const std::int64_t* n;
  const std::int64_t* m;
  const double* temperatures;      ///< (steps)
  double reach;                    ///< rho, infinity = balanced
  double* const* f;                ///< (n) out
  double* const* g;                ///< (m) out; not read for a cloud with itself
  void* const* pull_x;             ///< (n, dims) out, when pulls
  void* const* pull_y;             ///< (m, dims) out, when pulls and not a cloud with itself
};

inline constexpr std::int32_t kTransportModuleVersion = 1;

using TransportModuleVersion = std::int32_t (*)();
using TransportModuleDevices = std::int32_t (*)();
/// Null on success, else what CUDA said.
using TransportModuleSolve = const char* (*)(const TransportCall*);

}  // namespace geocyte::kernels
