// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the real geocyte-engine as a child process, as a user's shell would, and hands back what it said.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace geocyte::test {

struct Said {
  int exit_code = -1;          ///< 128 + signal when it was killed
  std::string out, err;
};

inline std::string engine_path() {
  const char* folder = std::getenv("GEOCYTE_BIN");
  return std::string(folder ? folder : ".") + "/geocyte-engine";
}

/// A folder that is removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "geocyte-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

/// `line` is a shell command line after the program's name; `before` goes in front of it ("ulimit -f 10;").
inline Said run_engine(const std::string& line, const std::string& before = "") {
  TemporaryFolder folder;
  const std::string command = before + " '" + engine_path() + "' " + line + " >'" + (folder / "out").string() + "' 2>'" + (folder / "err").string() + "'";
  const int status = std::system(command.c_str());
  Said said;
  said.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  said.out = slurp(folder / "out");
  said.err = slurp(folder / "err");
  return said;
}

/// True when stderr ends in exactly one line of the program's own, short enough to read; progress may stand before it.
inline bool is_one_sentence(const std::string& err) {
  const std::string mark = "geocyte-engine: ";
  const std::size_t begin = err.rfind(mark);
  if (begin == std::string::npos || (begin > 0 && err[begin - 1] != '\n') || err.find(mark) != begin) return false;
  const std::string line = err.substr(begin);
  return line.find('\n') == line.size() - 1 && line.size() < 600;
}

}  // namespace geocyte::test
