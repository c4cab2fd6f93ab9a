// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/run_argument.h"

#include "engine/core/error.h"
#include "engine/store/run_layout.h"

namespace geocyte::app {

namespace fs = std::filesystem;

fs::path run_folder(const std::string& path) {
  if (!fs::is_directory(path)) throw Error(ErrorCode::bad_data, "there is no folder " + path, "give the folder of a run");
  if (store::is_run_directory(path)) return path;
  fs::path newest;  // run ids begin with the time: the last name is the newest run
  for (const auto& entry : fs::directory_iterator(path))
    if (store::is_run_directory(entry.path()) && entry.path().filename() > newest.filename()) newest = entry.path();
  if (newest.empty()) throw Error(ErrorCode::bad_data, "there is no run in " + path, "a run is a folder with a run.json");
  return newest;
}

}  // namespace geocyte::app
