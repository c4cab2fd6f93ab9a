// SPDX-License-Identifier: GPL-3.0-or-later
// Where Geocyte keeps its own files for a user (XDG base directories). Nothing is created here.
#pragma once

#include <filesystem>

namespace geocyte {

std::filesystem::path home_folder();    ///< $HOME, else the one of the account; Error{storage} when there is none
std::filesystem::path cache_folder();   ///< ${XDG_CACHE_HOME:-~/.cache}/geocyte
std::filesystem::path data_folder();    ///< ${XDG_DATA_HOME:-~/.local/share}/geocyte
std::filesystem::path config_folder();  ///< ${XDG_CONFIG_HOME:-~/.config}/geocyte
std::filesystem::path runs_folder();    ///< $GEOCYTE_RUNS, else ~/geocyte/runs

}  // namespace geocyte
