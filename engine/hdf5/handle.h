// SPDX-License-Identifier: GPL-3.0-or-later
// Ownership of HDF5 identifiers, and the entry guard of every function that calls the library.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

namespace geocyte::hdf5 {

/// Owns one identifier of any kind (file, group, dataset, attribute, type, space, property list).
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  /// Closes now and says whether that worked: closing a file is where a full disk shows.
  bool close();

 private:
  hid_t id_ = H5I_INVALID_HID;
};

/// The identifier as a handle; throws Error{bad_data, `sentence`} when the library gave none.
Handle checked(hid_t id, const std::string& sentence);

/// Silences the library's own stderr reports on this thread (the setting is per thread) and registers the filters.
/// Every public function of this module starts with one.
class EntryGuard {
 public:
  EntryGuard();
  ~EntryGuard();
  EntryGuard(const EntryGuard&) = delete;
  EntryGuard& operator=(const EntryGuard&) = delete;

 private:
  H5E_auto2_t report_ = nullptr;
  void* report_data_ = nullptr;
};

/// Opens a file for reading. Throws Error{bad_data} in one sentence for a path that does not exist, is a folder, is no
/// HDF5 file, or is cut short.
Handle open_file(const std::string& path);

}  // namespace geocyte::hdf5
