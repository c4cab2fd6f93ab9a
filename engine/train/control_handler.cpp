// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/control_handler.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/text.h"

namespace geocyte::train {

bool ControlHandler::is_wish(const std::string& command) {
  constexpr std::array kWishes = {"pause", "unpause", "stop", "stop_at_stage_end", "discard"};
  return std::find(kWishes.begin(), kWishes.end(), command) != kWishes.end();
}

bool ControlHandler::look(double now, std::int64_t step, bool busy) {
  const bool overdue = !busy && !waiting_.empty();
  if (!overdue && last_look_ >= 0 && now - last_look_ < kControlPeriod) return false;
  last_look_ = now;
  std::vector<store::ControlRequest> requests = std::exchange(waiting_, {});
  for (store::ControlRequest& request : sink_.poll_control()) requests.push_back(std::move(request));
  bool answered = false;
  for (store::ControlRequest& request : requests) {
    if (busy && !is_wish(request.command)) {
      waiting_.push_back(std::move(request));
      continue;
    }
    answered = true;
    Answer answer;
    try {
      answer = handle(request);
    } catch (const Error& error) {
      sink_.answer(request, false, error.message(), step);
      if (error.code() == ErrorCode::storage || error.code() == ErrorCode::diverged) throw;
      continue;
    }
    if (!answer.given) sink_.answer(request, answer.done, answer.text, step);
  }
  return answered;
}

ControlHandler::Answer ControlHandler::handle(const store::ControlRequest& request) {
  const std::string& command = request.command;
  if (command == "pause") {
    if (wishes_.paused) return {true, "it was paused already"};
    wishes_.paused = true;
    return {true, "paused"};
  }
  if (command == "unpause") {
    if (!wishes_.paused) return {true, "it was not paused"};
    wishes_.paused = false;
    return {true, "going on"};
  }
  if (command == "stop") {
    wishes_.stop = true;
    return {true, "stopping with a checkpoint"};
  }
  if (command == "stop_at_stage_end") {
    wishes_.stop_at_stage_end = true;
    return {true, "stopping when this stage ends"};
  }
  if (command == "discard") {
    wishes_.discard = true;
    return {true, "stopping without a checkpoint"};
  }
  if (command == "checkpoint") return {true, actions_.checkpoint()};
  if (command == "snapshot") return {true, actions_.snapshot()};
  if (command == "set") return set(request.args);
  if (command == "extend") return extend(request.args);
  if (command == "alert_rules") return {true, actions_.alert_rules(request.args)};
  if (command == "probe") {
    actions_.probe(request);
    return {true, "", true};
  }
  return {false, "a running engine does not know the command '" + geocyte::quoted(command) + "'"};
}

ControlHandler::Answer ControlHandler::extend(const Json& args) {
  constexpr std::int64_t kMost = 1'000'000'000;
  const Json steps = args.is_object() ? args.value("steps", Json()) : Json();
  if (!steps.is_number_integer() || steps < 1 || steps > kMost)
    return {false, "extend takes {\"steps\": N}, how many to add to the stage that is going"};
  return {true, actions_.extend(steps.get<std::int64_t>())};
}

ControlHandler::Answer ControlHandler::set(const Json& args) {
  const bool complete = args.is_object() && args.contains("path") && args["path"].is_string() && args.contains("value");
  if (!complete) return {false, "set takes {\"path\": \"a.b\", \"value\": …}"};
  const auto path = args["path"].get<std::string>();
  const auto parameter =
      std::find_if(schema_.begin(), schema_.end(), [&](const config::Parameter& one) { return one.path == path; });
  if (parameter == schema_.end()) {
    const std::string near = config::nearest_name(path, config::paths(schema_));
    return {false, "there is no parameter '" + geocyte::quoted(path) + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?")};
  }
  if (!parameter->live) return {false, "'" + path + "' is fixed while a run is going; start a new run with it"};
  Json changed = actions_.options();
  config::set(changed, path, args["value"]);
  config::validate(schema_, changed);
  actions_.set(path, args["value"]);
  return {true, path + " = " + args["value"].dump()};
}

}  // namespace geocyte::train
