// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/named_array.h"

#include <cstring>

#include "engine/core/check.h"

namespace geocyte {

std::size_t size_of(DType type) {
  switch (type) {
    case DType::f32: case DType::i32: return 4;
    case DType::f64: case DType::i64: return 8;
    case DType::u8: return 1;
  }
  return 1;
}

const char* name_of(DType type) {
  switch (type) {
    case DType::f32: return "f32";
    case DType::f64: return "f64";
    case DType::i32: return "i32";
    case DType::i64: return "i64";
    case DType::u8: return "u8";
  }
  return "?";
}

std::int64_t NamedArray::size() const {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

void NamedArray::check_type(DType wanted) const {
  if (dtype != wanted) throw Error(ErrorCode::internal, "array " + name + " is " + name_of(dtype) + ", not " + name_of(wanted));
  const std::size_t held = bytes ? bytes->size() : 0;
  if (held != static_cast<std::size_t>(size()) * size_of(dtype))
    throw Error(ErrorCode::internal, "array " + name + " holds " + std::to_string(held) + " bytes for a shape of " + shape_text(shape));
}

std::vector<double> NamedArray::to_double() const {
  const auto convert = [](auto values) { return std::vector<double>(values.begin(), values.end()); };
  switch (dtype) {
    case DType::f32: return convert(as<float>());
    case DType::f64: return convert(as<double>());
    case DType::i32: return convert(as<std::int32_t>());
    case DType::i64: return convert(as<std::int64_t>());
    case DType::u8: return convert(as<std::uint8_t>());
  }
  return {};
}

template <class T>
NamedArray make_array(std::string name, std::span<const T> values, std::vector<std::int64_t> shape, std::vector<std::string> axes,
                      std::string role, std::string caption) {
  NamedArray array;
  array.name = std::move(name);
  array.dtype = dtype_of<T>::value;
  array.shape = std::move(shape);
  array.axes = std::move(axes);
  array.role = std::move(role);
  array.caption = std::move(caption);
  require(array.axes.size() == array.shape.size(), "an array has one axis name a dimension: " + array.name);
  if (static_cast<std::int64_t>(values.size()) != array.size())
    throw Error(ErrorCode::internal, "array " + array.name + " of shape " + shape_text(array.shape) + " was given " +
                                         std::to_string(values.size()) + " values");
  auto bytes = std::make_shared<std::vector<std::byte>>(values.size_bytes());
  if (!values.empty()) std::memcpy(bytes->data(), values.data(), values.size_bytes());
  array.bytes = std::move(bytes);
  return array;
}

template NamedArray make_array(std::string, std::span<const float>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);
template NamedArray make_array(std::string, std::span<const double>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);
template NamedArray make_array(std::string, std::span<const std::int32_t>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);
template NamedArray make_array(std::string, std::span<const std::int64_t>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);
template NamedArray make_array(std::string, std::span<const std::uint8_t>, std::vector<std::int64_t>, std::vector<std::string>, std::string, std::string);

}  // namespace geocyte
