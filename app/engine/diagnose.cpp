// SPDX-License-Identifier: GPL-3.0-or-later
// `diagnose`: which source is odd and why, before anything is trained; or what a matrix of distances says.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/engine/command.h"
#include "app/engine/diagnosis_html.h"
#include "app/engine/progress_bar.h"
#include "engine/analysis/source_report.h"
#include "engine/config/presets.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/inspect/open_sources.h"
#include "plugins/registry.h"

namespace geocyte::app {
namespace {

namespace fs = std::filesystem;

struct Request {
  std::string preset, matrix, out;
  std::vector<std::string> data, assignments;
  double gate = 1.0;
};

std::string text_of(const std::string& path) {
  constexpr std::size_t kMost = std::size_t{16} << 20;
  std::string text;
  if (path == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream in(path, std::ios::binary);
    if (!in || fs::is_directory(path)) throw Error(ErrorCode::bad_data, "the file " + path + " cannot be read", "give a text file with a matrix, or - for standard input");
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  if (text.size() > kMost) throw Error(ErrorCode::bad_data, "this text is larger than 16 MB and so no matrix of distances");
  return text;
}

/// --data FILE… are sources by themselves; a simulation or a folder is a data folder; a preset names both.
inspect::OpenedSources open(const Request& request) {
  Json sources = Json::array();
  std::string folder;
  if (!request.preset.empty()) {
    const auto specs = plugins::all_specs();
    const auto resolved = config::resolve_run(specs, request.preset, request.assignments);
    if (const Json* list = config::find(resolved.options, "sources")) sources = *list;
    if (const Json* place = config::find(resolved.options, "data_folder"); place && place->is_string()) folder = place->get<std::string>();
  }
  if (!request.data.empty() && request.data[0].starts_with("simulate:")) {
    folder = request.data[0];
    sources = Json::array();
  } else if (!request.data.empty()) {
    sources = Json::array();
    for (const std::string& file : request.data) {
      std::error_code unused;
      const auto parts = analysis::parts_of_name(fs::path(file).stem().string());
      sources.push_back({{"file", fs::absolute(file, unused).string()}, {"patient", parts.patient}, {"modality", parts.modality}});
    }
  }
  ProgressBar bar("data");
  inspect::OpenOptions how;
  how.progress = [&](double fraction, std::string_view what) { bar.update(fraction, what); };
  auto opened = inspect::open_sources(sources, folder, how);
  bar.finish(std::to_string(opened.sources.size()) + " sources");
  return opened;
}

int diagnose(const Request& request, bool json) {
  if (request.matrix.empty() && request.data.empty() && request.preset.empty())
    throw Error(ErrorCode::usage, "there is nothing to diagnose", "give --data FILE…, --preset gems/demo, or --matrix FILE (- reads what you paste)");
  analysis::SourceReport report;
  std::string about;
  if (!request.matrix.empty()) {
    report = analysis::diagnose_matrix(analysis::parse_distance_matrix(text_of(request.matrix)), request.gate);
    about = request.matrix == "-" ? "a pasted matrix" : request.matrix;
  } else {
    const auto opened = open(request);
    report = analysis::diagnose_data(opened.sources);
    about = opened.data_note;
  }
  if (!request.out.empty()) write_file_atomically(request.out, diagnosis_html(report, about));
  if (json) {
    Json all = analysis::to_json(report);
    all["data"] = about;
    std::printf("%s\n", all.dump(2).c_str());
  } else {
    std::printf("%s\n%s", about.c_str(), analysis::to_text(report).c_str());
  }
  return 0;
}

}  // namespace

void add_diagnose(CLI::App& root, Session& session) {
  auto* command = root.add_subcommand("diagnose", "say which source is odd, and why, before anything is trained");
  auto request = std::make_shared<Request>();
  command->add_option("--data", request->data, "files of sources (.h5ad, .csv, .tsv), or simulate:six_sources?genes=500&seed=7");
  command->add_option("--preset,--config", request->preset, "for example gems/demo, or a YAML file: its sources");
  command->add_option("--set", request->assignments, "change a parameter of the preset: data_folder=/data (repeatable)");
  command->add_option("--matrix", request->matrix, "a matrix of distances with labels, as text, CSV or TSV; - reads standard input");
  command->add_option("--gate", request->gate, "what a pair of the matrix should stay below")->check(CLI::PositiveNumber);
  command->add_option("--out", request->out, "also write the diagnosis as a page of HTML");
  command->callback([=, &session] {
    session.action = [=, &session] { return diagnose(*request, session.json); };
  });
}

}  // namespace geocyte::app
