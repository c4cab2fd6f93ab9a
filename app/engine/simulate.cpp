// SPDX-License-Identifier: GPL-3.0-or-later
// `simulate`: writes a tissue with known truth as .h5ad files and the source list that opens them.
#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "app/engine/progress_bar.h"
#include "engine/core/error.h"
#include "engine/inspect/sample_data.h"

namespace geocyte::app {
namespace {

struct Request {
  std::string recipe = "six_sources", out;
  std::vector<std::string> settings;
  int genes = 2000;
  std::uint64_t seed = 7;
};

int simulate_to(const Request& request, bool json) {
  std::string uri = "simulate:" + request.recipe + "?genes=" + std::to_string(request.genes) + "&seed=" + std::to_string(request.seed);
  for (const auto& setting : request.settings) uri += "&" + setting;
  const auto parsed = inspect::parse_simulation(uri);
  if (std::filesystem::exists(request.out) && !std::filesystem::is_empty(request.out))
    throw Error(ErrorCode::storage, "the folder " + request.out + " is not empty", "choose another --out or remove it");
  ProgressBar bar("simulate");
  inspect::write_simulation(parsed, request.out, [&](double fraction, std::string_view what) { bar.update(fraction, what); });
  bar.finish("written to " + request.out);
  Json files = Json::array();
  for (const auto& entry : std::filesystem::directory_iterator(request.out)) files.push_back(entry.path().string());
  if (json) std::printf("%s\n", Json{{"folder", request.out}, {"files", files}}.dump().c_str());
  else std::printf("%s\n", request.out.c_str());
  return 0;
}

}  // namespace

void add_simulate(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("simulate", "write simulated data with known truth");
  auto request = std::make_shared<Request>();
  command->add_option("--recipe", request->recipe, "six_sources: two patients, four slides, two dissociations")->capture_default_str();
  command->add_option("--out", request->out, "folder to write to")->required();
  command->add_option("--genes", request->genes, "number of genes")->capture_default_str();
  command->add_option("--seed", request->seed, "everything follows from it")->capture_default_str();
  command->add_option("--set", request->settings, "an effect and its size, e.g. platform_log_sd=0 (repeatable)");
  command->callback([=, &session] {
    session.action = [=, &session] { return simulate_to(*request, session.json); };
  });
}

}  // namespace geocyte::app
