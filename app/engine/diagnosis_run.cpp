// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/diagnosis_run.h"

#include <exception>
#include <filesystem>

#include "engine/analysis/source_report.h"
#include "engine/core/atomic_file.h"
#include "engine/store/contract/safe_json.h"
#include "engine/store/contract/verdict_json.h"

namespace geocyte::app {
namespace {

void diagnose(const std::vector<data::Source>& sources, store::RunSink& sink, const StopToken& stop) {
  analysis::DiagnosisOptions options;
  options.stop = stop;
  const auto report = analysis::diagnose_data(sources, options);
  if (stop.stop_requested()) return;
  write_file_atomically(std::filesystem::path(sink.folder("evaluation")) / "diagnosis.json", store::print_json(analysis::to_json(report), 1) + "\n");
  // The call last: a reader who keeps the newest verdict keeps the one that sums up.
  for (auto finding = report.findings.rbegin(); finding != report.findings.rend(); ++finding) sink.event(0, "verdict", store::to_json(*finding));
  sink.event(0, "verdict", store::to_json(report.call));
  sink.log("info", "diagnosis: " + report.call.headline + " " + report.call.evidence);
}

}  // namespace

DiagnosisOfRun::DiagnosisOfRun(const std::vector<data::Source>& sources, store::RunSink& sink, const StopToken& stop) {
  if (sources.size() < 2) return;
  thread_ = std::jthread([sources, &sink, stop] {
    try {
      diagnose(sources, sink, stop);
    } catch (const std::exception& error) {
      if (!stop.stop_requested()) sink.log("warning", std::string("the sources could not be diagnosed: ") + error.what());
    }
  });
}

}  // namespace geocyte::app
