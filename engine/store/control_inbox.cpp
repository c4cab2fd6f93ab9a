// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/control_inbox.h"

#include <algorithm>
#include <system_error>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/log.h"
#include "engine/core/text.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

/// Throws Error{bad_data} with what is wrong. `file` gives a name to a request without an id.
ControlRequest request_from(const Json& json, const std::string& file) {
  const auto refuse = [](const char* why) { throw Error(ErrorCode::bad_data, why); };
  if (!json.is_object()) refuse("a request is a JSON object");
  for (const char* key : {"id", "key", "command", "by"})
    if (const auto found = json.find(key); found != json.end() && !found->is_string()) refuse("id, key, command and by are texts");
  ControlRequest request{text_at(json, "id"), text_at(json, "key"), text_at(json, "command"), text_at(json, "by"), Json::object()};
  if (request.command.empty()) refuse("the request names no command");
  if (request.id.empty()) request.id = fs::path(file).stem().string();
  if (const auto args = json.find("args"); args != json.end() && !args->is_null()) {
    if (!args->is_object()) refuse("args is an object");
    request.args = *args;
  }
  return request;
}

}  // namespace

ControlInbox::ControlInbox(const fs::path& run, Answered answered)
    : inbox_(run / kControlFolder), done_(run / kControlDoneFolder), answered_(std::move(answered)) {}

std::vector<std::string> ControlInbox::new_files() const {
  std::vector<std::string> files;
  std::error_code why;
  for (fs::directory_iterator at(inbox_, why), end; !why && at != end; at.increment(why)) {
    std::string name = at->path().filename().string();
    if (name.starts_with('.') || !name.ends_with(".json") || stuck_.contains(name)) continue;
    const bool claimed = std::any_of(claimed_.begin(), claimed_.end(), [&](const auto& entry) { return entry.second == name; });
    if (!claimed) files.push_back(std::move(name));
  }
  std::sort(files.begin(), files.end());  // names begin with the time
  return files;
}

void ControlInbox::refuse_file(const std::string& file, const std::string& why) {
  // What was asked for could not be understood, so it is kept as it came, beside the answer.
  std::error_code failed;
  fs::rename(inbox_ / file, done_ / (file + ".refused"), failed);
  if (failed) fs::remove(inbox_ / file, failed);
  if (failed) stuck_.insert(file);
  const Json answer = {{"done", false}, {"text", why}, {"time", utc_now_text()}};
  try {
    write_file_atomically(done_ / file, print_json({{"answer", answer}}) + "\n", false);
  } catch (const Error&) {  // the refusal stands in the events too
  }
  answered_({{"id", fs::path(file).stem().string()}, {"done", false}, {"text", why}});
}

void ControlInbox::close_request(const std::string& file, const ControlRequest& request, bool done, const std::string& text,
                                 std::int64_t step) {
  const Json answer = {{"done", done}, {"text", text}, {"step", step}, {"time", utc_now_text()}};
  const Json whole = {{"id", request.id}, {"key", request.key}, {"command", request.command},
                      {"args", request.args}, {"by", request.by}, {"answer", answer}};
  write_file_atomically(done_ / file, print_json(whole) + "\n", false);
  std::error_code failed;
  fs::remove(inbox_ / file, failed);
  if (failed) stuck_.insert(file);
  answered_({{"id", request.id}, {"command", request.command}, {"args", request.args}, {"by", request.by}, {"done", done}, {"text", text}});
}

void ControlInbox::refuse_waiting(const std::string& why) {
  const std::lock_guard lock(mutex_);
  for (const std::string& file : new_files()) {
    try {
      close_request(file, request_from(read_json_file(inbox_ / file, kMaxRequestBytes), file), false, why, 0);
    } catch (const Error&) {
      refuse_file(file, why);
    }
  }
}

std::vector<ControlRequest> ControlInbox::poll() {
  const std::lock_guard lock(mutex_);
  std::vector<Waiting> waiting;
  for (const std::string& file : new_files()) {
    try {
      ControlRequest request = request_from(read_json_file(inbox_ / file, kMaxRequestBytes), file);
      const bool twice = claimed_.contains(request.id) ||
                         std::any_of(waiting.begin(), waiting.end(), [&](const Waiting& other) { return other.request.id == request.id; });
      if (twice) throw Error(ErrorCode::bad_data, "another request has the same id");
      waiting.push_back({file, std::move(request)});
    } catch (const Error& error) {
      std::error_code gone;
      if (fs::symlink_status(inbox_ / file, gone).type() == fs::file_type::not_found) continue;  // withdrawn
      refuse_file(file, "refused: " + error.message());
    }
  }
  std::vector<ControlRequest> requests;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const ControlRequest& request = waiting[i].request;
    const auto newer = std::find_if(waiting.begin() + static_cast<std::ptrdiff_t>(i) + 1, waiting.end(), [&](const Waiting& other) {
      return !request.key.empty() && other.request.key == request.key;
    });
    if (newer != waiting.end()) {
      close_request(waiting[i].file, request, false, "a newer request took its place", 0);
    } else {
      claimed_[request.id] = waiting[i].file;
      requests.push_back(request);
    }
  }
  return requests;
}

void ControlInbox::answer(const ControlRequest& request, bool done, const std::string& text, std::int64_t step) {
  const std::lock_guard lock(mutex_);
  const auto claimed = claimed_.find(request.id);
  if (claimed == claimed_.end()) return;
  const std::string file = claimed->second;
  close_request(file, request, done, text, step);
  claimed_.erase(request.id);
}

}  // namespace geocyte::store
