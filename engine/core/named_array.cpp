// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/named_array.h"

#include <cstring>

#include "engine/core/check.h"

namespace geocyte {
namespace {

template <class T>
std::vector<double> widened(std::span<const T> values) {
  return std::vector<double>(values.begin(), values.end());
}

}  // namespace

std::size_t size_of(DType type) {
  switch (type) {
    case DType::f32:
    case DType::i32: return 4;
    case DType::f64:
    case DType::i64: return 8;
    case DType::u8: return 1;
  }
  throw Error(ErrorCode::internal, "a promise was broken: unknown element type");
}

const char* name_of(DType type) {
  switch (type) {
    case DType::f32: return "f32";
    case DType::f64: return "f64";
    case DType::i32: return "i32";
    case DType::i64: return "i64";
    case DType::u8: return "u8";
  }
  return "unknown";
}

std::int64_t NamedArray::size() const {
  std::int64_t product = 1;
  for (const auto extent : shape) product *= extent;
  return product;
}

std::vector<double> NamedArray::to_double() const {
  switch (dtype) {
    case DType::f32: return widened(as<float>());
    case DType::f64: return widened(as<double>());
    case DType::i32: return widened(as<std::int32_t>());
    case DType::i64: return widened(as<std::int64_t>());
    case DType::u8: return widened(as<std::uint8_t>());
  }
  throw Error(ErrorCode::internal, "a promise was broken: unknown element type");
}

void NamedArray::check_type(DType wanted) const {
  if (dtype != wanted)
    throw Error(ErrorCode::internal, "a promise was broken: array " + name + " holds " + name_of(dtype) +
                                         ", but was read as " + name_of(wanted));
  // A shape that promises more than the buffer holds must never become a span over foreign memory.
  const std::size_t held = bytes ? bytes->size() : 0;
  const std::size_t needed = static_cast<std::size_t>(size()) * size_of(dtype);
  if (size() < 0 || held < needed)
    throw Error(ErrorCode::internal, "a promise was broken: array " + name + " of shape " + shape_text(shape) +
                                         " needs " + std::to_string(needed) + " bytes, but holds " +
                                         std::to_string(held));
}

template <class T>
NamedArray make_array(std::string name, std::span<const T> values, std::vector<std::int64_t> shape,
                      std::vector<std::string> axes, std::string role, std::string caption) {
  NamedArray array;
  array.name = std::move(name);
  array.dtype = dtype_of<T>::value;
  array.shape = std::move(shape);
  array.axes = std::move(axes);
  array.role = std::move(role);
  array.caption = std::move(caption);
  for (const auto extent : array.shape) require(extent >= 0, "the shape of array " + array.name + " is not negative");
  require(array.size() == static_cast<std::int64_t>(values.size()),
          "array " + array.name + " of shape " + shape_text(array.shape) + " was given " +
              std::to_string(values.size()) + " values");
  require(array.axes.size() == array.shape.size(), "array " + array.name + " names one axis a dimension");
  auto buffer = std::make_shared<std::vector<std::byte>>(values.size_bytes());
  if (!values.empty()) std::memcpy(buffer->data(), values.data(), values.size_bytes());
  array.bytes = std::move(buffer);
  return array;
}

template NamedArray make_array(std::string, std::span<const float>, std::vector<std::int64_t>,
                               std::vector<std::string>, std::string, std::string);
template NamedArray make_array(std::string, std::span<const double>, std::vector<std::int64_t>,
                               std::vector<std::string>, std::string, std::string);
template NamedArray make_array(std::string, std::span<const std::int32_t>, std::vector<std::int64_t>,
                               std::vector<std::string>, std::string, std::string);
template NamedArray make_array(std::string, std::span<const std::int64_t>, std::vector<std::int64_t>,
                               std::vector<std::string>, std::string, std::string);
template NamedArray make_array(std::string, std::span<const std::uint8_t>, std::vector<std::int64_t>,
                               std::vector<std::string>, std::string, std::string);

}  // namespace geocyte
