// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/diagnosis_html.h"

#include <fmt/format.h>

#include "app/engine/report_html.h"

namespace geocyte::app {
namespace {

ReportMatrix matrix_of(const analysis::SourceReport& report, const Eigen::MatrixXd& values, std::string title, std::string caption) {
  ReportMatrix matrix;
  matrix.title = std::move(title);
  matrix.caption = std::move(caption);
  for (const auto& source : report.sources) matrix.labels.push_back(source.name);
  for (Eigen::Index i = 0; i < values.rows(); ++i)
    for (Eigen::Index j = 0; j < values.cols(); ++j) matrix.values.push_back(values(i, j));
  return matrix;
}

}  // namespace

std::string diagnosis_html(const analysis::SourceReport& report, const std::string& about) {
  constexpr double kTimesFloor = 1.5;
  Report page;
  page.title = "Source diagnosis";
  page.subtitle = about;
  const auto add = [&](const store::Verdict& verdict) { page.verdicts.push_back({verdict.state, verdict.headline, verdict.evidence + " " + verdict.why}); };
  add(report.call);
  for (const auto& finding : report.findings) add(finding);
  if (report.standardised.size() > 0) {
    auto matrix = matrix_of(report, report.standardised, "Standardised distances", report.method + fmt::format(" · hatched: above {} times the sampling floor", kTimesFloor));
    for (Eigen::Index i = 0; i < report.floor_standardised.rows(); ++i)
      for (Eigen::Index j = 0; j < report.floor_standardised.cols(); ++j) matrix.gate.push_back(kTimesFloor * report.floor_standardised(i, j));
    page.matrices.push_back(std::move(matrix));
  } else {
    auto matrix = matrix_of(report, report.raw, "Distances", report.method + fmt::format(" · hatched: not below {}", report.gate));
    matrix.gate = {report.gate};
    page.matrices.push_back(std::move(matrix));
  }
  if (report.kind == "data") {
    page.facts.emplace_back("shared genes", std::to_string(report.shared_genes));
    for (const auto& f : report.sources)
      page.facts.emplace_back(f.name, fmt::format("{} {} · n {} · {} genes · {} · median depth {:.0f} ({:.0f}–{:.0f}) · {:.0f} genes detected · {:.0f} % zeros", f.patient, f.modality, f.cells,
                                                  f.genes, f.values, f.depth, f.depth_low, f.depth_high, f.detected, 100 * f.zero_fraction));
  }
  return render_html(page);
}

}  // namespace geocyte::app
