// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <tuple>
#include <unordered_set>

#include "engine/core/atomic_file.h"
#include "engine/core/check.h"
#include "engine/core/json.h"
#include "engine/core/text.h"

namespace geocyte::io {
namespace {

constexpr std::uint64_t kLengthBytes = 8, kLongestHeader = 100'000'000;
constexpr std::size_t kMostDimensions = 64;
constexpr const char* kMetadataKey = "__metadata__";

/// Elements of a shape times their size, or nothing when that does not fit 63 bits.
std::optional<std::uint64_t> bytes_of(std::span<const std::int64_t> shape, std::size_t element_bytes) {
  std::uint64_t product = element_bytes;
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  for (const auto extent : shape) {
    if (extent < 0) return std::nullopt;
    if (extent != 0 && product > kLargest / static_cast<std::uint64_t>(extent)) return std::nullopt;
    product *= static_cast<std::uint64_t>(extent);
  }
  return product;
}

std::string header_of(std::span<const TensorView> tensors, const Metadata& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  std::uint64_t offset = 0;
  for (const auto& tensor : tensors) {
    require(tensor.name != kMetadataKey && !header.contains(tensor.name), "tensor " + tensor.name + " is named once");
    const std::size_t element_bytes = element_size(tensor.dtype);
    require(element_bytes > 0, "tensor " + tensor.name + " has a known dtype, not " + tensor.dtype);
    require(bytes_of(tensor.shape, element_bytes) == tensor.data.size(),
            fmt::format("the {} bytes of tensor {} fit its shape {}", tensor.data.size(), tensor.name,
                        shape_text(tensor.shape)));
    header[tensor.name] = {{"dtype", tensor.dtype},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, offset + tensor.data.size()}}};
    offset += tensor.data.size();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // the data start on eight bytes
  return text;
}

/// Parses the header and refuses keys that are given twice, which nlohmann-json would let the last one win.
Json parse_header(std::string_view text, const std::string& name) {
  std::vector<std::unordered_set<std::string>> keys;
  bool twice = false, deep = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > 3) deep = true;
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    else if (event == Json::parse_event_t::object_end) keys.pop_back();
    else if (event == Json::parse_event_t::key) twice |= !keys.back().insert(value.get<std::string>()).second;
    return !deep;
  };
  Json header = Json::parse(text.begin(), text.end(), watch, false);
  if (header.is_discarded() || deep || !header.is_object())
    throw Error(ErrorCode::bad_data, name + " is not a safetensors file: its header is damaged");
  if (twice) throw Error(ErrorCode::bad_data, name + " names a tensor or a property twice in its header");
  return header;
}

struct Entry {
  TensorView view;
  std::uint64_t begin = 0, end = 0;
};

Entry parse_entry(const std::string& tensor, const Json& entry, const std::string& name) {
  const auto fail = [&](const std::string& what) {
    return Error(ErrorCode::bad_data, fmt::format("{}: tensor {} {}", name, quoted(tensor), what));
  };
  const auto is_size = [](const Json& value) {
    return value.is_number_unsigned() &&
           value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  };
  if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets"))
    throw fail("must have a dtype, a shape and data_offsets");
  const Json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];
  if (!dtype.is_string() || element_size(dtype.get<std::string>()) == 0)
    throw fail("has the unknown dtype " + quoted(dtype.dump(-1, ' ', true, Json::error_handler_t::replace)));
  if (!shape.is_array() || shape.size() > kMostDimensions || !std::all_of(shape.begin(), shape.end(), is_size))
    throw fail("has a shape that is not a list of sizes");
  if (!offsets.is_array() || offsets.size() != 2 || !is_size(offsets[0]) || !is_size(offsets[1]))
    throw fail("has data_offsets that are not two positions");
  Entry result;
  result.view.name = tensor;
  result.view.dtype = dtype.get<std::string>();
  result.view.shape = shape.get<std::vector<std::int64_t>>();
  result.begin = offsets[0].get<std::uint64_t>();
  result.end = offsets[1].get<std::uint64_t>();
  const auto bytes = bytes_of(result.view.shape, element_size(result.view.dtype));
  if (!bytes || result.end < result.begin || result.end - result.begin != *bytes)
    throw fail("has a shape that does not fit its data_offsets");
  return result;
}

Metadata parse_metadata(const Json& entry, const std::string& name) {
  Metadata metadata;
  bool is_good = entry.is_object();
  if (is_good)
    for (const auto& [key, value] : entry.items()) {
      is_good = is_good && value.is_string();
      if (value.is_string()) metadata[key] = value.get<std::string>();
    }
  if (!is_good) throw Error(ErrorCode::bad_data, name + ": its metadata must be texts");
  return metadata;
}

void write_bytes(std::ofstream& out, const void* bytes, std::size_t size) {
  out.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
}

}  // namespace

std::int64_t TensorView::size() const {
  std::int64_t product = 1;
  for (const auto extent : shape) product *= extent;
  return product;
}

std::size_t element_size(std::string_view dtype) {
  struct Known {
    std::string_view name;
    std::size_t bytes;
  };
  constexpr Known kKnown[] = {{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"U16", 2}, {"I16", 2}, {"F16", 2}, {"BF16", 2},
                              {"U32", 4},  {"I32", 4}, {"F32", 4}, {"U64", 8}, {"I64", 8}, {"F64", 8}};
  for (const auto& known : kKnown)
    if (known.name == dtype) return known.bytes;
  return 0;
}

void write_safetensors(const std::filesystem::path& path, std::span<const TensorView> tensors,
                       const Metadata& metadata, bool durable) {
  const std::string header = header_of(tensors, metadata);
  const std::uint64_t length = header.size();
  write_atomically(
      path,
      [&](const std::filesystem::path& temporary) {
        std::uint64_t total = kLengthBytes + length;
        errno = 0;
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        write_bytes(out, &length, sizeof length);
        write_bytes(out, header.data(), header.size());
        for (const auto& tensor : tensors) {
          write_bytes(out, tensor.data.data(), tensor.data.size());
          total += tensor.data.size();
        }
        out.close();
        if (!out)
          throw Error(ErrorCode::storage,
                      fmt::format("cannot write {}: {}; {} are needed", path.string(),
                                  errno != 0 ? std::strerror(errno) : "the disk refused it",
                                  bytes_text(static_cast<double>(total))),
                      "Free space or check the permissions of the folder.");
      },
      durable);
}

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  std::ifstream in(path, std::ios::binary);
  if (problem || !in)
    throw Error(ErrorCode::bad_data, "cannot read " + path.string() + ": " +
                                         (problem ? problem.message() : std::string("it cannot be opened")));
  std::vector<std::byte> content(size);
  in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(size));
  if (in.gcount() != static_cast<std::streamsize>(size))
    throw Error(ErrorCode::bad_data, "cannot read " + path.string() + " to its end");
  return parse(std::move(content), path.string());
}

SafetensorsFile SafetensorsFile::parse(std::vector<std::byte> content, const std::string& name) {
  SafetensorsFile file;
  file.name_ = name;
  file.content_ = std::move(content);
  const std::uint64_t size = file.content_.size();
  std::uint64_t header_bytes = 0;
  if (size >= kLengthBytes) std::memcpy(&header_bytes, file.content_.data(), sizeof header_bytes);
  if (size < kLengthBytes || header_bytes > kLongestHeader || header_bytes > size - kLengthBytes)
    throw Error(ErrorCode::bad_data, name + " is not a safetensors file, or was cut short");
  const char* text = reinterpret_cast<const char*>(file.content_.data()) + kLengthBytes;
  const Json header = parse_header({text, static_cast<std::size_t>(header_bytes)}, name);

  std::vector<Entry> entries;
  for (const auto& [tensor, entry] : header.items()) {
    if (tensor == kMetadataKey) file.metadata_ = parse_metadata(entry, name);
    else entries.push_back(parse_entry(tensor, entry, name));
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  // The data must be covered once and to the end: gaps could hide content, overlaps could alias tensors.
  const std::uint64_t data_begin = kLengthBytes + header_bytes;
  std::uint64_t covered = 0;
  for (auto& entry : entries) {
    if (entry.begin != covered || entry.end > size - data_begin)
      throw Error(ErrorCode::bad_data, name + ": tensor " + quoted(entry.view.name) +
                                           " does not follow the one before it, or reaches beyond the file");
    covered = entry.end;
    entry.view.data = std::span(file.content_).subspan(data_begin + entry.begin, entry.end - entry.begin);
    file.tensors_.push_back(std::move(entry.view));
  }
  if (covered != size - data_begin)
    throw Error(ErrorCode::bad_data, name + " holds " + grouped(static_cast<std::int64_t>(size - data_begin - covered)) +
                                         " bytes that belong to no tensor");
  return file;
}

const TensorView* SafetensorsFile::find(std::string_view name) const {
  for (const auto& tensor : tensors_)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

const TensorView& SafetensorsFile::at(std::string_view name) const {
  if (const TensorView* tensor = find(name)) return *tensor;
  throw Error(ErrorCode::bad_data, name_ + " has no tensor " + quoted(std::string(name)));
}

}  // namespace geocyte::io
