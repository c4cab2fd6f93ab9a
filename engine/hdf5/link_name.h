// SPDX-License-Identifier: GPL-3.0-or-later
// Names with slashes as links of one flat group: "embedding/umap" <-> "embedding%2Fumap".
#pragma once

#include <string>

namespace geocyte::hdf5 {

/// A relative path of printable parts, none of them "." or "..", at most 512 bytes.
bool is_clean_name(const std::string& name);

std::string link_name(const std::string& name);
/// The inverse; "" when `link` is not one that link_name() writes.
std::string name_of_link(const std::string& link);

}  // namespace geocyte::hdf5
