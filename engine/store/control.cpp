// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/control.h"

#include <random>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/run_layout.h"

namespace geocyte::store {
namespace {

namespace fs = std::filesystem;

/// "1795270530123-0456786f1c…": milliseconds, then the nanoseconds within it, so that the requests of one sender sort in
/// the order of sending, then chance, so that two senders never have the same one.
std::string new_request_id() {
  const std::int64_t ns = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  std::random_device random;
  return fmt::format("{:013}-{:06}{:08x}{:08x}", ns / 1'000'000, ns % 1'000'000, random(), random());
}

/// An id comes from a caller and becomes a file name.
bool is_id(const std::string& id) { return is_clean_relative(id) && id.find('/') == std::string::npos && id.front() != '.'; }

}  // namespace

std::string send_control(const fs::path& run, const std::string& command, const Json& args, const std::string& key, const std::string& by) {
  if (!is_run_directory(run)) throw Error(ErrorCode::bad_data, run.string() + " is not a run directory");
  const std::string id = new_request_id();
  const Json request = {{"id", id}, {"key", key}, {"command", command}, {"args", args}, {"by", by}};
  write_file_atomically(run / kControlFolder / (id + ".json"), print_json(request) + "\n", false);
  return id;
}

std::optional<ControlAnswer> control_answer(const fs::path& run, const std::string& id) {
  if (!is_id(id)) return std::nullopt;
  try {
    const Json whole = read_json_file(run / kControlDoneFolder / (id + ".json"), std::size_t{1} << 20);
    const Json answer = whole.is_object() ? whole.value("answer", Json()) : Json();
    if (!answer.is_object()) return std::nullopt;
    const Json done = answer.value("done", Json()), step = answer.value("step", Json());
    return ControlAnswer{done.is_boolean() && done.get<bool>(), text_at(answer, "text"), step.is_number_integer() ? step.get<std::int64_t>() : 0};
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<ControlAnswer> wait_for_answer(const fs::path& run, const std::string& id, std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    if (auto answer = control_answer(run, id)) return answer;
    if (std::chrono::steady_clock::now() >= until) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

bool withdraw_control(const fs::path& run, const std::string& id) {
  std::error_code failed;
  return is_id(id) && fs::remove(run / kControlFolder / (id + ".json"), failed) && !failed;
}

}  // namespace geocyte::store
