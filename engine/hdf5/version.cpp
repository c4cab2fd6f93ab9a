// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/version.h"

#include <hdf5.h>

#include <fmt/format.h>

namespace geocyte::hdf5 {

std::string library_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace geocyte::hdf5
