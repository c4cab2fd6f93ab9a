// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/report_html.h"

#include <fmt/format.h>

#include "app/engine/report_svg.h"

namespace geocyte::app {
namespace {

constexpr const char* kReportStyle = R"css(
:root{--window:#f4f5f7;--panel:#fff;--line:#dfe3e8;--ink:#1b1f24;--dim:#66707b;--accent:#0b6bcb;--good:#1a7f5a;--warn:#b26a00;--bad:#c2410c}
@media(prefers-color-scheme:dark){:root{--window:#1a1c1f;--panel:#222528;--line:#34393e;--ink:#e7e9eb;--dim:#9aa4ae;--accent:#58a6ff;--good:#4cc38a;--warn:#e2a336;--bad:#ff8a5b}}
body{background:var(--window);color:var(--ink);font:14px/1.45 Inter,system-ui,sans-serif;margin:0 auto;max-width:1180px;padding:28px 20px}
h1{font-size:20px;margin:0}h2{font-size:14px;margin:0 0 6px}.dim{color:var(--dim)}
.verdict{border-left:3px solid var(--dim);padding:6px 12px;margin:14px 0}.good{border-color:var(--good)}.warn{border-color:var(--warn)}.bad{border-color:var(--bad)}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(340px,1fr));gap:1px;background:var(--panel);border:1px solid var(--line);margin:16px 0}
.wide{grid-template-columns:repeat(auto-fill,minmax(460px,1fr))}
figure{background:var(--panel);margin:0;padding:12px;outline:1px solid var(--line)}figcaption{color:var(--dim);font-size:11px;margin-top:6px}
svg{display:block;width:100%;font:11px Inter,system-ui,sans-serif}svg text{fill:var(--dim)}svg text.cell{fill:#1b1f24;font:12px 'JetBrains Mono',monospace}
path.rule{stroke:var(--line)}path.chance{stroke:var(--dim);stroke-dasharray:4 3}path.ghost{fill:none;stroke:var(--accent);opacity:.25}
path.curve{fill:none;stroke:var(--accent);stroke-width:1.6}path.dots{fill:none;stroke-width:2.4;stroke-linecap:round;opacity:.85}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:14px 0}dt{color:var(--dim)}dd{margin:0;font-family:'JetBrains Mono',monospace;font-size:12px}
table.checks{border-collapse:collapse;margin:6px 0 18px}table.checks th{text-align:left;color:var(--dim);font-weight:400;font-size:12px}
table.checks th,table.checks td{padding:4px 18px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}td.pass{color:var(--good)}td.fail{color:var(--bad);font-weight:600}
td.num{font:12px 'JetBrains Mono',monospace;white-space:nowrap}
.key{display:inline-block;margin-right:14px;font-size:12px}.key i{display:inline-block;width:9px;height:9px;border-radius:5px;margin-right:5px}
)css";

std::string legend(const ReportCloud& cloud) {
  std::string html;
  for (std::size_t c = 0; c < cloud.categories.size(); ++c)
    html += fmt::format("<span class=key><i style='background:{}'></i>{}</span>", category_color(c), escaped(cloud.categories[c]));
  return html;
}

/// What passes and what fails, with a mark beside the colour.
std::string checks_table(const std::vector<ReportCheck>& checks) {
  if (checks.empty()) return {};
  std::string html = "<h2>Gates and guards</h2>\n<table class=checks><tr><th></th><th>what</th><th>held-out cells</th><th>passes when</th></tr>\n";
  for (const ReportCheck& check : checks) {
    const bool passes = check.outcome == "passes", fails = check.outcome == "FAILS";
    html += fmt::format("<tr><td class={}>{} {}</td><td>{} <span class=dim>{}</span></td><td class=num>{}</td><td>{}</td></tr>\n", passes ? "pass" : fails ? "fail" : "dim",
                        passes ? "✓" : fails ? "✗" : "–", escaped(check.outcome), escaped(check.title), escaped(check.kind), escaped(check.value), escaped(check.rule));
  }
  return html + "</table>\n";
}

std::string figure(const std::string& title, const std::string& picture, const std::string& caption) {
  return fmt::format("<figure><h2>{}</h2>{}<figcaption>{}</figcaption></figure>\n", escaped(title), picture, escaped(caption));
}

}  // namespace

std::string render_html(const Report& report) {
  std::string html = fmt::format(
      "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'><title>{0}</title>"
      "<style>{1}</style></head><body>\n<h1>{0}</h1><div class=dim>{2}</div>\n",
      escaped(report.title), kReportStyle, escaped(report.subtitle));
  for (const auto& verdict : report.verdicts)
    html += fmt::format("<div class='verdict {}'><b>{}</b> {}</div>\n", escaped(verdict.state), escaped(verdict.headline), escaped(verdict.evidence));
  html += checks_table(report.checks);
  if (!report.matrices.empty() || !report.clouds.empty() || !report.coverages.empty()) {
    html += "<div class='grid wide'>\n";
    for (const auto& matrix : report.matrices) html += figure(matrix.title, matrix_svg(matrix), matrix.caption);
    for (const auto& coverage : report.coverages) html += figure(coverage.title, coverage_svg(coverage), coverage.caption);
    for (const auto& cloud : report.clouds) html += figure(cloud.title, cloud_svg(cloud) + legend(cloud), cloud.caption);
    html += "</div>\n";
  }
  html += "<div class=grid>\n";
  for (const auto& curve : report.curves)
    html += figure(curve.title, curve_svg(curve), fmt::format("{} · {} points · smoothing 0.6 over the raw curve", curve.tag, curve.values.size()));
  html += "</div>\n<dl>\n";
  for (const auto& [name, value] : report.facts) html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(value));
  return html + "</dl></body></html>\n";
}

}  // namespace geocyte::app
