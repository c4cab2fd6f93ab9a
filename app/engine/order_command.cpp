// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/order_command.h"

#include <cstdio>

#include "app/engine/run_argument.h"
#include "engine/core/error.h"
#include "engine/core/json.h"

namespace geocyte::app {
namespace {
/// A step may take a second, a checkpoint some more.
constexpr std::chrono::seconds kPatience{30};
}  // namespace

namespace {

int print_report(const std::filesystem::path& folder, const jobs::OrderReport& report, bool json) {
  if (!report.accepted) throw Error(ErrorCode::usage, report.text, "`geocyte --open " + folder.string() + "` shows where the run stands");
  if (json) std::printf("%s\n", Json{{"run", folder.string()}, {"done", true}, {"text", report.text}}.dump().c_str());
  else std::printf("%s\n", report.text.c_str());
  return 0;
}

}  // namespace

int give_order(const std::string& run, jobs::Order order, bool json) {
  const auto folder = run_folder(run);
  return print_report(folder, jobs::give_order(folder, order, kPatience), json);
}

int give_request(const std::string& run, const std::string& command, const Json& args, bool json) {
  const auto folder = run_folder(run);
  return print_report(folder, jobs::give_request(folder, command, args, command, kPatience), json);
}

}  // namespace geocyte::app
