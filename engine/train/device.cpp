// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/device.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <stdexcept>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>
#include <sched.h>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::train {
namespace {

int usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(CPU_COUNT(&set), 1) : 1;
}

/// The folder that libtorch_cpu came from: one of its own functions knows.
std::filesystem::path torch_folder() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&at::get_num_threads), &info) == 0 || !info.dli_fname) return {};
  return std::filesystem::path(info.dli_fname).parent_path();
}

int cuda_devices() { return at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().deviceCount()) : 0; }

[[noreturn]] void no_device(const std::string& wanted, const std::string& why) {
  throw Error(ErrorCode::device, "the device '" + wanted + "' cannot be used: " + why, "use device=auto or device=cpu");
}

/// Name and memory by the driver itself, which libtorch_cuda has loaded.
std::string cuda_name(int index) {
  void* driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (!driver) return "CUDA";
  const auto get = reinterpret_cast<int (*)(int*, int)>(dlsym(driver, "cuDeviceGet"));
  const auto name_of = reinterpret_cast<int (*)(char*, int, int)>(dlsym(driver, "cuDeviceGetName"));
  const auto memory_of = reinterpret_cast<int (*)(std::size_t*, int)>(dlsym(driver, "cuDeviceTotalMem_v2"));
  int device = 0;
  char name[128] = "";
  std::size_t bytes = 0;
  if (!get || !name_of || !memory_of || get(&device, index) != 0 || name_of(name, sizeof name, device) != 0 ||
      memory_of(&bytes, device) != 0)
    return "CUDA";
  return std::string(name) + ", " + bytes_text(static_cast<double>(bytes));
}

}  // namespace

std::string open_cuda_libraries() {
  const std::filesystem::path folder = torch_folder();
  const std::string path = folder.empty() ? "libtorch_cuda.so" : (folder / "libtorch_cuda.so").string();
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) return {};
  const char* why = dlerror();
  return why ? why : "libtorch_cuda cannot be opened";
}

c10::Device choose_device(const std::string& wanted) {
  if (wanted == "cpu") return c10::kCPU;
  const bool any = wanted == "auto";
  std::int64_t index = 0;
  const bool numbered = wanted.starts_with("cuda:") && parse_integer(wanted.substr(5), index) && index >= 0 && index < 128;
  if (!any && wanted != "cuda" && !numbered)
    throw Error(ErrorCode::bad_config, "there is no device '" + geocyte::quoted(wanted) + "'", "use auto, cpu, cuda or cuda:N");
  const int devices = cuda_devices();
  if (index < devices) return {c10::kCUDA, static_cast<c10::DeviceIndex>(index)};
  if (any) return c10::kCPU;
  if (devices > 0) no_device(wanted, "this machine has " + std::to_string(devices) + " CUDA device(s), numbered from 0");
  const std::string why = open_cuda_libraries();
  no_device(wanted, why.empty() ? "no NVIDIA driver or no GPU was found" : why);
}

std::string describe_device(c10::Device device) {
  if (device.is_cuda()) return device.str() + " (" + cuda_name(device.has_index() ? device.index() : 0) + ")";
  return "cpu (" + at::get_cpu_capability() + ", " + std::to_string(at::get_num_threads()) + " threads)";
}

int set_threads(int threads) {
  const int count = threads > 0 ? threads : usable_processors();
  at::set_num_threads(count);
  if (at::get_num_interop_threads() != 1) {
    try {
      at::set_num_interop_threads(1);
    } catch (const c10::Error&) {
      // Fixed once for the process by an earlier call; nothing here runs operations side by side anyway.
    }
  }
  return count;
}

}  // namespace geocyte::train
