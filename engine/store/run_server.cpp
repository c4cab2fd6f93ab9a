// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/run_server.h"

#include "engine/core/log.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/probe_folder.h"
#include "engine/store/run_layout.h"
#include "engine/store/run_reader.h"

namespace geocyte::store {
namespace {

const std::filesystem::path& checked(const std::filesystem::path& run) {
  read_run_facts(run);   // a newer format or no run at all is said before anything is touched
  return run;
}

std::string event_line(std::int64_t step, Json details) {
  details["time"] = utc_now_text();
  details["step"] = step;
  details["kind"] = "control";
  return print_json(details);
}

}  // namespace

RunServer::RunServer(const std::filesystem::path& run)
    : run_(checked(run)), lock_(run), events_(run / kEventsFile),
      inbox_(run, [this](Json details) { events_.append(event_line(step_, std::move(details))); }) {
  if (!lock_.taken_over().empty())
    events_.append(print_json({{"time", utc_now_text()}, {"step", step_}, {"kind", "note"}, {"text", lock_.taken_over()}}));
}

void RunServer::answer_probe(const ControlRequest& request, const Snapshot& answer, std::int64_t step) {
  step_ = step;
  write_probe_answer(run_, inbox_, request, answer, step);
}

}  // namespace geocyte::store
