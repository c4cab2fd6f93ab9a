// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/paths.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "engine/core/error.h"

namespace geocyte {
namespace {

namespace fs = std::filesystem;

// The XDG specification says that a relative path in these variables is to be ignored.
fs::path from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return {};
  fs::path path(value);
  return path.is_absolute() ? path : fs::path{};
}

fs::path xdg_folder(const char* variable, const char* below_home) {
  fs::path base = from_environment(variable);
  if (base.empty()) base = home_folder() / below_home;
  return base / "geocyte";
}

}  // namespace

fs::path home_folder() {
  if (fs::path home = from_environment("HOME"); !home.empty()) return home;
  if (const passwd* account = ::getpwuid(::getuid()); account != nullptr && account->pw_dir != nullptr)
    return account->pw_dir;
  throw Error(ErrorCode::storage, "this account has no home folder", "Set HOME to a folder that may be written.");
}

fs::path cache_folder() { return xdg_folder("XDG_CACHE_HOME", ".cache"); }
fs::path data_folder() { return xdg_folder("XDG_DATA_HOME", ".local/share"); }
fs::path config_folder() { return xdg_folder("XDG_CONFIG_HOME", ".config"); }

fs::path runs_folder() {
  const char* chosen = std::getenv("GEOCYTE_RUNS");
  if (chosen != nullptr && *chosen != '\0') return fs::absolute(chosen);
  return home_folder() / "geocyte" / "runs";
}

}  // namespace geocyte
