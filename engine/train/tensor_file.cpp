// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/tensor_file.h"

#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include <ATen/ops/empty.h>

#include "engine/core/check.h"
#include "engine/core/error.h"
#include "engine/io/safetensors.h"

namespace geocyte::train {
namespace {

constexpr std::array<std::pair<std::string_view, c10::ScalarType>, 10> kTypes{{{"F32", c10::kFloat},
                                                                                {"F64", c10::kDouble},
                                                                                {"F16", c10::kHalf},
                                                                                {"BF16", c10::kBFloat16},
                                                                                {"I64", c10::kLong},
                                                                                {"I32", c10::kInt},
                                                                                {"I16", c10::kShort},
                                                                                {"I8", c10::kChar},
                                                                                {"U8", c10::kByte},
                                                                                {"BOOL", c10::kBool}}};

std::string name_of(c10::ScalarType type) {
  for (const auto& [name, other] : kTypes)
    if (other == type) return std::string(name);
  throw Error(ErrorCode::internal, std::string("tensors of type ") + c10::toString(type) + " are not saved");
}

c10::ScalarType type_of(const std::string& name) {
  for (const auto& [other, type] : kTypes)
    if (other == name) return type;
  throw Error(ErrorCode::bad_data, "the element type " + name + " is not known");
}

}  // namespace

void write_tensors(const std::filesystem::path& path, const NamedTensors& tensors, const std::map<std::string, std::string>& metadata,
                   bool durable) {
  std::vector<io::TensorView> views;
  views.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) {
    require(tensor.is_cpu() && tensor.is_contiguous(), "tensors are saved from the host, contiguous");
    views.push_back({name, name_of(tensor.scalar_type()), tensor.sizes().vec(),
                     {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()}});
  }
  io::write_safetensors(path, views, metadata, durable);
}

NamedTensors read_tensors(const std::filesystem::path& path) {
  const io::SafetensorsFile file = io::SafetensorsFile::open(path);
  NamedTensors tensors;
  for (const io::TensorView& view : file.tensors()) {
    at::Tensor tensor = at::empty(view.shape, at::TensorOptions().dtype(type_of(view.dtype)));
    if (!view.data.empty()) std::memcpy(tensor.mutable_data_ptr(), view.data.data(), view.data.size());
    tensors.emplace_back(view.name, std::move(tensor));
  }
  return tensors;
}

}  // namespace geocyte::train
