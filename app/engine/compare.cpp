// SPDX-License-Identifier: GPL-3.0-or-later
// `compare A B`: what two runs have different, and their evaluations side by side.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "app/engine/run_argument.h"
#include "engine/jobs/compare_runs.h"

namespace geocyte::app {

void add_compare(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("compare", "print what two runs have different, and their evaluations side by side");
  auto a = std::make_shared<std::string>(), b = std::make_shared<std::string>();
  command->add_option("a", *a, "run directory")->required();
  command->add_option("b", *b, "run directory")->required();
  command->callback([=, &session] {
    session.action = [=, &session] {
      const auto comparison = jobs::compare_runs(run_folder(*a), run_folder(*b));
      if (session.json) std::printf("%s\n", jobs::to_json(comparison).dump(2).c_str());
      else std::printf("%s", jobs::to_text(comparison).c_str());
      return 0;
    };
  });
}

}  // namespace geocyte::app
