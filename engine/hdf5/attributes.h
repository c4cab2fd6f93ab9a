// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes of the object at a path of a location ("." = the location itself).
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace geocyte::hdf5 {

bool has_attribute(hid_t location, const std::string& path, const std::string& name);

/// First element of a text attribute (variable or fixed length, scalar or list); "" when absent or not a text.
std::string text_attribute(hid_t location, const std::string& path, const std::string& name);

/// True for a text attribute of fixed width, which can be read safely out of a damaged file.
bool is_fixed_text_attribute(hid_t location, const std::string& path, const std::string& name);

/// All elements; none when absent. An empty list of numbers is an empty list of texts, as h5py writes it.
std::optional<std::vector<std::string>> text_list_attribute(hid_t location, const std::string& path,
                                                            const std::string& name);

/// All elements of a numeric or boolean attribute; none when absent or not numeric.
std::optional<std::vector<std::int64_t>> integer_attribute(hid_t location, const std::string& path,
                                                           const std::string& name);

}  // namespace geocyte::hdf5
