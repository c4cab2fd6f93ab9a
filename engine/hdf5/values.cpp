// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/values.h"

#include "engine/core/error.h"
#include "engine/hdf5/filters.h"
#include "engine/hdf5/node.h"

namespace geocyte::hdf5 {

namespace {

template <class T> hid_t memory_type();
template <> hid_t memory_type<float>() { return H5T_NATIVE_FLOAT; }
template <> hid_t memory_type<double>() { return H5T_NATIVE_DOUBLE; }
template <> hid_t memory_type<std::int32_t>() { return H5T_NATIVE_INT32; }
template <> hid_t memory_type<std::int64_t>() { return H5T_NATIVE_INT64; }
template <> hid_t memory_type<std::uint8_t>() { return H5T_NATIVE_UINT8; }

/// Checks that a data set holds numbers, as many as its stored bytes can be; gives their count.
std::int64_t count_of_numbers(hid_t dataset, std::size_t element_bytes, const std::string& where) {
  const H5T_class_t kind = element_class(dataset);
  if (kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_ENUM)
    throw Error(ErrorCode::bad_data, where + " does not hold numbers");
  const std::int64_t count = element_count(extents(dataset), where);
  require_plausible_size(dataset, count * static_cast<std::int64_t>(element_bytes), where);
  return count;
}

}  // namespace

void throw_unreadable(hid_t dataset, const std::string& where) {
  const std::string filter = missing_filter(dataset);
  if (!filter.empty())
    throw Error(ErrorCode::bad_data, where + " is " + filter,
                "Install the HDF5 plugin of that filter, or write the file again with gzip compression.");
  throw Error(ErrorCode::bad_data, where + " is damaged: its values cannot be read");
}

template <class T> std::vector<T> read_numbers(hid_t dataset, const std::string& where) {
  std::vector<T> out(static_cast<std::size_t>(count_of_numbers(dataset, sizeof(T), where)));
  if (!out.empty() && H5Dread(dataset, memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) < 0)
    throw_unreadable(dataset, where);
  return out;
}

template <class T> std::vector<std::byte> read_bytes(hid_t dataset, const std::string& where) {
  std::vector<std::byte> out(static_cast<std::size_t>(count_of_numbers(dataset, sizeof(T), where)) * sizeof(T));
  if (!out.empty() && H5Dread(dataset, memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) < 0)
    throw_unreadable(dataset, where);
  return out;
}

template <class T> std::vector<T> read_numbers_at(hid_t location, const std::string& path) {
  const Handle dataset = open_dataset(location, path);
  return read_numbers<T>(dataset.get(), path);
}

template std::vector<float> read_numbers(hid_t, const std::string&);
template std::vector<double> read_numbers(hid_t, const std::string&);
template std::vector<std::int32_t> read_numbers(hid_t, const std::string&);
template std::vector<std::int64_t> read_numbers(hid_t, const std::string&);
template std::vector<std::uint8_t> read_numbers(hid_t, const std::string&);
template std::vector<float> read_numbers_at(hid_t, const std::string&);
template std::vector<double> read_numbers_at(hid_t, const std::string&);
template std::vector<std::int32_t> read_numbers_at(hid_t, const std::string&);
template std::vector<std::int64_t> read_numbers_at(hid_t, const std::string&);
template std::vector<std::uint8_t> read_numbers_at(hid_t, const std::string&);
template std::vector<std::byte> read_bytes<float>(hid_t, const std::string&);
template std::vector<std::byte> read_bytes<double>(hid_t, const std::string&);
template std::vector<std::byte> read_bytes<std::int32_t>(hid_t, const std::string&);
template std::vector<std::byte> read_bytes<std::int64_t>(hid_t, const std::string&);
template std::vector<std::byte> read_bytes<std::uint8_t>(hid_t, const std::string&);

}  // namespace geocyte::hdf5
