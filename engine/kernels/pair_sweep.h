// SPDX-License-Identifier: GPL-3.0-or-later
// The bodies of pair_tile.h for vectors of N numbers. Included by one .cpp an instruction set, each of which sets its target
// first; the unnamed namespace keeps the forms apart. Private to engine/kernels.
//
// exp2(t) = 2^k p(r), k = round(t), r = t - k in [-1/2, 1/2], p the Taylor polynomial of 2^r: relative error 1.2e-7 (float,
// degree 6) and 2e-16 (double, degree 12). t is held between -100 and 126 (-960 and 1022): below, the result is a number that
// no sum notices, but large enough that its products are no denormal numbers, which are slow; it is never 0, infinity or NaN.
#pragma once

#include <cstdint>
#include <cstring>

#include "engine/kernels/pair_tile.h"

namespace geocyte::kernels {
namespace {

template <class T>
struct Exp2;
template <>
struct Exp2<float> {
  using Int = std::int32_t;
  static constexpr float kLow = -100, kHigh = 126, kRound = 12582912.0f;   // 1.5 * 2^23
  static constexpr int kMantissa = 23;
  static constexpr float kTaylor[] = {1.0f, 0.693147181f, 0.240226507f, 5.55041087e-2f, 9.61812911e-3f, 1.33335581e-3f, 1.54035304e-4f};
};
template <>
struct Exp2<double> {
  using Int = std::int64_t;
  static constexpr double kLow = -960, kHigh = 1022, kRound = 6755399441055744.0;   // 1.5 * 2^52
  static constexpr int kMantissa = 52;
  static constexpr double kTaylor[] = {1.0,
                                       0.69314718055994530942,
                                       0.24022650695910071233,
                                       5.5504108664821579953e-2,
                                       9.6181291076284771619e-3,
                                       1.3333558146428443423e-3,
                                       1.5403530393381609954e-4,
                                       1.5252733804059840280e-5,
                                       1.3215486790144309488e-6,
                                       1.0178086009239699728e-7,
                                       7.0549116208011233299e-9,
                                       4.4455382718708114976e-10,
                                       2.5678435993488205141e-11};
};

/// The loops for one type and vector length. `Root` takes square roots of a vector.
template <class T, int N, class Root>
struct PairLoops {
  typedef T Vector __attribute__((vector_size(N * sizeof(T))));
  typedef typename Exp2<T>::Int Whole __attribute__((vector_size(N * sizeof(T))));

  static Vector load(const T* from) {
    Vector v;
    std::memcpy(&v, from, sizeof(v));
    return v;
  }
  static void store(T* to, Vector v) { std::memcpy(to, &v, sizeof(v)); }
  static T sum(Vector v) {
    T total = 0;
    for (int i = 0; i < N; ++i) total += v[i];
    return total;
  }
  static Vector all(T x) { return Vector{} + x; }

  static Vector exp2(Vector t) {
    using Constants = Exp2<T>;
    const Vector low = all(Constants::kLow), high = all(Constants::kHigh), magic = all(Constants::kRound);
    t = t < low ? low : t;
    t = t > high ? high : t;
    const Vector shifted = t + magic;
    const Vector r = t - (shifted - magic);
    constexpr int kDegree = sizeof(Constants::kTaylor) / sizeof(T) - 1;
    Vector p = all(Constants::kTaylor[kDegree]);
#pragma GCC unroll 16
    for (int k = kDegree - 1; k >= 0; --k) p = p * r + Constants::kTaylor[k];
    return (Vector)((Whole)p + ((Whole)shifted << Constants::kMantissa));
  }

  template <bool kRoot>
  static void cost_of(const T* rows, std::int64_t row_stride, const T* panels, std::int64_t dims, const Tile<T>& tile) {
    constexpr int R = 4;
    for (std::int64_t column = 0; column < tile.columns; column += 2 * N) {
      const T* panel = panels + column / kPanel<T> * dims * kPanel<T> + column % kPanel<T>;
      for (std::int64_t r = 0; r < tile.rows; r += R) {
        Vector a[R] = {}, b[R] = {};
        const T* x = rows + r * row_stride;
        for (std::int64_t d = 0; d < dims; ++d) {
          const Vector y0 = load(panel + d * kPanel<T>), y1 = load(panel + d * kPanel<T> + N);
#pragma GCC unroll 4
          for (int q = 0; q < R; ++q) {
            const Vector e0 = y0 - x[q * row_stride + d], e1 = y1 - x[q * row_stride + d];
            a[q] += e0 * e0;
            b[q] += e1 * e1;
          }
        }
#pragma GCC unroll 4
        for (int q = 0; q < R; ++q) {
          T* out = tile.data + (r + q) * tile.stride + column;
          store(out, kRoot ? Root::of(a[q]) : a[q] * T(0.5));
          store(out + N, kRoot ? Root::of(b[q]) : b[q] * T(0.5));
        }
      }
    }
  }

  static void cost(const T* rows, std::int64_t row_stride, const T* panels, std::int64_t dims, bool root, const Tile<T>& tile) {
    if (root) cost_of<true>(rows, row_stride, panels, dims, tile);
    else cost_of<false>(rows, row_stride, panels, dims, tile);
  }

  static void product(const T* rows, std::int64_t row_stride, const T* row_half, const T* panels, const T* column_half, std::int64_t dims, const Tile<T>& tile) {
    constexpr int R = N * sizeof(T) == 64 ? 8 : 4;
    for (std::int64_t column = 0; column < tile.columns; column += 2 * N) {
      const T* panel = panels + column / kPanel<T> * dims * kPanel<T> + column % kPanel<T>;
      const Vector half0 = load(column_half + column), half1 = load(column_half + column + N);
      for (std::int64_t r = 0; r < tile.rows; r += R) {
        Vector a[R], b[R];
#pragma GCC unroll 8
        for (int q = 0; q < R; ++q) {
          a[q] = half0 + row_half[r + q];
          b[q] = half1 + row_half[r + q];
        }
        const T* x = rows + r * row_stride;
        for (std::int64_t d = 0; d < dims; ++d) {
          const Vector y0 = load(panel + d * kPanel<T>), y1 = load(panel + d * kPanel<T> + N);
#pragma GCC unroll 8
          for (int q = 0; q < R; ++q) {
            a[q] -= x[q * row_stride + d] * y0;
            b[q] -= x[q * row_stride + d] * y1;
          }
        }
#pragma GCC unroll 8
        for (int q = 0; q < R; ++q) {
          T* out = tile.data + (r + q) * tile.stride + column;
          store(out, a[q] < all(0) ? all(0) : a[q]);   // not a maximum: NaN stays NaN
          store(out + N, b[q] < all(0) ? all(0) : b[q]);
        }
      }
    }
  }

  static void sums(const Tile<T>& cost, const T* u, const T* v, T scale, T* row_sum, T* column_sum) {
    constexpr int R = 4;
    for (std::int64_t r = 0; r < cost.rows; r += R) {
      const T* c = cost.data + r * cost.stride;
      Vector total[R] = {};
      for (std::int64_t j = 0; j < cost.columns; j += N) {
        const Vector vj = load(v + j);
        Vector below = load(column_sum + j);
#pragma GCC unroll 4
        for (int q = 0; q < R; ++q) {
          const Vector w = exp2(((u[r + q] - load(c + q * cost.stride + j)) + vj) * scale);
          total[q] += w;
          below += w;
        }
        store(column_sum + j, below);
      }
#pragma GCC unroll 4
      for (int q = 0; q < R; ++q) row_sum[r + q] = sum(total[q]);
    }
  }

  template <bool kRoot, bool kByColumn>
  static void weights_of(const Tile<T>& cost, const T* u, const T* v, T scale, const WeightSums<T>& out) {
    for (std::int64_t r = 0; r < cost.rows; ++r) {
      Vector norm = {}, slope = {};
      for (std::int64_t j = 0; j < cost.columns; j += N) {
        const Vector c = load(cost.data + r * cost.stride + j);
        const Vector w = exp2(((u[r] - c) + load(v + j)) * scale);
        const Vector wk = !kRoot ? w : c > all(0) ? w / c : all(0);
        store(out.weights + r * kBlock + j, wk);
        if constexpr (kByColumn) {
          store(out.norm + j, load(out.norm + j) + w);
          store(out.slope + j, load(out.slope + j) + wk);
        } else {
          norm += w;
          slope += wk;
        }
      }
      if constexpr (!kByColumn) {
        out.norm[r] += sum(norm);
        out.slope[r] += sum(slope);
      }
    }
  }

  static void weights(const Tile<T>& cost, const T* u, const T* v, T scale, const WeightSums<T>& out) {
    if (out.root) return out.by_column ? weights_of<true, true>(cost, u, v, scale, out) : weights_of<true, false>(cost, u, v, scale, out);
    return out.by_column ? weights_of<false, true>(cost, u, v, scale, out) : weights_of<false, false>(cost, u, v, scale, out);
  }

  static void profile(const Tile<T>& cost, const Profile<T>& profile) {
    constexpr T kLog2E = T(1.44269504088896340736);
    for (std::int64_t r = 0; r < cost.rows; ++r) {
      Vector value = {}, slope = {};
      for (std::int64_t j = 0; j < cost.columns; j += N) {
        T* at = cost.data + r * cost.stride + j;
        const Vector c = load(at), weight = load(profile.column_weight + j);
        Vector phi = {}, derivative = {};
        if (profile.count == 0) {
          phi = -Root::of(c + c);
          derivative = phi < all(0) ? T(1) / phi : all(0);
        }
        for (int s = 0; s < profile.count; ++s) {
          const Vector k = exp2(c * (-kLog2E * profile.precision[s]));
          phi += k;
          derivative -= k * profile.precision[s];
        }
        derivative *= weight;
        value += weight * phi;
        slope += derivative;
        store(at, derivative);
      }
      profile.value[r] += sum(value);
      profile.slope[r] += sum(slope);
    }
  }

  static void accumulate(const T* w, std::int64_t row_stride, std::int64_t step, std::int64_t rows, std::int64_t terms,
                         const T* vectors, std::int64_t width, T* out) {
    constexpr int R = N * sizeof(T) == 64 ? 8 : 4;
    for (std::int64_t r = 0; r < rows; r += R)
      for (std::int64_t d = 0; d < width; d += 2 * N) {
        Vector a[R], b[R];
#pragma GCC unroll 8
        for (int q = 0; q < R; ++q) {
          a[q] = load(out + (r + q) * width + d);
          b[q] = load(out + (r + q) * width + d + N);
        }
        const T* weight = w + r * row_stride;
        const T* vector = vectors + d;
        for (std::int64_t k = 0; k < terms; ++k, weight += step, vector += width) {
          const Vector v0 = load(vector), v1 = load(vector + N);
#pragma GCC unroll 8
          for (int q = 0; q < R; ++q) {
            a[q] += weight[q * row_stride] * v0;
            b[q] += weight[q * row_stride] * v1;
          }
        }
#pragma GCC unroll 8
        for (int q = 0; q < R; ++q) {
          store(out + (r + q) * width + d, a[q]);
          store(out + (r + q) * width + d + N, b[q]);
        }
      }
  }

  static PairTile<T> table() { return {cost, product, sums, weights, profile, accumulate}; }
};

}  // namespace
}  // namespace geocyte::kernels
