// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/about.h"

#include <thread>

#include <Eigen/Core>
#include <sys/utsname.h>
#include <torch/headeronly/version.h>

#include "engine/hdf5/version.h"

namespace geocyte::app {

Json about_this_program() {
  utsname system{};
  uname(&system);
  return {{"code", {{"version", GEOCYTE_VERSION}, {"commit", GEOCYTE_COMMIT}, {"compiler", __VERSION__}}},
          {"libraries", {{"torch", TORCH_VERSION}, {"hdf5", hdf5::library_version()}, {"eigen", std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
                                                                 std::to_string(EIGEN_MINOR_VERSION)}}},
          {"host", {{"name", system.nodename}, {"system", std::string(system.sysname) + " " + system.release}, {"cores", std::thread::hardware_concurrency()}}}};
}

}  // namespace geocyte::app
