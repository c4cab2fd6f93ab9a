// SPDX-License-Identifier: GPL-3.0-or-later
// `pause RUN`: asks a running engine to pause.
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "app/engine/order_command.h"

namespace geocyte::app {

void add_pause(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("pause", "stand still between two steps; resume goes on");
  auto run = std::make_shared<std::string>();
  command->add_option("run", *run, "run directory, or a runs folder (its newest run)")->required();
  command->callback([=, &session] {
    session.action = [=, &session] { return give_order(*run, jobs::Order::pause, session.json); };
  });
}

}  // namespace geocyte::app
