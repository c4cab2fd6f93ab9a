// SPDX-License-Identifier: GPL-3.0-or-later
// `stop RUN`: asks a running engine to stop.
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "app/engine/order_command.h"

namespace geocyte::app {

void add_stop(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("stop", "finish the step, write a checkpoint and end; what was learnt is kept");
  auto run = std::make_shared<std::string>();
  command->add_option("run", *run, "run directory, or a runs folder (its newest run)")->required();
  auto at_stage_end = std::make_shared<bool>(false), discard = std::make_shared<bool>(false);
  auto* later = command->add_flag("--at-stage-end", *at_stage_end, "finish the stage that is going first");
  command->add_flag("--discard", *discard, "write no checkpoint: the run is not wanted")->excludes(later);
  command->callback([=, &session] {
    session.action = [=, &session] {
      if (*at_stage_end) return give_request(*run, "stop_at_stage_end", Json::object(), session.json);
      if (*discard) return give_request(*run, "discard", Json::object(), session.json);
      return give_order(*run, jobs::Order::stop, session.json);
    };
  });
}

}  // namespace geocyte::app
