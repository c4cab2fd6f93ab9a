// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are either whole or absent: written beside their place, flushed, renamed, folder flushed.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace geocyte {

/// Writes `content` to `path` atomically (tmp + fsync + rename + fsync of the folder when `durable`).
/// Throws Error{storage} that says how many bytes were needed when the disk is full or read-only.
void write_file_atomically(const std::filesystem::path& path, std::string_view content, bool durable = true);

/// Lets `write` fill a temporary path in the same folder, then renames it to `path`. The temporary file is removed on failure.
void write_atomically(const std::filesystem::path& path, const std::function<void(const std::filesystem::path&)>& write,
                      bool durable = true);

/// Whole content. Throws Error{bad_data} when it cannot be read or is larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes = std::size_t{1} << 30);

}  // namespace geocyte
