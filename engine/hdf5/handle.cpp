// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hdf5/handle.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/core/error.h"
#include "engine/hdf5/filters.h"

namespace geocyte::hdf5 {

namespace {

constexpr std::array<unsigned char, 8> kSignature = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

/// The signature stands at byte 0, or behind a user block at 512, 1024, 2048, …
bool has_signature(const std::string& path, std::uintmax_t bytes) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorCode::bad_data, "The file " + path + " cannot be opened for reading");
  for (std::uintmax_t at = 0; at + kSignature.size() <= bytes; at = at == 0 ? 512 : at * 2) {
    std::array<unsigned char, 8> head{};
    in.clear();
    in.seekg(static_cast<std::streamoff>(at));
    in.read(reinterpret_cast<char*>(head.data()), head.size());
    if (in && head == kSignature) return true;
  }
  return false;
}

}  // namespace

Handle::~Handle() { close(); }

bool Handle::close() {
  if (id_ < 0) return true;
  const hid_t id = std::exchange(id_, H5I_INVALID_HID);
  switch (H5Iget_type(id)) {
    case H5I_FILE: return H5Fclose(id) >= 0;
    case H5I_GROUP: return H5Gclose(id) >= 0;
    case H5I_DATASET: return H5Dclose(id) >= 0;
    case H5I_DATATYPE: return H5Tclose(id) >= 0;
    case H5I_DATASPACE: return H5Sclose(id) >= 0;
    case H5I_ATTR: return H5Aclose(id) >= 0;
    case H5I_GENPROP_LST: return H5Pclose(id) >= 0;
    default: return H5Idec_ref(id) >= 0;
  }
}

Handle checked(hid_t id, const std::string& sentence) {
  Handle handle(id);
  if (!handle) throw Error(ErrorCode::bad_data, sentence);
  return handle;
}

EntryGuard::EntryGuard() {
  // Handles close what they own. The library's own clean-up at exit is left out: after a damaged file it cannot finish
  // and complains on stderr ("infinite loop closing library").
  static const herr_t no_clean_up = H5dont_atexit();
  static_cast<void>(no_clean_up);
  H5Eget_auto2(H5E_DEFAULT, &report_, &report_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  register_filters();
}

EntryGuard::~EntryGuard() {
  H5Eclear2(H5E_DEFAULT);
  H5Eset_auto2(H5E_DEFAULT, report_, report_data_);
}

Handle open_file(const std::string& path) {
  std::error_code status;
  if (!std::filesystem::exists(path, status))
    throw Error(ErrorCode::bad_data, "The file " + path + " does not exist", "Check the path.");
  if (std::filesystem::is_directory(path, status))
    throw Error(ErrorCode::bad_data, path + " is a folder, not an HDF5 file");
  const auto bytes = std::filesystem::file_size(path, status);
  if (status) throw Error(ErrorCode::bad_data, "The file " + path + " cannot be read: " + status.message());
  if (bytes == 0) throw Error(ErrorCode::bad_data, "The file " + path + " is empty");
  if (!has_signature(path, bytes))
    throw Error(ErrorCode::bad_data, path + " is not an HDF5 file (.h5ad, .h5)",
                "Its first bytes are not those of HDF5; `geocyte-engine inspect` says what it looks like.");
  // Readers take no file lock: data often lie on network or read-only file systems where locking fails.
  Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_file_locking(access.get(), false, true);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  return checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()),
                 path + " is cut short or damaged: HDF5 cannot open it");
}

}  // namespace geocyte::hdf5
