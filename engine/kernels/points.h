// SPDX-License-Identifier: GPL-3.0-or-later
// A view of points: rows of equal length, row-major, not owned.
#pragma once

#include <cstdint>

namespace geocyte::kernels {

struct Points {
  const float* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t dims = 0;
  const float* row(std::int64_t i) const { return data + i * dims; }
};

}  // namespace geocyte::kernels
