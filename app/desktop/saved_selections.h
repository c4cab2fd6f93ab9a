// SPDX-License-Identifier: GPL-3.0-or-later
// Selections that the user named and kept: selections/<name>.json in the run, {"format":1, "axis":"cell", "name":…,
// "reason":…, "created":…, "ids":[…]}. Rows are kept by id, so that they mean the same in every run on these data.
#pragma once

#include <QString>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/desktop/run_messages.h"

namespace geocyte::desktop {

/// What of `name` may stand in a file name: letters, digits, space, '-', '_' and '.', at most 64 of them; "" when nothing is left.
std::string selection_file_name(const QString& name);

/// Writes the rows with a set byte in `mask` (one byte a row of `axis`) and returns how many there are; a selection of the
/// same name is replaced. Throws Error{bad_config} for an unusable name or an empty selection, Error{storage} when it
/// cannot be written.
std::int64_t save_selection(const std::filesystem::path& run, const QString& name, const QString& reason, const store::Axis& axis,
                            const std::vector<std::uint8_t>& mask);

/// All of the run whose axis exists, by name. Damaged files and links are passed over; at most 64, at most 64 MB each.
std::vector<SavedSelection> read_selections(const std::filesystem::path& run, const std::vector<store::Axis>& axes);

}  // namespace geocyte::desktop
