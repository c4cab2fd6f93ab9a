// SPDX-License-Identifier: GPL-3.0-or-later
// Where the real data are: $GEOCYTE_DATA, else ../shared/data beside the source tree. They are not part of the product.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace geocyte {

/// "" when the data are not here.
inline std::string real_data_folder() {
  const char* variable = std::getenv("GEOCYTE_DATA");
  const std::filesystem::path folder =
      variable != nullptr ? std::filesystem::path(variable) : std::filesystem::path(GEOCYTE_SOURCE_DIR) / ".." / "shared" / "data";
  std::error_code status;
  return std::filesystem::is_directory(folder, status) ? folder.lexically_normal().string() : std::string();
}

/// First line of a test that needs them: skips and says why.
#define GEOCYTE_NEEDS_REAL_DATA(folder)   \
  const std::string folder = ::geocyte::real_data_folder(); \
  if (folder.empty()) GTEST_SKIP() << "the real data are not here: set GEOCYTE_DATA to their folder"

}  // namespace geocyte
