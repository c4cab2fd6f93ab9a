// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/inspect/inspect_apart.h"

#include <csignal>
#include <system_error>

#include <fmt/format.h>

#include "engine/core/child_process.h"
#include "engine/core/error.h"

namespace geocyte::inspect {
namespace {

FileInspection hopeless(const std::string& path, std::string problem) {
  FileInspection out;
  out.path = path;
  out.kind = "unreadable";
  std::error_code why;
  if (const auto bytes = std::filesystem::file_size(path, why); !why) out.bytes = static_cast<std::int64_t>(bytes);
  out.problems.push_back(std::move(problem));
  return out;
}

/// What the child said instead of a description.
[[noreturn]] void rethrow(const Json& error) {
  const auto text = [&](const char* key) { return error.is_object() && error.contains(key) && error[key].is_string() ? error[key].get<std::string>() : std::string(); };
  throw Error(ErrorCode::bad_data, text("what").empty() ? "the file cannot be inspected" : text("what"), text("hint"));
}

}  // namespace

FileInspection inspect_apart(const std::filesystem::path& engine, const std::string& path, double seconds) {
  ChildOptions options;
  options.program = engine;
  options.arguments = {"--json", "inspect", path};
  auto child = ChildProcess::spawn(options);
  const auto ended = child.wait(seconds);
  if (!ended) {
    child.kill(SIGKILL);
    child.wait();
    return hopeless(path, fmt::format("It could not be read within {:.0f} s.", seconds));
  }
  if (ended->signal != 0) return hopeless(path, "Reading it crashed the HDF5 library: the file is damaged.");
  const Json said = Json::parse(child.output(), nullptr, /*allow_exceptions=*/false);
  if (said.is_object() && said.contains("error")) rethrow(said["error"]);
  if (!said.is_array() || said.size() != 1) return hopeless(path, "The engine could not describe it.");
  return inspection_from_json(said[0]);
}

}  // namespace geocyte::inspect
