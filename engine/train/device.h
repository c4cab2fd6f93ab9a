// SPDX-License-Identifier: GPL-3.0-or-later
// Which device a run computes on. One program serves machines with and without a GPU: it links the CPU libraries only and
// opens libtorch_cuda at run time. The order matters: LibTorch remembers "no CUDA" for the whole process as soon as anything
// asks it about CUDA, so open_cuda_libraries() has to be the first statement of main().
#pragma once

#include <c10/core/Device.h>

#include <string>

namespace geocyte::train {

/// Opens libtorch_cuda from the folder that libtorch_cpu was loaded from. "" when that worked (now or before), else the
/// reason ("libcufile.so.0: cannot open shared object file"). Costs .2 s and 230 MB where the libraries are complete.
std::string open_cuda_libraries();

/// "cpu", "cuda", "cuda:1" or "auto" (cuda where it works, else cpu). Throws Error{device} with the reason when the wanted
/// device is not there, and Error{bad_config} for another text.
c10::Device choose_device(const std::string& wanted);

/// "cpu (AVX2, 2 threads)" or "cuda:0 (NVIDIA A100, 80 GB)", for status.json.
std::string describe_device(c10::Device device);

/// Threads of one operation: `threads`, or all that this process may use when 0. Operations between them stay sequential, so
/// that sums are added in one order. Returns the number.
int set_threads(int threads);

}  // namespace geocyte::train
