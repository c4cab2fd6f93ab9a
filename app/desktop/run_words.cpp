// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/run_words.h"

#include <QDateTime>
#include <QObject>

#include "app/desktop/number_text.h"
#include "widgets/base/number_format.h"

namespace geocyte::desktop {
namespace {

using store::RunState;
using widgets::Tone;
using widgets::VerdictState;

QString text(const std::string& s) { return QString::fromStdString(s); }
QString stepText(const RunRecord& run) { return widgets::groupedText(run.status.step); }

VerdictState stateOf(const std::string& state) {
  if (state == "good") return VerdictState::good;
  if (state == "warn") return VerdictState::warning;
  if (state == "bad") return VerdictState::alarm;
  return VerdictState::note;
}

/// Where the run stands, for as long as the engine has not judged it.
widgets::VerdictText standing(const RunRecord& run) {
  const auto say = [](const QString& headline, const QString& evidence) { return widgets::VerdictText{VerdictState::none, headline, evidence, {}}; };
  if (run.info.foreign) return say(QObject::tr("Curves only."), QObject::tr("This folder was not written by Geocyte: it has scalars, but no snapshots and no verdicts."));
  if (!run.problem.isEmpty()) return {VerdictState::alarm, QObject::tr("Cannot be shown."), run.problem, {}};
  if (run.health == store::Health::lost) return say(QObject::tr("Lost."), QObject::tr("The engine is gone; everything up to step %1 is here.").arg(stepText(run)));
  switch (run.status.state) {
    case RunState::queued: return say(QObject::tr("Queued."), QObject::tr("It starts when an engine is free."));
    case RunState::starting: return say(QObject::tr("Starting."), run.status.message.empty() ? QObject::tr("The engine opens the data; the first step follows.") : text(run.status.message));
    case RunState::running: return say(QObject::tr("Running."), QObject::tr("The first verdict comes with the first snapshot."));
    case RunState::paused: return say(QObject::tr("Paused."), QObject::tr("Nothing changes until it goes on."));
    case RunState::stopping: return say(QObject::tr("Stopping."), QObject::tr("The engine finishes its step and writes a checkpoint."));
    case RunState::failed: return {VerdictState::alarm, run.status.step > 0 ? QObject::tr("Failed.") : QObject::tr("Did not start."), run.status.error ? text(run.status.error->what) : QString(), {}};
    default: return say(text(store::name_of(run.status.state)) + '.', QObject::tr("No verdict was written in this run."));
  }
}

}  // namespace

widgets::VerdictText verdictOf(const RunRecord* run, const QString& workspace) {
  if (!run) return {};
  widgets::VerdictText gravest;
  bool gravest_is_evaluation = false;
  for (const store::Verdict& verdict : run->verdicts(workspace.toStdString())) {
    const VerdictState state = stateOf(verdict.state);
    if (!gravest.headline.isEmpty() && (state < gravest.state || (state == gravest.state && gravest_is_evaluation))) continue;
    gravest_is_evaluation = verdict.id.ends_with("/evaluation");   // the last word on a run: it weighs gates against guards and plain tools
    gravest = {state, text(verdict.headline), text(verdict.evidence), text(verdict.why).toHtmlEscaped().replace('\n', QLatin1String("<br>"))};
  }
  return gravest.headline.isEmpty() ? standing(*run) : gravest;
}

BannerWords bannerOf(const RunRecord* run) {
  BannerWords words;
  if (!run || run->info.foreign) return words;
  const bool has_checkpoint = run->status.last_checkpoint >= 0;
  const QString safe = has_checkpoint ? QObject::tr("The last checkpoint is of step %1.").arg(widgets::groupedText(run->status.last_checkpoint))
                                      : QObject::tr("There is no checkpoint to go on from.");
  words.has_log = true;
  if (!run->problem.isEmpty()) {
    words.what = run->curves.empty() && run->status.pid == 0 ? QObject::tr("The engine did not start") : QObject::tr("This run cannot be read");
    words.why = run->problem;
  } else if (run->health == store::Health::lost) {
    words.what = run->status.step > 0 ? QObject::tr("Engine exited at step %1; curves are safe to step %1").arg(stepText(*run)) : QObject::tr("Engine exited before its first step");
    words.why = safe;
    words.can_resume = has_checkpoint;
  } else if (run->health == store::Health::stalled) {
    words.tone = Tone::warn;
    words.what = QObject::tr("Steps stand still at %1, but the engine is alive").arg(stepText(*run));
    words.why = QObject::tr("It may wait for a disk or a device; the log says what it did last.");
  } else if (run->status.state == RunState::failed) {
    words.what = run->status.error ? text(run->status.error->what) : QObject::tr("The run failed at step %1").arg(stepText(*run));
    words.why = run->status.error ? text(run->status.error->hint) : QString();
    const QString left = run->status.step > 0 ? safe : QObject::tr("The run ended before its first step: nothing of it can be resumed.");
    words.why += (words.why.isEmpty() ? QString() : QStringLiteral(" ")) + left;
    words.can_restart = !has_checkpoint;
    words.can_resume = has_checkpoint;
  } else {
    words.has_log = false;
  }
  return words;
}

widgets::RunRow rowOf(const RunRecord& run) {
  widgets::RunRow row;
  row.id = run.info.path;
  row.group = run.info.foreign ? QObject::tr("TensorBoard") : run.info.system;
  row.name = run.info.name;
  row.state = run.stateText();
  for (const QString& tag : run.info.tags) row.state += QStringLiteral(" · ") + tag;
  const double headline = run.headline();
  row.metric = widgets::cellText(headline, 3);
  const bool bad = !run.problem.isEmpty() || run.health == store::Health::lost || (run.has_status && run.status.state == RunState::failed);
  row.state_tone = bad ? Tone::bad : run.health == store::Health::stalled ? Tone::warn : Tone::dim;
  QStringList tip{run.info.path};
  if (run.info.created_ms > 0) tip << QObject::tr("created %1").arg(ageText(run.info.created_ms, QDateTime::currentMSecsSinceEpoch()));
  if (run.status.best) tip << QObject::tr("%1 %2, best at step %3").arg(text(run.status.best->metric), widgets::exactText(run.status.best->value), widgets::groupedText(run.status.best->step));
  row.tooltip = tip.join('\n');
  return row;
}

EngineWords engineWords(const RunRecord* run) {
  if (!run) return {Tone::dim, QObject::tr("no run")};
  if (run->info.foreign) return {Tone::dim, QObject::tr("no engine")};
  if (run->health == store::Health::lost) return {Tone::bad, QObject::tr("engine lost")};
  if (!run->isAlive()) return {Tone::dim, run->has_status ? QObject::tr("run %1").arg(text(store::name_of(run->status.state))) : QObject::tr("no engine")};
  if (run->health == store::Health::stalled) return {Tone::warn, QObject::tr("engine stalled")};
  const QString state = text(store::name_of(run->status.state));
  return {run->status.state == RunState::running ? Tone::ok : Tone::accent, QObject::tr("engine %1").arg(state)};
}

}  // namespace geocyte::desktop
