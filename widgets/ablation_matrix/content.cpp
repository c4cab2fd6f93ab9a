// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ablation_matrix/content.h"

#include <algorithm>

namespace geocyte::widgets::ablation_matrix {
namespace {

template <class Of>
double largest(const std::vector<Row>& rows, const QString& score, Of of) {
  double most = 0;
  for (const Row& row : rows) {
    if (!row.isCell()) continue;
    const double value = std::abs(of(row.values.value(score)));
    if (std::isfinite(value)) most = std::max(most, value);
  }
  return most;
}

template <class Of>
int sum(const std::vector<Row>& rows, Of of) {
  int total = 0;
  for (const Row& row : rows)
    if (row.isCell()) total += of(row);
  return total;
}

}  // namespace

int Content::baseline() const {
  const auto found = std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.baseline && row.isCell(); });
  return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

bool Content::hasEffects() const {
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.kind == RowKind::effect; });
}

int Content::indexOf(const QString& score) const {
  const auto found = std::find_if(scores.begin(), scores.end(), [&](const Score& one) { return one.id == score; });
  return found == scores.end() ? -1 : static_cast<int>(found - scores.begin());
}

int Content::rowWith(const QHash<QString, QString>& levels) const {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.isCell() && row.levels == levels; });
  return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

double Content::largestMean(const QString& score) const {
  return largest(rows, score, [](const Value& value) { return value.isKnown() ? value.mean : kNone; });
}

double Content::largestDifference(const QString& score) const {
  return largest(rows, score, [](const Value& value) { return value.hasDifference() ? value.difference : kNone; });
}

double Content::chance(const QString& score) const {
  const int base = baseline();
  return base < 0 ? kNone : rows[static_cast<std::size_t>(base)].values.value(score).chance;
}

int Content::runs() const {
  return sum(rows, [](const Row& row) { return row.finished + row.running + row.pending + row.failed; });
}
int Content::finished() const {
  return sum(rows, [](const Row& row) { return row.finished; });
}
int Content::failed() const {
  return sum(rows, [](const Row& row) { return row.failed; });
}

}  // namespace geocyte::widgets::ablation_matrix
