// SPDX-License-Identifier: GPL-3.0-or-later
// Named arrays: what a model shows of itself. The engine writes them into snapshots, views draw them.
// An array knows its name, element type, shape, the axis of every dimension ("cell", "latent"), its role and a caption.
// The buffer is shared and immutable after construction: copying a NamedArray copies no data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace geocyte {

enum class DType : std::uint8_t { f32, f64, i32, i64, u8 };

std::size_t size_of(DType type);
/// "f32", "i64", …
const char* name_of(DType type);

template <class T> struct dtype_of;
template <> struct dtype_of<float> { static constexpr DType value = DType::f32; };
template <> struct dtype_of<double> { static constexpr DType value = DType::f64; };
template <> struct dtype_of<std::int32_t> { static constexpr DType value = DType::i32; };
template <> struct dtype_of<std::int64_t> { static constexpr DType value = DType::i64; };
template <> struct dtype_of<std::uint8_t> { static constexpr DType value = DType::u8; };

struct NamedArray {
  std::string name;                ///< path-like: "embedding", "align/centroid_distance"
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape; ///< row-major
  std::vector<std::string> axes;   ///< one a dimension: "cell", "gene", "source", "latent", "xy", …
  std::string role;                ///< "points", "values", "labels", "edges", "mask", "row_index"
  std::string units;               ///< "" = none
  std::string caption;             ///< the method line a figure must print, e.g. "UMAP, k=15, cosine, seed 7"
  std::shared_ptr<const std::vector<std::byte>> bytes;

  std::int64_t size() const;       ///< product of the shape (1 for a scalar)

  /// Read-only elements. Throws Error{internal} when T is not the element type.
  template <class T> std::span<const T> as() const {
    check_type(dtype_of<T>::value);
    return {reinterpret_cast<const T*>(bytes ? bytes->data() : nullptr), static_cast<std::size_t>(size())};
  }
  /// Elements converted to double, whatever the type is.
  std::vector<double> to_double() const;

 private:
  void check_type(DType wanted) const;
};

/// Copies `values` (row-major, as many as the shape says; else Error{internal}) into a new array.
template <class T>
NamedArray make_array(std::string name, std::span<const T> values, std::vector<std::int64_t> shape,
                      std::vector<std::string> axes, std::string role = "values", std::string caption = {});

extern template NamedArray make_array(std::string, std::span<const float>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);
extern template NamedArray make_array(std::string, std::span<const double>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);
extern template NamedArray make_array(std::string, std::span<const std::int32_t>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);
extern template NamedArray make_array(std::string, std::span<const std::int64_t>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);
extern template NamedArray make_array(std::string, std::span<const std::uint8_t>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);

}  // namespace geocyte
