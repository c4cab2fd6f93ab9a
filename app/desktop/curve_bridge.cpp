// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/curve_bridge.h"

#include "app/desktop/event_text.h"

namespace geocyte::desktop {
namespace {

bool matches(const std::string& pattern, const std::string& tag) {
  if (pattern.empty() || pattern.back() != '*') return pattern == tag;
  return tag.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
}

}  // namespace

std::vector<widgets::Mark> marksOf(const RunRecord& run, bool with_checkpoints) {
  std::vector<widgets::Mark> marks;
  for (const store::RunEvent& event : run.events)
    if ((with_checkpoints && event.kind == "checkpoint") || event.kind == "change" || event.kind == "alert")
      marks.push_back({static_cast<double>(event.step), QString::fromStdString(event.kind), eventText(event)});
  return marks;
}

widgets::CurveSet curveSetOf(const RunLibrary& library, const widgets::RunSet& runs, const config::SystemSpec* spec, const QString& reference) {
  widgets::CurveSet set;
  for (const widgets::VisibleRun& visible : runs.runs()) {
    const RunRecord* run = library.find(visible.id);
    if (!run || (!visible.visible && visible.id != runs.current() && visible.id != reference)) continue;
    const bool is_baseline = visible.id == reference && visible.id != runs.current();
    for (const auto& [tag, series] : run->curves) {
      widgets::Curve curve{visible.id, visible.name, tag, visible.color, is_baseline, series};
      auto& curves = set.by_tag[tag];
      // The shown run comes last: it is drawn on top of the others.
      curves.insert(visible.id == runs.current() || curves.empty() || curves.back().run != runs.current() ? curves.end() : curves.end() - 1, std::move(curve));
    }
  }
  if (const RunRecord* current = library.find(runs.current())) {
    set.total_steps = static_cast<double>(current->status.total_steps);
    set.marks = marksOf(*current, false);
    set.ended = current->has_status && !current->isAlive();
  }
  if (spec)
    for (const config::MetricSpec& metric : spec->metrics)
      if (metric.chance)
        for (auto tag = set.by_tag.keyBegin(); tag != set.by_tag.keyEnd(); ++tag)
          if (matches(metric.path, tag->toStdString())) set.chance.insert(*tag, *metric.chance);
  return set;
}

}  // namespace geocyte::desktop
