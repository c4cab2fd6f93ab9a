// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/pair_tile.h"

#include "engine/core/check.h"

namespace geocyte::kernels {

template <class T>
PairTile<T> pair_tile(Isa isa) {
  require(static_cast<int>(isa) <= static_cast<int>(best_isa()), "a pair kernel was asked for instructions this processor lacks");
  switch (isa) {
    case Isa::avx512:
      return avx512_pair_tile<T>();
    case Isa::avx2:
      return avx2_pair_tile<T>();
    case Isa::plain:
      break;
  }
  return plain_pair_tile<T>();
}

template <class T>
PackedPoints<T> pack_points(const T* data, std::int64_t rows, std::int64_t dims, const std::vector<double>& origin) {
  PackedPoints<T> packed;
  packed.rows = rows;
  packed.dims = dims;
  packed.width = padded(dims, kPanel<T>);
  packed.by_row.assign(packed.padded_rows() * packed.width, 0);
  packed.panels.assign(packed.padded_rows() * dims, 0);
  for (std::int64_t i = 0; i < rows; ++i) {
    T* row = packed.by_row.data() + i * packed.width;
    T* panel = packed.panels.data() + i / kPanel<T> * kPanel<T> * dims + i % kPanel<T>;
    for (std::int64_t d = 0; d < dims; ++d) row[d] = panel[d * kPanel<T>] = static_cast<T>(data[i * dims + d] - origin[d]);
  }
  return packed;
}

template PairTile<float> pair_tile(Isa);
template PairTile<double> pair_tile(Isa);
template PackedPoints<float> pack_points(const float*, std::int64_t, std::int64_t, const std::vector<double>&);
template PackedPoints<double> pack_points(const double*, std::int64_t, std::int64_t, const std::vector<double>&);

}  // namespace geocyte::kernels
