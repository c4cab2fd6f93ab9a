// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/ablation_html.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/engine/report_svg.h"
#include "engine/core/text.h"

namespace geocyte::app {
namespace {

constexpr const char* kTableStyle = R"css(
:root{--window:#f4f5f7;--panel:#fff;--line:#dfe3e8;--ink:#1b1f24;--dim:#66707b;--good:#1a7f5a;--warn:#b26a00;--bad:#c2410c;--base:#e6f0fb}
@media(prefers-color-scheme:dark){:root{--window:#1a1c1f;--panel:#222528;--line:#34393e;--ink:#e7e9eb;--dim:#9aa4ae;--good:#4cc38a;--warn:#e2a336;--bad:#ff8a5b;--base:#233a54}}
body{background:var(--window);color:var(--ink);font:14px/1.45 Inter,system-ui,sans-serif;margin:0;padding:28px 24px}
h1{font-size:20px;margin:0}.dim{color:var(--dim)}.scroll{overflow-x:auto;margin:16px 0}
table{border-collapse:collapse;background:var(--panel);font-size:12px}th,td{border:1px solid var(--line);padding:5px 9px;text-align:right;vertical-align:top;white-space:nowrap}
th{font-weight:600}th.name,td.name{text-align:left;position:sticky;left:0;background:var(--panel);white-space:normal;min-width:150px}
td{font-family:'JetBrains Mono',monospace}td.name{font-family:inherit}tr.base td{background:var(--base)}
td small{display:block;color:var(--dim)}td small.sure{color:var(--ink);font-weight:600}.bad{color:var(--bad)}tr.rule td{border-top:3px solid var(--line)}
)css";

std::string number(double value) { return fmt::format("{:.3g}", value); }
std::string signed_number(double value) { return fmt::format("{:+.2g}", value); }

/// Mean ± sd, and below it the paired difference with its interval; bold where the interval leaves out 0.
std::string cell_html(const jobs::TableValue& value) {
  if (value.value.n == 0) return "<td>–</td>";
  std::string html = "<td>" + number(value.value.mean);
  if (value.value.sd) html += " ± " + fmt::format("{:.2g}", *value.value.sd);
  if (value.difference) {
    const auto& d = *value.difference;
    const bool sure = d.low && d.high && (*d.low > 0 || *d.high < 0);
    html += fmt::format("<small{}>{}", sure ? " class=sure" : "", signed_number(d.mean));
    if (d.low) html += fmt::format(" [{}, {}]", signed_number(*d.low), signed_number(*d.high));
    html += "</small>";
  }
  return html + "</td>";
}

std::string row_html(const jobs::TableRow& row, const jobs::GridTable& table, const std::string& css) {
  std::string html = fmt::format("<tr class='{}'><td class=name>{}{}", css, escaped(row.name), row.baseline ? " <span class=dim>(baseline)</span>" : "");
  for (const std::string& reason : row.reasons) html += "<br><span class=bad>" + escaped(reason) + "</span>";
  if (row.missing > 0) html += fmt::format("<br><span class=dim>{} not run yet</span>", row.missing);
  html += fmt::format("</td><td>{}</td>", row.finished);
  for (const std::string& metric : table.metrics) {
    const auto found = row.metrics.find(metric);
    html += found == row.metrics.end() ? "<td>–</td>" : cell_html(found->second);
  }
  html += fmt::format("<td>{}</td><td>{}</td></tr>\n", row.seconds > 0 ? duration_text(row.seconds) : "–", row.peak_bytes > 0 ? bytes_text(row.peak_bytes) : "–");
  return html;
}

std::string chance_row(const jobs::GridTable& table) {
  std::string html = "<tr><td class=name>chance or sampling floor (baseline cell)</td><td></td>";
  for (const std::string& metric : table.metrics) {
    std::string text = "–";
    for (const jobs::TableRow& row : table.rows)
      if (const auto found = row.metrics.find(metric); row.baseline && found != row.metrics.end() && found->second.chance) text = number(*found->second.chance);
    html += "<td>" + text + "</td>";
  }
  return html + "<td></td><td></td></tr>\n";
}

std::string text_of(const Json& json, const char* group, const char* key) {
  const auto found = json.find(group);
  if (found == json.end() || !found->is_object() || !found->contains(key) || !(*found)[key].is_string()) return "";
  return (*found)[key].get<std::string>();
}

}  // namespace

std::string ablation_html(const jobs::GridPlan& plan, const std::vector<jobs::GridRun>& runs, const jobs::GridTable& table, const Json& about) {
  std::set<std::uint64_t> seeds;
  double seconds = 0;
  int finished = 0, failed = 0, reused = 0;
  for (const jobs::GridRun& run : runs) {
    seeds.insert(run.plan.seed);
    seconds += run.seconds;
    finished += run.standing == jobs::RunStanding::finished;
    failed += run.standing == jobs::RunStanding::failed;
    reused += run.reused && run.standing == jobs::RunStanding::finished;
  }
  std::vector<std::string> names;
  for (const auto seed : seeds) names.push_back(std::to_string(seed));
  std::string html = fmt::format("<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'><title>{0}</title><style>{1}</style></head><body>\n<h1>{0}</h1>\n",
                                 escaped(plan.grid.title), kTableStyle);
  html += fmt::format("<div class=dim>{} · base {} · plan {} · {} cells, seeds {} · {} of {} runs finished{}{}{} · {} of computing · {} {} · {}</div>\n", escaped(plan.system->title), escaped(plan.grid.base),
                      name_of(plan.grid.plan), plan.cells.size(), escaped(listed(names, 12)), finished, runs.size(), failed ? fmt::format(", {} failed", failed) : "",
                      reused ? fmt::format(", {} reused", reused) : "", plan.excluded.empty() ? "" : fmt::format(", {} cells excluded", plan.excluded.size()), duration_text(seconds),
                      escaped(text_of(about, "code", "version")), escaped(text_of(about, "code", "commit")), escaped(about.value("written", std::string())));
  html += "<p>Every number is of held-out cells: mean ± standard deviation over seeds. Small: difference to the baseline cell's model over the seeds that both have, with a 95 % interval (paired t); "
          "bold where the interval leaves out 0. Many intervals stand here: about one in twenty leaves out 0 by chance alone. Plain tools saw the same data and split as the baseline.</p>\n";
  html += "<div class=scroll><table><tr><th class=name>cell</th><th>n</th>";
  for (const std::string& metric : table.metrics) html += "<th>" + escaped(metric) + "</th>";
  html += "<th>time</th><th>memory</th></tr>\n" + chance_row(table);
  std::string last;
  for (const jobs::TableRow& row : table.rows) {
    html += row_html(row, table, row.baseline ? "base" : row.kind != last && !last.empty() ? "rule" : "");
    last = row.kind;
  }
  return html + "</table></div></body></html>\n";
}

}  // namespace geocyte::app
