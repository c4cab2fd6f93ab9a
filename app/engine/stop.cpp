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
  command->callback([=, &session] {
    session.action = [=, &session] { return give_order(*run, jobs::Order::stop, session.json); };
  });
}

}  // namespace geocyte::app
