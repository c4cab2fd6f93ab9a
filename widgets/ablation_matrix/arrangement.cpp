// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ablation_matrix/arrangement.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>

#include "widgets/ablation_matrix/cell_words.h"

namespace geocyte::widgets::ablation_matrix {
namespace {

QString joined(QStringList parts) {
  parts.removeAll(QString());
  return parts.join(QStringLiteral(" · "));
}

QString durationText(double seconds) {
  if (!std::isfinite(seconds) || seconds <= 0) return {};
  if (seconds < 120) return tr("%1 s a run").arg(seconds, 0, 'f', seconds < 10 ? 1 : 0);
  return seconds < 7200 ? tr("%1 min a run").arg(seconds / 60, 0, 'f', 0) : tr("%1 h a run").arg(seconds / 3600, 0, 'f', 1);
}

Line lineOf(const Content& content, int index) {
  const Row& row = content.rows[static_cast<std::size_t>(index)];
  Line line;
  line.kind = row.kind == RowKind::tool ? LineKind::tool : row.isInteraction() ? LineKind::interaction : row.kind == RowKind::effect ? LineKind::effect : LineKind::cell;
  line.row = index;
  line.baseline = row.baseline && row.isCell();
  line.text = row.isCell() ? changesText(content, row) : row.name;
  const QString progress = progressText(row);
  const QString seeds = row.finished == 1 ? tr("1 seed") : tr("%1 seeds").arg(row.finished);
  line.detail = row.kind == RowKind::effect ? row.detail : row.kind == RowKind::tool ? tr("plain tool, on the baseline's data") : joined({line.baseline ? tr("baseline") : QString(), progress.isEmpty() ? seeds : progress, durationText(row.seconds)});
  return line;
}

/// Rows of a kind in the order that is asked for (cells by their mean, effects by their size): those without a value last, then as planned.
std::vector<int> ordered(const Content& content, RowKind kind, bool interactions, const Order& order) {
  std::vector<int> rows;
  for (std::size_t r = 0; r < content.rows.size(); ++r)
    if (content.rows[r].kind == kind && content.rows[r].isInteraction() == interactions) rows.push_back(static_cast<int>(r));
  if (content.indexOf(order.score) < 0) return rows;
  const auto key = [&](int row) {
    const Value value = content.rows[static_cast<std::size_t>(row)].values.value(order.score);
    return !value.isKnown() ? kNone : kind == RowKind::effect ? value.difference : value.mean;
  };
  std::stable_sort(rows.begin(), rows.end(), [&](int a, int b) {
    const double one = key(a), other = key(b);
    if (std::isfinite(one) != std::isfinite(other)) return std::isfinite(one);
    return std::isfinite(one) && (order.descending ? one > other : one < other);
  });
  return rows;
}

std::vector<Head> scoreHeads(const Content& content) {
  std::vector<Head> heads;
  for (std::size_t s = 0; s < content.scores.size(); ++s) heads.push_back({content.scores[s].title, arrowOf(content.scores[s].better), static_cast<int>(s), {}});
  return heads;
}

void placeScores(Arrangement& made) {
  for (const Line& line : made.lines)
    for (const Head& head : made.heads) made.places.push_back({line.row, head.score});
}

const Factor* factorOf(const Content& content, const QString& name) {
  const auto found = std::find_if(content.factors.begin(), content.factors.end(), [&](const Factor& factor) { return factor.name == name; });
  return found == content.factors.end() ? nullptr : &*found;
}

/// Every combination of the levels of these factors, the last one running fastest.
std::vector<QHash<QString, QString>> combinations(const std::vector<Factor>& factors) {
  constexpr std::size_t kMost = 2000;
  std::vector<QHash<QString, QString>> all{{}};
  for (const Factor& factor : factors) {
    std::vector<QHash<QString, QString>> longer;
    for (const auto& one : all)
      for (const QString& level : factor.levels) {
        if (longer.size() >= kMost) return all;
        longer.push_back(one);
        longer.back().insert(factor.name, level);
      }
    all = std::move(longer);
  }
  return all;
}

}  // namespace

Place Arrangement::at(int line, int head) const {
  const std::size_t index = static_cast<std::size_t>(line) * heads.size() + static_cast<std::size_t>(head);
  return line >= 0 && head >= 0 && index < places.size() ? places[index] : Place();
}

int Arrangement::cellLines() const {
  return static_cast<int>(std::count_if(lines.begin(), lines.end(), [](const Line& line) { return line.kind == LineKind::cell; }));
}

QString arrowOf(Better better) { return better == Better::higher ? QStringLiteral("↑") : better == Better::lower ? QStringLiteral("↓") : QString(); }

QString changesText(const Content& content, const Row& row) {
  const int base = content.baseline();
  if (!row.isCell() || base < 0 || row.baseline) return row.name;
  QStringList changes;
  for (const Factor& factor : content.factors) {
    const QString level = row.levels.value(factor.name);
    if (level != content.rows[static_cast<std::size_t>(base)].levels.value(factor.name)) changes << factor.name + QLatin1Char(' ') + level;
  }
  return changes.isEmpty() ? row.name : changes.join(QStringLiteral(", "));
}

Arrangement cellsByScores(const Content& content, const Order& order) {
  Arrangement made;
  made.corner = tr("changed against the baseline");
  made.heads = scoreHeads(content);
  for (const int row : ordered(content, RowKind::cell, false, order)) made.lines.push_back(lineOf(content, row));
  const bool has_chance = std::any_of(content.scores.begin(), content.scores.end(), [&](const Score& score) { return std::isfinite(content.chance(score.id)); });
  if (has_chance) made.lines.push_back({LineKind::chance, tr("chance"), tr("what guessing or sampling alone gives"), -1, false});
  for (std::size_t r = 0; r < content.rows.size(); ++r)
    if (content.rows[r].kind == RowKind::tool) made.lines.push_back(lineOf(content, static_cast<int>(r)));
  placeScores(made);
  return made;
}

Arrangement effectsByScores(const Content& content, const Order& order) {
  Arrangement made;
  made.corner = tr("changed, over all settings of the others");
  made.heads = scoreHeads(content);
  for (const bool interactions : {false, true})
    for (const int row : ordered(content, RowKind::effect, interactions, order)) made.lines.push_back(lineOf(content, row));
  placeScores(made);
  return made;
}

bool isOfEffects(const Arrangement& arrangement) {
  return !arrangement.lines.empty() && (arrangement.lines.front().kind == LineKind::effect || arrangement.lines.front().kind == LineKind::interaction);
}

bool standsApart(const std::vector<Line>& lines, int line) {
  if (line <= 0) return false;
  const LineKind before = lines[static_cast<std::size_t>(line - 1)].kind, own = lines[static_cast<std::size_t>(line)].kind;
  return own != before && (before == LineKind::cell || before == LineKind::effect);
}

PivotChoice firstPivot(const Content& content) {
  PivotChoice choice;
  std::vector<std::size_t> order(content.factors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return content.factors[a].levels.size() > content.factors[b].levels.size(); });
  if (!order.empty()) choice.rows = content.factors[order[0]].name;
  if (order.size() > 1) choice.columns = content.factors[order[1]].name;
  if (!content.scores.empty()) choice.score = content.scores.front().id;
  return choice;
}

Arrangement pivotOf(const Content& content, const PivotChoice& choice) {
  Arrangement made;
  const Factor *rows = factorOf(content, choice.rows), *columns = factorOf(content, choice.columns);
  const int score = content.indexOf(choice.score);
  if (!rows || !columns || rows == columns || score < 0) return made;
  std::vector<Factor> nested{*rows};
  for (const Factor& factor : content.factors) {
    if (&factor == rows || &factor == columns) continue;
    const QString only = choice.only.value(factor.name);
    nested.push_back(factor.levels.contains(only) ? Factor{factor.name, {only}} : factor);
  }
  made.corner = tr("%1 ↓  %2 →").arg(rows->name, columns->name);
  for (const QString& level : columns->levels) made.heads.push_back({level, columns->name, score, level});
  for (const QHash<QString, QString>& levels : combinations(nested)) {
    std::vector<Place> places;
    bool planned = false;
    for (const QString& level : columns->levels) {
      QHash<QString, QString> cell = levels;
      cell.insert(columns->name, level);
      const int row = content.rowWith(cell);
      planned = planned || row >= 0;
      places.push_back({row, score});
    }
    if (!planned) continue;
    Line line;
    line.text = rows->name + QLatin1Char(' ') + levels.value(rows->name);
    QStringList others;
    for (std::size_t f = 1; f < nested.size(); ++f) others << nested[f].name + QLatin1Char(' ') + levels.value(nested[f].name);
    line.detail = others.join(QStringLiteral(", "));
    made.lines.push_back(std::move(line));
    made.places.insert(made.places.end(), places.begin(), places.end());
  }
  return made;
}

}  // namespace geocyte::widgets::ablation_matrix
