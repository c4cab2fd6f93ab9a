// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/transport_cuda.h"

#include <dlfcn.h>

#include <filesystem>

#include "engine/core/check.h"
#include "engine/core/error.h"

namespace geocyte::kernels {
namespace {

constexpr const char* kModule = "libgeocyte_kernels_cuda.so";

/// Where the code of this library is: the folder of the program, or of a test.
std::filesystem::path own_folder() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&own_folder), &info) == 0 || !info.dli_fname) return {};
  std::error_code ignored;
  return std::filesystem::canonical(info.dli_fname, ignored).parent_path();
}

void* open_module(std::string& why) {
  const auto folder = own_folder();
  for (const auto& place : {folder / kModule, folder.parent_path() / "lib" / kModule, folder.parent_path() / "lib" / "geocyte" / kModule}) {
    std::error_code ignored;
    if (!std::filesystem::exists(place, ignored)) continue;
    if (void* module = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL)) return module;
    why = dlerror();
    return nullptr;
  }
  why = std::string("there is no ") + kModule + " beside the program: this build was made without nvcc";
  return nullptr;
}

}  // namespace

std::shared_ptr<const CudaTransport> CudaTransport::open(std::string* why) {
  std::string reason;
  auto found = std::make_shared<CudaTransport>();
  if (void* module = open_module(reason)) {   // stays open: its kernels are registered with the driver until the program ends
    const auto version = reinterpret_cast<TransportModuleVersion>(dlsym(module, "geocyte_transport_version"));
    const auto devices = reinterpret_cast<TransportModuleDevices>(dlsym(module, "geocyte_transport_devices"));
    found->solve_ = reinterpret_cast<TransportModuleSolve>(dlsym(module, "geocyte_transport_solve"));
    if (!version || !devices || !found->solve_ || version() != kTransportModuleVersion) reason = std::string(kModule) + " is of another version";
    else if ((found->devices_ = devices()) < 1) reason = "there is no GPU that CUDA can use";
  }
  if (why) *why = reason;
  return reason.empty() ? found : nullptr;
}

template <class T>
std::vector<TransportResult<T>> CudaTransport::solve(std::span<const TransportProblem<T>> problems, std::int64_t dims, const TransportOptions& options,
                                                     int device) const {
  std::vector<TransportResult<T>> results(problems.size());
  std::vector<const void*> x, y;
  std::vector<std::int64_t> n, m;
  std::vector<double*> f, g;
  std::vector<void*> pull_x, pull_y;
  for (std::size_t p = 0; p < problems.size(); ++p) {
    const auto& problem = problems[p];
    auto& result = results[p];
    require(!problem.x.weights && !problem.y.weights, "transport on a GPU has cells of equal weight");
    result.f.resize(problem.x.rows);
    if (!problem.self()) result.g.resize(problem.y.rows);
    if (options.pulls) result.pull_x.resize(problem.x.rows * dims);
    if (options.pulls && !problem.self()) result.pull_y.resize(problem.y.rows * dims);
    x.push_back(problem.x.points);
    y.push_back(problem.self() ? nullptr : problem.y.points);
    n.push_back(problem.x.rows);
    m.push_back(problem.y.rows);
    f.push_back(result.f.data());
    g.push_back(result.g.data());
    pull_x.push_back(result.pull_x.data());
    pull_y.push_back(result.pull_y.data());
  }
  TransportCall call{};
  call.element_bytes = sizeof(T);
  call.root = options.cost == GroundCost::distance;
  call.pulls = options.pulls;
  call.device = device;
  call.problems = std::ssize(problems);
  call.dims = dims;
  call.steps = std::ssize(options.temperatures);
  call.x = x.data(), call.y = y.data(), call.n = n.data(), call.m = m.data();
  call.temperatures = options.temperatures.data();
  call.reach = options.reach;
  call.f = f.data(), call.g = g.data(), call.pull_x = pull_x.data(), call.pull_y = pull_y.data();
  if (const char* failure = solve_(&call))
    throw Error(ErrorCode::device, std::string("transport on the GPU failed: ") + failure, "use device=cpu, or give it fewer cells");
  return results;
}

template std::vector<TransportResult<float>> CudaTransport::solve(std::span<const TransportProblem<float>>, std::int64_t, const TransportOptions&, int) const;
template std::vector<TransportResult<double>> CudaTransport::solve(std::span<const TransportProblem<double>>, std::int64_t, const TransportOptions&, int) const;

}  // namespace geocyte::kernels
