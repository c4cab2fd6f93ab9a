// SPDX-License-Identifier: GPL-3.0-or-later
// `inspect FILE…`: what a file is, what it seems to hold and what would be a problem.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "engine/inspect/inspect_file.h"

namespace geocyte::app {
namespace {

int inspect_files(const std::vector<std::string>& files, bool json) {
  Json list = Json::array();
  for (const auto& file : files) {
    const auto found = inspect::inspect_file(file);
    if (json) list.push_back(inspect::to_json(found));
    else std::printf("%s\n", inspect::to_text(found).c_str());
  }
  if (json) std::printf("%s\n", list.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  return 0;
}

}  // namespace

void add_inspect(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("inspect", "say what a data file holds");
  auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("files", *files, ".h5ad, .tsv, .csv (also .gz)")->required();
  command->callback([=, &session] {
    session.action = [=, &session] { return inspect_files(*files, session.json); };
  });
}

}  // namespace geocyte::app
