// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "engine/core/error.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/values.h"

namespace geocyte::hdf5 {

namespace {

/// Memory of variable-length texts while they are read. HDF5 asks it for each text, so that the total stays bounded even
/// when a hostile file points at the same long text a million times; all of it is given back at once.
class TextArena {
 public:
  explicit TextArena(std::int64_t limit) : left_(limit) {}

  static void* allocate(std::size_t bytes, void* self_pointer) {
    auto& self = *static_cast<TextArena*>(self_pointer);
    if (static_cast<std::int64_t>(bytes) > self.left_) {
      self.exhausted_ = true;
      return nullptr;
    }
    self.left_ -= static_cast<std::int64_t>(bytes);
    if (bytes > kBlock / 4) {
      self.blocks_.push_back(std::make_unique<char[]>(bytes));
      return self.blocks_.back().get();
    }
    if (bytes > self.block_left_) {
      self.current_ = std::make_unique<char[]>(kBlock);
      self.next_ = self.current_.get();
      self.block_left_ = kBlock;
      self.blocks_.push_back(std::move(self.current_));
    }
    char* out = self.next_;
    const std::size_t step = (bytes + 7) & ~std::size_t{7};
    self.next_ += std::min(step, self.block_left_);
    self.block_left_ -= std::min(step, self.block_left_);
    return out;
  }
  static void release(void*, void*) {}
  bool exhausted() const { return exhausted_; }

 private:
  static constexpr std::size_t kBlock = std::size_t{1} << 18;
  std::int64_t left_;
  bool exhausted_ = false;
  std::unique_ptr<char[]> current_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t block_left_ = 0;
};

std::vector<std::string> read_variable_texts(hid_t dataset, std::size_t count, const std::string& where,
                                             std::int64_t max_bytes) {
  const Handle type(H5Dget_type(dataset));
  const Handle memory = text_memory_type(type.get());
  TextArena arena(max_bytes);
  const Handle transfer(H5Pcreate(H5P_DATASET_XFER));
  H5Pset_vlen_mem_manager(transfer.get(), TextArena::allocate, &arena, TextArena::release, &arena);
  std::vector<char*> pointers(count, nullptr);
  if (H5Dread(dataset, memory.get(), H5S_ALL, H5S_ALL, transfer.get(), pointers.data()) < 0) {
    if (arena.exhausted())
      throw Error(ErrorCode::bad_data, where + " holds more text than the limit of " +
                                           std::to_string(max_bytes >> 20) + " MiB");
    throw_unreadable(dataset, where);
  }
  std::vector<std::string> out(count);
  for (std::size_t i = 0; i < count; ++i)
    if (pointers[i] != nullptr) out[i] = to_utf8(pointers[i]);
  return out;
}

}  // namespace

std::string fixed_text(const char* bytes, std::size_t width, H5T_str_t padding) {
  std::size_t length = strnlen(bytes, width);
  if (padding == H5T_STR_SPACEPAD)
    while (length > 0 && bytes[length - 1] == ' ') --length;
  return to_utf8(std::string(bytes, length));
}

Handle text_memory_type(hid_t stored) {
  Handle type(H5Tcopy(stored));
  if (H5Tis_variable_str(stored) <= 0) H5Tset_size(type.get(), H5Tget_size(stored));
  return type;
}

std::vector<std::string> read_texts(hid_t dataset, const std::string& where, std::int64_t max_bytes) {
  const Handle type(H5Dget_type(dataset));
  const std::int64_t count = element_count(extents(dataset), where);
  if (H5Tget_class(type.get()) != H5T_STRING) {
    if (count == 0) return {};   // h5py writes an empty list of texts as an empty list of numbers
    throw Error(ErrorCode::bad_data, where + " does not hold texts");
  }
  const auto width = static_cast<std::int64_t>(H5Tget_size(type.get()));
  if (count == 0) return {};
  if (count > max_bytes / width)
    throw Error(ErrorCode::bad_data, where + " holds more text than the limit of " +
                                         std::to_string(max_bytes >> 20) + " MiB");
  require_plausible_size(dataset, count * width, where);
  if (H5Tis_variable_str(type.get()) > 0)
    return read_variable_texts(dataset, static_cast<std::size_t>(count), where, max_bytes);
  const Handle memory = text_memory_type(type.get());
  std::vector<char> bytes(static_cast<std::size_t>(count * width));
  if (H5Dread(dataset, memory.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    throw_unreadable(dataset, where);
  std::vector<std::string> out(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    out[static_cast<std::size_t>(i)] = fixed_text(bytes.data() + i * width, static_cast<std::size_t>(width),
                                                  H5Tget_strpad(type.get()));
  return out;
}

std::vector<std::string> read_as_texts(hid_t location, const std::string& path) {
  if (kind_at(location, path) == NodeKind::group) {   // nullable-string-array: a missing text becomes ""
    auto texts = read_as_texts(location, path + "/values");
    const auto missing = read_numbers_at<std::uint8_t>(location, path + "/mask");
    if (missing.size() != texts.size())
      throw Error(ErrorCode::bad_data, path + " is damaged: values and mask differ in length");
    for (std::size_t i = 0; i < texts.size(); ++i)
      if (missing[i] != 0) texts[i].clear();
    return texts;
  }
  const Handle dataset = open_dataset(location, path);
  const H5T_class_t kind = element_class(dataset.get());
  if (kind == H5T_STRING) return read_texts(dataset.get(), path);
  std::vector<std::string> out;
  for (const double value : read_numbers<double>(dataset.get(), path))
    out.push_back(kind == H5T_ENUM ? (value != 0 ? "True" : "False") : number_text(value));
  return out;
}

std::string to_utf8(std::string text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t n = text.size();
  bool valid = true;
  for (std::size_t i = 0; i < n && valid;) {
    const unsigned char first = bytes[i];
    const std::size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    valid = length != 0 && i + length <= n;
    for (std::size_t k = 1; valid && k < length; ++k) valid = (bytes[i + k] & 0xc0) == 0x80;
    if (valid && length == 3) valid = !(first == 0xe0 && bytes[i + 1] < 0xa0) && !(first == 0xed && bytes[i + 1] > 0x9f);
    if (valid && length == 4) valid = !(first == 0xf0 && bytes[i + 1] < 0x90) && !(first == 0xf4 && bytes[i + 1] > 0x8f);
    i += length;
  }
  if (valid) return text;
  std::string out;
  for (std::size_t i = 0; i < n; ++i) {
    if (bytes[i] < 0x80) {
      out.push_back(static_cast<char>(bytes[i]));
    } else {
      out.push_back(static_cast<char>(0xc0 | (bytes[i] >> 6)));
      out.push_back(static_cast<char>(0x80 | (bytes[i] & 0x3f)));
    }
  }
  return out;
}

std::string number_text(double value) {
  if (std::isnan(value)) return {};
  if (value == std::floor(value) && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{}", value);
}

}  // namespace geocyte::hdf5
