// SPDX-License-Identifier: GPL-3.0-or-later
// A run on one page of HTML with its pictures inside (SVG): no script, no file beside it, readable in light and dark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace geocyte::app {

struct ReportCurve {
  std::string tag, title;
  std::optional<double> chance;
  std::vector<double> steps, values;
};

struct ReportMatrix {
  std::string title, caption;
  std::vector<std::string> labels;
  std::vector<double> values;               ///< labels x labels, row-major
  std::vector<double> gate;                 ///< above it a pair is hatched: one value, or one a pair; empty = none
};

struct ReportCloud {
  std::string title, caption;
  std::vector<double> xy;                   ///< n x 2
  std::vector<std::int32_t> codes;          ///< category of each point, -1 = none
  std::vector<std::string> categories;
};

/// Shares that circles should hold and hold, with intervals; all of one length.
struct ReportCoverage {
  std::string title, caption;
  std::vector<double> nominal, observed, low, high;
};

struct ReportVerdict {
  std::string state, headline, evidence;
};

/// A line of the table of gates and guards.
struct ReportCheck {
  std::string outcome, kind, title, value, rule;   ///< outcome: "passes", "FAILS", "not judged"
};

struct Report {
  std::string title, subtitle;
  std::vector<ReportCheck> checks;
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<ReportVerdict> verdicts;
  std::vector<ReportCurve> curves;
  std::vector<ReportMatrix> matrices;
  std::vector<ReportCloud> clouds;
  std::vector<ReportCoverage> coverages;
};

/// The whole page. All text is escaped; non-finite numbers are left out of pictures and counted in captions.
std::string render_html(const Report& report);

}  // namespace geocyte::app
