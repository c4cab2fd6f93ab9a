// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/writing.h"

#include <algorithm>

#include "engine/core/atomic_file.h"
#include "engine/core/check.h"
#include "engine/core/error.h"

namespace geocyte::hdf5 {

namespace {

constexpr std::int64_t kChunkBytes = std::int64_t{1} << 20;
constexpr std::int64_t kSmallest = std::int64_t{16} << 10;   // below this, chunking costs more than it saves

Handle space_of(std::span<const std::int64_t> shape) {
  if (shape.empty()) return Handle(written(H5Screate(H5S_SCALAR)));
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  return Handle(written(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr)));
}

/// Creation properties: whole rows a chunk, as many as make about 1 MiB, and never a time stamp in the file.
Handle creation_of(std::span<const std::int64_t> shape, std::size_t element_bytes, int gzip) {
  Handle plist(written(H5Pcreate(H5P_DATASET_CREATE)));
  H5Pset_obj_track_times(plist.get(), false);
  std::int64_t bytes = static_cast<std::int64_t>(element_bytes);
  for (const std::int64_t extent : shape) bytes *= extent;
  if (gzip <= 0 || shape.empty() || bytes < kSmallest) return plist;
  std::vector<hsize_t> chunk(shape.begin(), shape.end());
  std::int64_t row_bytes = bytes / shape[0];
  for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
    const std::int64_t extent = shape[axis];
    chunk[axis] = static_cast<hsize_t>(std::clamp<std::int64_t>(kChunkBytes / std::max<std::int64_t>(row_bytes, 1), 1, extent));
    if (row_bytes <= kChunkBytes) break;   // whole rows fit, so the further axes stay whole
    if (axis + 1 < chunk.size()) row_bytes /= shape[axis + 1];
  }
  H5Pset_chunk(plist.get(), static_cast<int>(chunk.size()), chunk.data());
  H5Pset_shuffle(plist.get());
  H5Pset_deflate(plist.get(), static_cast<unsigned>(std::min(gzip, 9)));
  return plist;
}

Handle text_type(std::size_t width = H5T_VARIABLE) {
  Handle type(written(H5Tcopy(H5T_C_S1)));
  H5Tset_size(type.get(), width);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  return type;
}

/// Texts side by side, each NUL padded to the width of the longest (at least 1).
struct FixedTexts {
  Handle type;
  std::string bytes;
};

FixedTexts fixed_texts(const std::vector<std::string>& texts) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 30;
  std::size_t width = 1;
  for (const auto& text : texts) width = std::max(width, text.size());
  require(width * texts.size() <= kMostBytes, "a list of texts of fixed width takes at most 1 GiB");
  FixedTexts out{text_type(width), std::string(width * texts.size(), '\0')};
  H5Tset_strpad(out.type.get(), H5T_STR_NULLPAD);
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i].copy(out.bytes.data() + i * width, width);
  return out;
}

Handle boolean_type() {
  Handle type(written(H5Tenum_create(H5T_STD_I8LE)));
  const std::int8_t no = 0, yes = 1;
  H5Tenum_insert(type.get(), "FALSE", &no);
  H5Tenum_insert(type.get(), "TRUE", &yes);
  return type;
}

std::vector<const char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  pointers.reserve(texts.size());
  for (const auto& text : texts) pointers.push_back(text.c_str());
  return pointers;
}

Handle write_dataset(hid_t location, const std::string& name, hid_t stored, hid_t memory, const void* values,
                     std::span<const std::int64_t> shape, int gzip) {
  const Handle space = space_of(shape);
  const Handle creation = creation_of(shape, H5Tget_size(stored), gzip);
  Handle dataset(written(H5Dcreate2(location, name.c_str(), stored, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT)));
  if (H5Sget_simple_extent_npoints(space.get()) > 0)
    written(H5Dwrite(dataset.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
  return dataset;
}

void write_any_attribute(hid_t object, const std::string& name, hid_t type, hid_t memory, const Handle& space,
                         const void* values) {
  const Handle attribute(written(H5Acreate2(object, name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT)));
  if (H5Sget_simple_extent_npoints(space.get()) > 0) written(H5Awrite(attribute.get(), memory, values));
}

}  // namespace

hid_t written(hid_t id) {
  if (id < 0) throw Error(ErrorCode::storage, "HDF5 could not write: the disk may be full or the place read-only");
  return id;
}

void write_file(const std::filesystem::path& path, bool durable, const std::function<void(hid_t file)>& fill) {
  EntryGuard guard;
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code status;
  if (!std::filesystem::is_directory(parent, status))
    throw Error(ErrorCode::storage, "The folder " + parent.string() + " does not exist, so " + path.filename().string() +
                                        " cannot be written");
  const auto fill_and_close = [&](const std::filesystem::path& temporary) {
    Handle access(written(H5Pcreate(H5P_FILE_ACCESS)));
    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
    H5Pset_file_locking(access.get(), false, true);
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18);
    Handle file(H5Fcreate(temporary.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()));
    if (!file) throw Error(ErrorCode::storage, "HDF5 could not make the file: the place may be read-only or full");
    fill(file.get());
    written(H5Fflush(file.get(), H5F_SCOPE_LOCAL));
    if (!file.close()) throw Error(ErrorCode::storage, "HDF5 could not finish the file: the disk may be full");
  };
  with_context("writing " + path.string(), [&] { write_atomically(path, fill_and_close, durable); });
}

Handle make_group(hid_t location, const std::string& name) {
  return Handle(written(H5Gcreate2(location, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)));
}

Handle write_numbers(hid_t location, const std::string& name, hid_t stored_type, hid_t memory_type, const void* values,
                     std::span<const std::int64_t> shape, int gzip) {
  return write_dataset(location, name, stored_type, memory_type, values, shape, gzip);
}

Handle write_booleans(hid_t location, const std::string& name, std::span<const std::uint8_t> values, int gzip) {
  const Handle type = boolean_type();
  const std::int64_t shape[] = {static_cast<std::int64_t>(values.size())};
  return write_dataset(location, name, type.get(), type.get(), values.data(), shape, gzip);
}

Handle write_texts(hid_t location, const std::string& name, const std::vector<std::string>& texts, int gzip) {
  const Handle type = text_type();
  const auto pointers = pointers_to(texts);
  const std::int64_t shape[] = {static_cast<std::int64_t>(texts.size())};
  return write_dataset(location, name, type.get(), type.get(), pointers.data(), shape, gzip);
}

Handle write_text(hid_t location, const std::string& name, const std::string& text) {
  const Handle type = text_type();
  const char* pointer = text.c_str();
  return write_dataset(location, name, type.get(), type.get(), &pointer, {}, 0);
}

Handle write_fixed_texts(hid_t location, const std::string& name, const std::vector<std::string>& texts, int gzip) {
  const FixedTexts fixed = fixed_texts(texts);
  const std::int64_t shape[] = {static_cast<std::int64_t>(texts.size())};
  return write_dataset(location, name, fixed.type.get(), fixed.type.get(), fixed.bytes.data(), shape, gzip);
}

Handle write_fixed_text(hid_t location, const std::string& name, const std::string& text) {
  const FixedTexts fixed = fixed_texts({text});
  return write_dataset(location, name, fixed.type.get(), fixed.type.get(), fixed.bytes.data(), {}, 0);
}

void write_fixed_attribute(hid_t object, const std::string& name, const std::string& text) {
  const FixedTexts fixed = fixed_texts({text});
  write_any_attribute(object, name, fixed.type.get(), fixed.type.get(), space_of({}), fixed.bytes.data());
}

void write_fixed_list_attribute(hid_t object, const std::string& name, const std::vector<std::string>& texts) {
  const FixedTexts fixed = fixed_texts(texts);
  const std::int64_t shape[] = {static_cast<std::int64_t>(texts.size())};
  write_any_attribute(object, name, fixed.type.get(), fixed.type.get(), space_of(shape), fixed.bytes.data());
}

void write_attribute(hid_t object, const std::string& name, const std::string& text) {
  const Handle type = text_type();
  const char* pointer = text.c_str();
  write_any_attribute(object, name, type.get(), type.get(), space_of({}), &pointer);
}

void write_attribute(hid_t object, const std::string& name, std::int64_t value) {
  write_any_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, space_of({}), &value);
}

void write_boolean_attribute(hid_t object, const std::string& name, bool value) {
  const Handle type = boolean_type();
  const std::int8_t stored = value ? 1 : 0;
  write_any_attribute(object, name, type.get(), type.get(), space_of({}), &stored);
}

void write_list_attribute(hid_t object, const std::string& name, const std::vector<std::string>& texts) {
  const Handle type = text_type();
  const auto pointers = pointers_to(texts);
  const std::int64_t shape[] = {static_cast<std::int64_t>(texts.size())};
  write_any_attribute(object, name, type.get(), type.get(), space_of(shape), pointers.data());
}

void write_list_attribute(hid_t object, const std::string& name, const std::vector<std::int64_t>& values) {
  const std::int64_t shape[] = {static_cast<std::int64_t>(values.size())};
  write_any_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, space_of(shape), values.data());
}

}  // namespace geocyte::hdf5
