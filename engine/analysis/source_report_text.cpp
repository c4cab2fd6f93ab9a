// SPDX-License-Identifier: GPL-3.0-or-later
// A diagnosis as words, JSON and lines for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "engine/analysis/source_report.h"
#include "engine/analysis/source_report_words.h"
#include "engine/analysis/source_verdict.h"
#include "engine/analysis/words.h"
#include "engine/store/contract/verdict_json.h"

namespace geocyte::analysis {
namespace {

Json matrix_json(const Eigen::MatrixXd& matrix) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    Json row = Json::array();
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) row.push_back(std::isfinite(matrix(i, j)) ? Json(matrix(i, j)) : Json());
    rows.push_back(std::move(row));
  }
  return rows;
}

Json facts_json(const SourceFacts& f, bool measured) {
  Json json = {{"name", f.name}, {"patient", f.patient}, {"modality", f.modality}};
  if (!measured) return json;
  json.update({{"cells", f.cells}, {"genes", f.genes}, {"values", f.values}, {"target_sum", f.target_sum > 0 ? Json(f.target_sum) : Json()},
               {"depth", {{"median", f.depth}, {"low", f.depth_low}, {"high", f.depth_high}}}, {"detected_genes", f.detected},
               {"zero_fraction", f.zero_fraction}, {"empty_cells", f.empty_cells}, {"same_gene_order", f.same_gene_order}});
  return json;
}

std::string verdict_line(const store::Verdict& verdict) {
  const char* mark = verdict.state == "bad" ? "!!" : verdict.state == "warn" ? "! " : verdict.state == "good" ? "ok" : "  ";
  return fmt::format("  {} {} {}\n", mark, verdict.headline, verdict.evidence);
}

std::string table_of_sources(const SourceReport& report) {
  std::string text = fmt::format("  {:<14} {:>3} {:<8} {:>7} {:>7} {:<15} {:>9} {:>9} {:>6}\n", "source", "", "patient", "n", "genes", "values", "depth", "detected", "zeros");
  for (const SourceFacts& f : report.sources)
    text += fmt::format("  {:<14} {:>3} {:<8} {:>7} {:>7} {:<15} {:>9} {:>9} {:>6}\n", f.name, f.modality, f.patient, grouped(f.cells), grouped(f.genes), f.values,
                        f.values == "scaled" ? std::string("-") : brief(f.depth), grouped(static_cast<std::int64_t>(f.detected)), percent(f.zero_fraction));
  return text;
}

std::string table_of_distances(const SourceReport& report) {
  const bool scaled = report.standardised.size() > 0;
  const Eigen::MatrixXd& d = scaled ? report.standardised : report.raw;
  constexpr Eigen::Index kWidest = 12;
  if (d.rows() > kWidest) return fmt::format("  ({} x {}; see --json)\n", d.rows(), d.cols());
  std::string text = fmt::format("  {:<14}", "");
  for (const SourceFacts& f : report.sources) text += fmt::format(" {:>9.9}", f.name);
  text += "\n";
  for (Eigen::Index i = 0; i < d.rows(); ++i) {
    text += fmt::format("  {:<14}", report.sources[static_cast<std::size_t>(i)].name);
    for (Eigen::Index j = 0; j < d.cols(); ++j) text += fmt::format(" {:>9}", std::isnan(d(i, j)) ? "-" : exact(d(i, j)));
    text += "\n";
  }
  return text;
}

}  // namespace

const char* name_of(GapReason reason) {
  switch (reason) {
    case GapReason::none: return "none";
    case GapReason::outlier_source: return "outlier_source";
    case GapReason::modality: return "modality";
    case GapReason::patient: return "patient";
    case GapReason::composition: return "composition";
    case GapReason::pairs: return "pairs";
    case GapReason::unknown: return "unknown";
  }
  return "unknown";
}

std::string exact(double value) { return fmt::format("{:.3f}", value); }

std::string exact_range(const Span& span) {
  const std::string low = exact(span.low), high = exact(span.high);
  return low == high ? low : low + "–" + high;
}

std::string plain(double value) {
  std::string text = fmt::format("{:g}", value);
  return text.find('.') == std::string::npos && text.find('e') == std::string::npos ? text + ".0" : text;
}

std::string pair_text(const SourceReport& report, int a, int b) {
  return fmt::format("{}–{} ({})", report.sources[static_cast<std::size_t>(a)].name, report.sources[static_cast<std::size_t>(b)].name, exact(report.raw(a, b)));
}

std::string names_text(const SourceReport& report, const std::vector<int>& sources) {
  std::vector<std::string> names;
  for (const int s : sources) names.push_back(report.sources[static_cast<std::size_t>(s)].name);
  return listed(names);
}

std::string modality_words(const std::string& modality) { return modality == "st" ? "spots" : modality == "sc" ? "single cells" : modality; }

Json to_json(const SourceReport& report) {
  Json json = {{"format", 1}, {"kind", report.kind}, {"reason", name_of(report.reason)}, {"call", store::to_json(report.call)}, {"method", report.method}};
  json["outliers"] = Json::array();
  for (const int s : report.outliers) json["outliers"].push_back(report.sources[static_cast<std::size_t>(s)].name);
  json["findings"] = Json::array();
  for (const auto& finding : report.findings) json["findings"].push_back(store::to_json(finding));
  json["sources"] = Json::array();
  for (const SourceFacts& facts : report.sources) json["sources"].push_back(facts_json(facts, report.kind == "data"));
  json["distances"] = {{"raw", matrix_json(report.raw)}};
  if (report.kind == "data") {
    json["shared_genes"] = report.shared_genes;
    json["times_floor"] = kFloorGate;
    json["distances"].update({{"floor", matrix_json(report.floor)}, {"standardised", matrix_json(report.standardised)},
                              {"floor_standardised", matrix_json(report.floor_standardised)}});
  } else {
    json["gate"] = report.gate;
  }
  return json;
}

std::string to_text(const SourceReport& report) {
  std::string text = fmt::format("{} {}\n", report.call.headline, report.call.evidence);
  if (!report.call.why.empty()) text += report.call.why + "\n";
  text += "\n";
  for (const auto& finding : report.findings) text += verdict_line(finding);
  if (report.kind == "data") text += "\nSources\n" + table_of_sources(report);
  text += fmt::format("\nDistances: {}\n", report.method) + table_of_distances(report);
  return text;
}

}  // namespace geocyte::analysis
