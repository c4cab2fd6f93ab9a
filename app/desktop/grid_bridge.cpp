// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/grid_bridge.h"

#include <QObject>

#include <algorithm>
#include <limits>

#include "engine/config/scores.h"

namespace geocyte::desktop {
namespace {

namespace matrix = widgets::ablation_matrix;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

QString text(const std::string& s) { return QString::fromStdString(s); }
double orNone(const std::optional<double>& value) { return value.value_or(kNone); }

matrix::Better betterOf(const config::ScoreSpec* score) {
  if (!score) return matrix::Better::unknown;
  return score->direction == config::Direction::higher_is_better  ? matrix::Better::higher
         : score->direction == config::Direction::lower_is_better ? matrix::Better::lower
                                                                  : matrix::Better::unknown;
}

matrix::Value valueOf(const jobs::TableValue& value) {
  matrix::Value one;
  one.n = value.value.n;
  one.mean = value.value.n > 0 ? value.value.mean : kNone;
  one.sd = orNone(value.value.sd);
  one.chance = orNone(value.chance);
  if (!value.difference) return one;
  one.paired = value.difference->n;
  one.difference = value.difference->mean;
  one.low = orNone(value.difference->low);
  one.high = orNone(value.difference->high);
  return one;
}

/// The run of that cell and seed in the library; nullptr = not there.
const RunRecord* recordOf(const RunLibrary& library, const jobs::GridReport& report, const jobs::ReportRun& run) {
  const QString cell = text(report.cells[run.cell].name), grid = text(report.id);
  const RunRecord* found = nullptr;
  for (const QString& path : library.order()) {
    const RunRecord* one = library.find(path);
    const RunExperiment& of = one->info.experiment;
    const bool named = !run.run.empty() && one->info.id == text(run.run);
    const bool fits = of.grid == grid && of.cell == cell && of.seed == run.seed;
    if (named || (fits && (!found || one->isAlive()))) found = one;
    if (named) break;
  }
  return found;
}

void countRuns(const jobs::GridReport& report, const RunLibrary& library, std::vector<matrix::Row>& rows) {
  for (const jobs::ReportRun& run : report.runs) {
    matrix::Row& row = rows[run.cell];
    if (run.standing == jobs::RunStanding::finished) {
      ++row.finished;
      continue;
    }
    if (run.standing == jobs::RunStanding::failed) {
      ++row.failed;
      row.reasons << QObject::tr("seed %1: %2").arg(run.seed).arg(text(run.reason));
      continue;
    }
    // Whether it goes on is known by looking at the run, not at a table that is written when runs end.
    const RunRecord* record = recordOf(library, report, run);
    if (record ? record->isAlive() : run.standing == jobs::RunStanding::running) ++row.running;
    else ++row.pending;
  }
}

void addEffects(const jobs::GridReport& report, const EffectsByScore& effects, matrix::Content& content) {
  const std::size_t first = content.rows.size();
  for (const auto& [score, found] : effects) {
    content.rows.resize(first + found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const jobs::GridEffect& effect = found[i];
      matrix::Row& row = content.rows[first + i];
      row.kind = matrix::RowKind::effect;
      row.name = text(jobs::effect_name(effect));
      row.detail = text(jobs::effect_detail(report, effect));
      for (const auto& [factor, level] : effect.levels) row.levels.insert(text(factor), text(level));
      if (!effect.effect) continue;
      matrix::Value value = valueOf({effect.mean, std::nullopt, effect.effect});
      value.lowest = effect.lowest;
      value.highest = effect.highest;
      row.values.insert(text(score), value);
    }
  }
}

QString valueText(const Json& value) { return value.is_string() ? text(value.get<std::string>()) : text(value.dump()); }

const Json* optionsOf(const jobs::GridReport& report, const std::string& factor, const jobs::Choice& levels) {
  const auto level = levels.find(factor);
  if (level == levels.end()) return nullptr;
  for (const jobs::Factor& one : report.factors)
    if (one.name == factor)
      for (const jobs::Level& candidate : one.levels)
        if (candidate.name == level->second) return &candidate.options;
  return nullptr;
}

QString stateText(jobs::RunStanding standing) {
  switch (standing) {
    case jobs::RunStanding::finished: return QObject::tr("finished");
    case jobs::RunStanding::failed: return QObject::tr("failed");
    case jobs::RunStanding::running: return QObject::tr("running");
    case jobs::RunStanding::resumable: return QObject::tr("can be resumed");
    case jobs::RunStanding::pending: break;
  }
  return QObject::tr("waiting");
}

}  // namespace

widgets::ablation_matrix::Content gridContent(const jobs::GridReport& report, const EffectsByScore& effects, const config::SystemSpec* spec, const RunLibrary& library) {
  matrix::Content content;
  content.title = text(report.title.empty() ? report.id : report.title);
  content.made_by = text(report.code).trimmed();
  for (const std::uint64_t seed : report.seeds()) content.seeds << QString::number(seed);
  for (const jobs::Factor& factor : report.factors) {
    matrix::Factor& one = content.factors.emplace_back();
    one.name = text(factor.name);
    for (const jobs::Level& level : factor.levels) one.levels << text(level.name);
  }
  const std::vector<config::ScoreSpec> none;
  const auto& scores = spec ? spec->scores : none;
  for (const std::string& metric : config::telling_first(scores, report.table.metrics)) {
    const config::ScoreSpec* score = config::find_score(scores, metric);
    // A family has one title: which member it is must be said as well.
    const bool family = score && score->path != metric;
    content.scores.push_back({text(metric), score && !family ? text(score->title) : text(metric), score ? text(score->what) : QString(), betterOf(score)});
  }
  for (const jobs::TableRow& row : report.table.rows) {
    matrix::Row& one = content.rows.emplace_back();
    one.name = text(row.name);
    if (row.kind == "tool") one.kind = matrix::RowKind::tool;
    one.baseline = row.baseline;
    for (const auto& [factor, level] : row.levels) one.levels.insert(text(factor), text(level));
    if (row.seconds > 0) one.seconds = row.seconds;
    for (const auto& [metric, value] : row.metrics) one.values.insert(text(metric), valueOf(value));
  }
  countRuns(report, library, content.rows);
  addEffects(report, effects, content);
  return content;
}

widgets::VerdictText gridVerdict(const jobs::GridReport& report, const config::SystemSpec* spec, const QString& score) {
  const jobs::GridFinding finding = jobs::finding_of(report, score.toStdString(), spec ? config::find_score(spec->scores, score.toStdString()) : nullptr);
  using State = widgets::VerdictState;
  const State state = finding.certainty == jobs::Certainty::together ? State::good
                      : finding.certainty == jobs::Certainty::none   ? State::none
                      : finding.certainty == jobs::Certainty::alone  ? State::note
                                                                     : State::warning;
  return {state, text(finding.headline), text(finding.evidence), text(finding.why).toHtmlEscaped()};
}

std::vector<OptionChange> optionChanges(const jobs::GridReport& report, std::size_t cell) {
  const jobs::Choice &own = report.cells[cell].levels, &base = report.cells[report.baseline()].levels;
  std::vector<OptionChange> changes;
  const auto place = [&](const std::string& path) -> OptionChange& {
    const auto found = std::find_if(changes.begin(), changes.end(), [&](const OptionChange& one) { return one.path == text(path); });
    return found != changes.end() ? *found : changes.emplace_back(OptionChange{text(path), {}, {}});
  };
  for (const jobs::Factor& factor : report.factors) {
    const auto a = own.find(factor.name), b = base.find(factor.name);
    if (a == own.end() || (b != base.end() && a->second == b->second)) continue;
    if (const Json* options = optionsOf(report, factor.name, base))
      for (const auto& [path, value] : options->items()) place(path).baseline = valueText(value);
    if (const Json* options = optionsOf(report, factor.name, own))
      for (const auto& [path, value] : options->items()) place(path).cell = valueText(value);
  }
  std::erase_if(changes, [](const OptionChange& one) { return one.baseline == one.cell; });
  return changes;
}

std::vector<SeedPair> seedPairs(const jobs::GridReport& report, std::size_t cell, const QString& score, const QString& runs) {
  std::vector<SeedPair> pairs;
  const std::string metric = score.toStdString();
  const auto value = [&](const jobs::ReportRun& run) {
    const auto found = run.values.find(metric);
    return found == run.values.end() ? kNone : found->second;
  };
  const auto folder = [&](const jobs::ReportRun& run) { return run.run.empty() || runs.isEmpty() ? QString() : runs + QLatin1Char('/') + text(run.run); };
  for (const jobs::ReportRun& run : report.runs) {
    if (run.cell != cell) continue;
    SeedPair pair{QString::number(run.seed), value(run), kNone, run.seconds > 0 ? run.seconds : kNone, folder(run), {}, stateText(run.standing), text(run.reason), run.standing == jobs::RunStanding::failed};
    for (const jobs::ReportRun& other : report.runs)
      if (other.cell == report.baseline() && other.seed == run.seed) pair.baseline = value(other), pair.baseline_run = folder(other);
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace geocyte::desktop
