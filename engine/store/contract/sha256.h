// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256, so that anybody can check the files of a checkpoint (`sha256sum`, Python's hashlib) without Geocyte.
//
// Reference: FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2. Linear in the length; some hundred MB/s.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace geocyte::store {

class Sha256 {
 public:
  void update(const void* data, std::size_t size);
  /// 64 lower-case hexadecimal digits. The object is used up.
  std::string hex();

 private:
  void block(const std::uint8_t* bytes);
  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> waiting_{};
  std::size_t waiting_size_ = 0;
  std::uint64_t total_ = 0;
};

std::string sha256_of(std::string_view text);
/// Throws Error{bad_data} when the file cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace geocyte::store
