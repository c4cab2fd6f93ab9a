// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/contract/safe_json.h"

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/error.h"

namespace geocyte::store {

Json parse_json(std::string_view text, int max_depth) {
  const auto watch = [&](int depth, Json::parse_event_t event, Json&) {
    const bool opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && depth >= max_depth) throw Error(ErrorCode::bad_data, "it is nested too deeply to be ours");
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), watch);
  } catch (const Json::exception&) {
    throw Error(ErrorCode::bad_data, "it is not JSON, or was cut short");
  }
}

std::string read_plain_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const std::string name = path.filename().string();
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) {
    const bool missing = errno == ENOENT;
    throw Error(ErrorCode::bad_data, name + (missing ? " is missing" : " cannot be read"));
  }
  const auto refuse = [&](const std::string& why) {
    close(file);
    throw Error(ErrorCode::bad_data, name + why);
  };
  struct stat about{};
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) refuse(" is not a regular file");
  if (static_cast<std::uint64_t>(about.st_size) > max_bytes) refuse(" is larger than such a file can be");
  std::string content;
  content.resize(static_cast<std::size_t>(about.st_size));
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = read(file, content.data() + done, content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(" cannot be read");
    if (got == 0) break;  // it shrank meanwhile
    done += static_cast<std::size_t>(got);
  }
  content.resize(done);
  close(file);
  return content;
}

Json read_json_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const std::string content = read_plain_file(path, max_bytes);
  return with_context("reading " + path.filename().string(), [&] { return parse_json(content); });
}

std::string print_json(const Json& json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

std::optional<double> number_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

std::string text_at(const Json& json, const char* key) {
  if (!json.is_object()) return {};
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace geocyte::store
