// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/fingerprint.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/rng.h"

namespace geocyte::inspect {

namespace {

constexpr std::uintmax_t kBlock = std::uintmax_t{1} << 16;
constexpr std::uintmax_t kBlocks = 16;

std::string utc_text(std::filesystem::file_time_type time) {
  const auto system = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::file_clock::to_sys(time));
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(system)));
}

std::uint64_t sampled_hash(const std::string& path, std::uintmax_t size) {
  std::ifstream in(path, std::ios::binary);
  std::uint64_t hash = hash64(std::to_string(size));
  std::vector<char> block(kBlock);
  const bool whole = size <= kBlock * kBlocks;
  const std::uintmax_t n_blocks = whole ? (size + kBlock - 1) / kBlock : kBlocks;
  for (std::uintmax_t i = 0; i < n_blocks; ++i) {
    const std::uintmax_t at = whole ? i * kBlock : i * (size - kBlock) / (kBlocks - 1);
    in.seekg(static_cast<std::streamoff>(at));
    in.read(block.data(), static_cast<std::streamsize>(std::min(kBlock, size - at)));
    if (in.gcount() <= 0) throw Error(ErrorCode::bad_data, "The file " + path + " cannot be read");
    hash = hash64({block.data(), static_cast<std::size_t>(in.gcount())}, hash);
  }
  return hash;
}

}  // namespace

Json fingerprint(const std::string& path) {
  std::error_code status;
  const auto size = std::filesystem::file_size(path, status);
  if (status) throw Error(ErrorCode::bad_data, "The file " + path + " cannot be read: " + status.message());
  return {{"path", std::filesystem::absolute(path).lexically_normal().string()},
          {"size", size},
          {"mtime", utc_text(std::filesystem::last_write_time(path))},
          {"sampled", fmt::format("{:016x}", sampled_hash(path, size))}};
}

}  // namespace geocyte::inspect
