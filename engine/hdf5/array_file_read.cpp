// SPDX-License-Identifier: GPL-3.0-or-later
// The reading half of array_file.h. A run directory may come from anywhere, so nothing in the file is believed: sizes are
// added up before anything is allocated, links out of the file and computed data sets are refused.
#include <algorithm>
#include <new>

#include "engine/core/error.h"
#include "engine/hdf5/array_file.h"
#include "engine/hdf5/attributes.h"
#include "engine/hdf5/handle.h"
#include "engine/hdf5/link_name.h"
#include "engine/hdf5/node.h"
#include "engine/hdf5/texts.h"
#include "engine/hdf5/values.h"

namespace geocyte::hdf5 {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMaxRank = 8;

[[noreturn]] void refuse(const std::string& sentence) { throw Error(ErrorCode::bad_data, sentence); }

class ArrayFileReader {
 public:
  ArrayFileReader(hid_t file, const ArrayFileLimits& limits)
      : file_(file), limits_(limits), bytes_left_(limits.max_total_bytes) {}

  ArrayFile read() {
    check_head();
    ArrayFile content;
    content.kind = text(".", "kind");
    content.attributes = read_attributes();
    for (const auto& link : list("arrays")) content.arrays.push_back(read_array("arrays/" + link, clean(link)));
    for (const auto& link : list("texts")) content.texts.emplace(clean(link), read_list("texts/" + link));
    return content;
  }

 private:
  std::string text(const std::string& path, const std::string& name) const {
    return is_fixed_text_attribute(file_, path, name) ? text_attribute(file_, path, name) : std::string();
  }

  std::vector<std::string> text_list(const std::string& path, const std::string& name) const {
    if (!is_fixed_text_attribute(file_, path, name)) return {};
    return text_list_attribute(file_, path, name).value_or(std::vector<std::string>{});
  }

  void check_head() const {
    if (text(".", "geocyte_format") != "arrays")
      refuse("it is an HDF5 file, but not one of named arrays of a Geocyte run");
    const auto version = integer_attribute(file_, ".", "geocyte_version");
    if (!version || version->size() != 1 || version->front() < 1) refuse("Its format version is missing");
    if (version->front() > kVersion)
      throw Error(ErrorCode::bad_data, "It was written in format " + std::to_string(version->front()) +
                                           ", this version of Geocyte reads up to " + std::to_string(kVersion),
                  "Update Geocyte.");
  }

  std::vector<std::string> list(const std::string& group) const {
    const auto names = members(file_, group);
    if (static_cast<std::int64_t>(names.size()) > limits_.max_entries)
      refuse(group + " has " + std::to_string(names.size()) + " entries, more than the limit of " +
             std::to_string(limits_.max_entries));
    return names;
  }

  static std::string clean(const std::string& link) {
    const std::string name = name_of_link(link);
    if (!is_clean_name(name)) refuse("It holds an entry with an unclean name");
    return name;
  }

  /// Takes `bytes` from the budget of the whole file.
  void spend(std::int64_t bytes, const std::string& where) {
    if (bytes > bytes_left_)
      refuse(where + " is too large: the file holds more than the limit of " +
             std::to_string(limits_.max_total_bytes >> 20) + " MiB");
    bytes_left_ -= bytes;
  }

  Handle open_plain(const std::string& path) const {
    Handle dataset = open_dataset(file_, path);
    const Handle creation(H5Dget_create_plist(dataset.get()));
    const H5D_layout_t layout = H5Pget_layout(creation.get());
    if (layout == H5D_VIRTUAL || H5Pget_external_count(creation.get()) > 0)
      refuse(path + " keeps its values in another file, which is not allowed here");
    const Handle type(H5Dget_type(dataset.get()));
    if (H5Tis_variable_str(type.get()) > 0)
      refuse(path + " holds texts of variable length, which files of arrays do not use");
    return dataset;
  }

  Json read_attributes() {
    if (kind_at(file_, "attributes") == NodeKind::none) return Json::object();
    const Handle dataset = open_plain("attributes");
    if (element_count(extents(dataset.get()), "attributes") != 1) refuse("Its attributes are damaged");
    const auto texts = read_texts(dataset.get(), "attributes", limits_.max_attribute_bytes);
    Json parsed = Json::parse(texts.front(), nullptr, false);
    if (!parsed.is_object()) refuse("Its attributes are not a JSON object");
    return parsed;
  }

  std::vector<std::string> read_list(const std::string& path) {
    const Handle dataset = open_plain(path);
    const auto shape = extents(dataset.get());
    if (!shape || shape->size() != 1) refuse(path + " is not a list of texts");
    spend(shape->front() * static_cast<std::int64_t>(sizeof(std::string)), path);
    auto texts = read_texts(dataset.get(), path, bytes_left_);
    for (const auto& text : texts) spend(static_cast<std::int64_t>(text.size()), path);
    return texts;
  }

  template <class T> NamedArray filled(hid_t dataset, const std::string& path, bool left_out) const {
    NamedArray array;
    array.dtype = dtype_of<T>::value;
    if (!left_out) array.bytes = std::make_shared<const std::vector<std::byte>>(read_bytes<T>(dataset, path));
    return array;
  }

  NamedArray read_array(const std::string& path, const std::string& name) {
    const Handle dataset = open_plain(path);
    const auto shape = extents(dataset.get());
    if (!shape || shape->size() > kMaxRank) refuse(path + " is not an array of at most 8 dimensions");
    const Handle type(H5Dget_type(dataset.get()));
    const std::string element = element_name(type.get());
    const std::int64_t bytes = element_count(shape, path) * static_cast<std::int64_t>(std::max<std::size_t>(H5Tget_size(type.get()), 1));
    const bool left_out = shape->size() > 1 && bytes > limits_.max_block_bytes;
    if (!left_out) spend(bytes, path);
    NamedArray array;
    if (element == "float32") {
      array = filled<float>(dataset.get(), path, left_out);
    } else if (element == "float64") {
      array = filled<double>(dataset.get(), path, left_out);
    } else if (element == "int32") {
      array = filled<std::int32_t>(dataset.get(), path, left_out);
    } else if (element == "int64") {
      array = filled<std::int64_t>(dataset.get(), path, left_out);
    } else if (element == "uint8") {
      array = filled<std::uint8_t>(dataset.get(), path, left_out);
    } else {
      refuse(path + " has elements of type " + element + ", which named arrays do not use");
    }
    array.name = name;
    array.shape = *shape;
    array.axes = text_list(path, "axes");
    if (!array.axes.empty() && array.axes.size() != array.shape.size())
      refuse(path + " names " + std::to_string(array.axes.size()) + " axes for " + std::to_string(array.shape.size()) +
             " dimensions");
    array.role = text(path, "role");
    array.units = text(path, "units");
    array.caption = text(path, "caption");
    return array;
  }

  hid_t file_;
  ArrayFileLimits limits_;
  std::int64_t bytes_left_;
};

}  // namespace

ArrayFile read_array_file(const std::filesystem::path& path, const ArrayFileLimits& limits) {
  EntryGuard guard;
  const Handle file = open_file(path.string());
  return with_context("reading " + path.string(), [&] {
    try {
      return ArrayFileReader(file.get(), limits).read();
    } catch (const std::bad_alloc&) {
      throw Error(ErrorCode::out_of_memory, "There is not enough memory to read the file");
    }
  });
}

}  // namespace geocyte::hdf5
