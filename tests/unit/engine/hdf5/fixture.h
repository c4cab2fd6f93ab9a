// SPDX-License-Identifier: GPL-3.0-or-later
// Small files for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/hdf5/writing.h"

namespace geocyte::hdf5 {

/// A folder of its own for one test.
class FileTest : public ::testing::Test {
 protected:
  FileTest() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ("geocyte_" + std::string(info->test_suite_name()) + "_" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string make(const std::string& name, const std::function<void(hid_t)>& fill) const {
    write_file(path(name), false, fill);
    return path(name);
  }

  std::string make_text(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  std::filesystem::path folder_;
};

template <class T>
void put(hid_t location, const std::string& name, hid_t stored, hid_t memory, const std::vector<T>& values,
         std::vector<std::int64_t> shape = {-1}) {
  if (shape.size() == 1 && shape[0] == -1) shape[0] = static_cast<std::int64_t>(values.size());
  write_numbers(location, name, stored, memory, values.data(), shape, 0);
}
inline void put(hid_t location, const std::string& name, const std::vector<double>& values, std::vector<std::int64_t> shape = {-1}) {
  put(location, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values, std::move(shape));
}
inline void put(hid_t location, const std::string& name, const std::vector<std::int32_t>& values) {
  put(location, name, H5T_STD_I32LE, H5T_NATIVE_INT32, values);
}

inline void encode(hid_t object, const std::string& type) {
  write_attribute(object, "encoding-type", type);
  write_attribute(object, "encoding-version", std::string("0.2.0"));
}

/// A table of names only.
inline void put_index(hid_t file, const std::string& name, const std::vector<std::string>& index,
                      const std::vector<std::string>& columns = {}) {
  const Handle group = make_group(file, name);
  encode(group.get(), "dataframe");
  write_attribute(group.get(), "_index", std::string("_index"));
  write_list_attribute(group.get(), "column-order", columns);
  write_texts(group.get(), "_index", index, 0);
}

inline void put_sparse(hid_t file, const std::string& type, std::vector<std::int64_t> shape, const std::vector<double>& data,
                       const std::vector<std::int32_t>& indices, const std::vector<std::int32_t>& indptr) {
  const Handle group = make_group(file, "X");
  encode(group.get(), type);
  write_list_attribute(group.get(), "shape", shape);
  put(group.get(), "data", data);
  put(group.get(), "indices", indices);
  put(group.get(), "indptr", indptr);
}

/// The Error of a call; the test fails when there is none.
inline Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorCode::internal, "nothing was thrown");
}

#define EXPECT_SENTENCE(call, wanted_code, part)                                             \
  do {                                                                                       \
    const auto error_found = ::geocyte::hdf5::error_of([&] { (void)(call); });              \
    EXPECT_EQ(error_found.code(), wanted_code) << error_found.what();                        \
    EXPECT_NE(std::string(error_found.what()).find(part), std::string::npos) << error_found.what(); \
  } while (false)

}  // namespace geocyte::hdf5
