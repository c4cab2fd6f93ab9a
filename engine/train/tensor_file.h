// SPDX-License-Identifier: GPL-3.0-or-later
// Named tensors in a safetensors file.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/train/state_io.h"

namespace geocyte::train {

/// Tensors are on the host and contiguous (state_io.h makes them so); order is kept. Throws Error{storage}.
void write_tensors(const std::filesystem::path& path, const NamedTensors& tensors,
                   const std::map<std::string, std::string>& metadata = {}, bool durable = true);

/// Throws Error{bad_data} for a damaged file or an element type that torch has not.
NamedTensors read_tensors(const std::filesystem::path& path);

}  // namespace geocyte::train
