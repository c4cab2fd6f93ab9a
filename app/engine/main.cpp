// SPDX-License-Identifier: GPL-3.0-or-later
// geocyte-engine: trains in the background and is the command line. Every failure is one sentence and an exit code.
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "app/engine/command.h"
#include "app/engine/failure.h"
#include "engine/config/schema.h"
#include "engine/core/error.h"
#include "engine/train/device.h"

namespace geocyte::app {
namespace {

/// OpenMP threads that spin while they wait make two-core machines crawl. The runtime reads this before main(), so the
/// program replaces itself once.
void restart_with_passive_waiting(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY")) return;
  setenv("OMP_WAIT_POLICY", "passive", 0);
  execv("/proc/self/exe", argv);  // on failure: go on with spinning threads
}

/// Whether this command line may want a device: then the CUDA libraries must be opened before any call into LibTorch.
bool may_want_device(int argc, char** argv) {
  int command = 1;   // options of the program itself, such as --json, may stand before it
  while (command < argc && argv[command][0] == '-') ++command;
  const auto is = [&](const char* name) { return command < argc && std::strcmp(argv[command], name) == 0; };
  if (!is("train") && !is("resume") && !is("evaluate") && !is("serve") && !is("probe")) return false;
  for (int i = command + 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--device=cpu") == 0) return false;
    if (std::strcmp(argv[i], "--device") == 0 && i + 1 < argc && std::strcmp(argv[i + 1], "cpu") == 0) return false;
  }
  return true;
}

void check_command_name(const CLI::App& root, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  const std::string given = argv[1];
  for (const std::string& name : names)
    if (name == given) return;
  const std::string near = config::nearest_name(given, names);
  throw Error(ErrorCode::usage, "there is no command '" + given + "'",
              near.empty() ? "`geocyte-engine --help` lists the commands" : "did you mean '" + near + "'?");
}

int run(int argc, char** argv) {
  CLI::App root("Geocyte's engine: trains geometry-aware single-cell models and writes run directories.", "geocyte-engine");
  root.set_version_flag("--version", std::string("geocyte-engine ") + GEOCYTE_VERSION);
  root.require_subcommand(1);
  root.fallthrough();
  root.get_formatter()->column_width(34);
  root.footer("Exit codes: 0 done, 2 usage, 3 bad input data, 4 bad configuration, 5 training diverged, 6 out of memory,\n"
              "7 device, 8 storage full or unwritable, 130 interrupted.");
  Session session;
  root.add_flag("--json", session.json, "print machine-readable JSON");
  for (auto* add : {add_systems, add_describe, add_simulate, add_inspect, add_diagnose, add_train, add_pause, add_resume, add_stop, add_evaluate,
                    add_apply, add_export, add_serve, add_probe, add_report, add_scores, add_ablate, add_compare})
    add(root, session);
  try {
    check_command_name(root, argc, argv);
    root.parse(argc, argv);
    return session.action ? session.action() : 0;
  } catch (const CLI::CallForHelp& help) {
    return root.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return root.exit(version);
  } catch (const CLI::ParseError& error) {
    return report_failure(Error(ErrorCode::usage, std::string(error.what()), "`geocyte-engine --help` explains"), session.json);
  } catch (const Error& error) {
    return report_failure(error, session.json);
  } catch (const std::bad_alloc&) {
    return report_failure(Error(ErrorCode::out_of_memory, "memory ran out", "use fewer genes or a smaller batch"), session.json);
  } catch (const std::exception& error) {
    return report_failure(Error(ErrorCode::internal, first_line(error.what()), "this should not happen; please report it"),
                          session.json);
  }
}

}  // namespace
}  // namespace geocyte::app

int main(int argc, char** argv) {
  if (geocyte::app::may_want_device(argc, argv)) {
    geocyte::app::restart_with_passive_waiting(argv);
    geocyte::train::open_cuda_libraries();
  }
  return geocyte::app::run(argc, argv);
}
