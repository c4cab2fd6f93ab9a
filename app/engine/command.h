// SPDX-License-Identifier: GPL-3.0-or-later
// The subcommands of geocyte-engine. Each has a file of its own that declares its options and what it does; this header is
// their list. A subcommand prints what was asked for to stdout, everything else to stderr.
#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace geocyte::app {

/// What the chosen subcommand left to do; run by main() inside its error handling.
struct Session {
  bool json = false;                    ///< --json: machine-readable output
  std::function<int()> action;          ///< returns the exit code
};

void add_systems(CLI::App& root, Session& session);
void add_describe(CLI::App& root, Session& session);
void add_simulate(CLI::App& root, Session& session);
void add_inspect(CLI::App& root, Session& session);
void add_diagnose(CLI::App& root, Session& session);
void add_train(CLI::App& root, Session& session);
void add_pause(CLI::App& root, Session& session);
void add_resume(CLI::App& root, Session& session);
void add_stop(CLI::App& root, Session& session);
void add_evaluate(CLI::App& root, Session& session);
void add_apply(CLI::App& root, Session& session);
void add_export(CLI::App& root, Session& session);
void add_serve(CLI::App& root, Session& session);
void add_probe(CLI::App& root, Session& session);
void add_report(CLI::App& root, Session& session);
void add_ablate(CLI::App& root, Session& session);
void add_compare(CLI::App& root, Session& session);
void add_scores(CLI::App& root, Session& session);

}  // namespace geocyte::app
