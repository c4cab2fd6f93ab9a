// SPDX-License-Identifier: GPL-3.0-or-later
// The safetensors format on raw bytes: {u64 length of the header | JSON header | data}, little endian, no pickle.
// The header maps each tensor's name to {dtype, shape, data_offsets} and "__metadata__" to texts.
// Reference: huggingface/safetensors, README "Format". Files open in Python's safetensors and the reverse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace geocyte::io {

/// A tensor whose bytes somebody else owns: row-major, contiguous.
struct TensorView {
  std::string name;
  std::string dtype;  ///< "F32", see element_size()
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;
  std::int64_t size() const;  ///< number of elements
};

/// Bytes of one element of BOOL U8 I8 U16 I16 F16 BF16 U32 I32 F32 U64 I64 F64; 0 for any other name.
std::size_t element_size(std::string_view dtype);

using Metadata = std::map<std::string, std::string>;

/// Writes atomically, in the given order. Throws Error{internal} for a name given twice, an unknown dtype, or data that
/// do not fit the shape; Error{storage} when it cannot be written.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorView> tensors,
                       const Metadata& metadata = {}, bool durable = true);

/// A file in memory. Every view stays valid as long as the object lives (moving it keeps them valid).
class SafetensorsFile {
 public:
  /// Reads and checks everything before a single tensor is handed out: header length, JSON, known dtypes, shapes
  /// without overflow, offsets that cover the data exactly once without gaps. Throws Error{bad_data} in one sentence.
  static SafetensorsFile open(const std::filesystem::path& path);
  /// The same from bytes; `name` is for messages.
  static SafetensorsFile parse(std::vector<std::byte> content, const std::string& name);

  const std::vector<TensorView>& tensors() const { return tensors_; }  ///< in the order of their data
  const Metadata& metadata() const { return metadata_; }
  const TensorView* find(std::string_view name) const;
  /// Throws Error{bad_data} that names the file when there is none of that name.
  const TensorView& at(std::string_view name) const;

 private:
  std::string name_;
  std::vector<std::byte> content_;
  std::vector<TensorView> tensors_;
  Metadata metadata_;
};

}  // namespace geocyte::io
