// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of losses over pairs of points, written once with vector extensions (pair_sweep.h) and compiled once for
// each instruction set by pair_plain.cpp, pair_avx2.cpp and pair_avx512.cpp. Private to engine/kernels.
//
// Points come in two layouts: rows (row-major, padded with zeros to whole blocks and whole registers) and panels (value
// [panel][dim][point]), so that one coordinate of a panel of points is a few registers. A tile is at most kBlock rows times
// some columns of a matrix of pairs.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/kernels/isa.h"

namespace geocyte::kernels {

inline constexpr std::int64_t kBlock = 64;     // rows of a tile; clouds are padded to multiples of it
inline constexpr std::int64_t kRowStep = 8;    // rows that a loop takes at once

/// Points of a panel: 128 bytes of one coordinate.
template <class T>
inline constexpr std::int64_t kPanel = 128 / static_cast<std::int64_t>(sizeof(T));

constexpr std::int64_t padded(std::int64_t n, std::int64_t step) { return (n + step - 1) / step * step; }

/// A tile of pairs of rows x columns; `columns` is a multiple of kPanel, `rows` of kRowStep.
template <class T>
struct Tile {
  T* data = nullptr;
  std::int64_t stride = 0, rows = 0, columns = 0;
};

/// Where a tile of transport weights goes and what is summed on the way.
template <class T>
struct WeightSums {
  T* weights = nullptr;   ///< stride kBlock
  T* norm = nullptr;      ///< += sum of w over columns (or over rows, by_column)
  T* slope = nullptr;     ///< += sum of w k, k = 1 or, with `root`, 1 / C (0 where C = 0); `weights` holds w k
  bool root = false, by_column = false;
};

/// What a radial profile does with a tile of C = |x - y|^2 / 2.
template <class T>
struct Profile {
  const T* precision = nullptr;   ///< 1 / sigma^2 of each Gaussian: phi = sum_s exp(-C / sigma_s^2)
  int count = 0;                  ///< 0: phi = -sqrt(2 C), the negative distance
  const T* column_weight = nullptr;
  T* value = nullptr;             ///< += sum over columns of weight phi
  T* slope = nullptr;             ///< += sum over columns of weight dphi/dC (0 where it is not finite)
};

template <class T>
struct PairTile {
  /// C = |x - y|^2 / 2, or |x - y| with `root`, of `tile.rows` rows against tile.columns / kPanel panels.
  void (*cost)(const T* rows, std::int64_t row_stride, const T* panels, std::int64_t dims, bool root, const Tile<T>& tile);
  /// C from products: max(0, row_half_r + column_half_c - <x_r, y_c>), halves of squared lengths. One operation a number instead of
  /// two, and exact to rounding of the lengths, not of C.
  void (*product)(const T* rows, std::int64_t row_stride, const T* row_half, const T* panels, const T* column_half, std::int64_t dims, const Tile<T>& tile);
  /// w = exp2(scale (u_r - C + v_c)): row_sum = sums over columns, column_sum += sums over rows.
  void (*sums)(const Tile<T>& cost, const T* u, const T* v, T scale, T* row_sum, T* column_sum);
  /// The same w, kept; at most kBlock columns.
  void (*weights)(const Tile<T>& cost, const T* u, const T* v, T scale, const WeightSums<T>& out);
  /// phi of a tile, which becomes weight dphi/dC in place.
  void (*profile)(const Tile<T>& cost, const Profile<T>& profile);
  /// out_r += sum_k w[r row_stride + k step] vectors_k, for `rows` rows and k < terms. Vectors and out have `width` values
  /// each, a multiple of kPanel.
  void (*accumulate)(const T* w, std::int64_t row_stride, std::int64_t step, std::int64_t rows, std::int64_t terms,
                     const T* vectors, std::int64_t width, T* out);
};

template <class T>
PairTile<T> plain_pair_tile();
template <class T>
PairTile<T> avx2_pair_tile();
template <class T>
PairTile<T> avx512_pair_tile();

/// Throws Error{internal} when `isa` is wider than best_isa().
template <class T>
PairTile<T> pair_tile(Isa isa);

/// A cloud of points in both layouts, moved by `origin`.
template <class T>
struct PackedPoints {
  std::int64_t rows = 0, dims = 0, width = 0;   ///< width: dims padded to kPanel
  std::vector<T> by_row;                        ///< padded(rows, kBlock) x width
  std::vector<T> panels;                        ///< padded(rows, kBlock) / kPanel panels of dims x kPanel

  std::int64_t padded_rows() const { return padded(rows, kBlock); }
  const T* row(std::int64_t i) const { return by_row.data() + i * width; }
  const T* panel(std::int64_t first_point) const { return panels.data() + first_point * dims; }
};

template <class T>
PackedPoints<T> pack_points(const T* data, std::int64_t rows, std::int64_t dims, const std::vector<double>& origin);

}  // namespace geocyte::kernels
