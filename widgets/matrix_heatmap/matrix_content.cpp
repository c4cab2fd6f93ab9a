// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/matrix_heatmap/matrix_content.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/base/number_format.h"

namespace geocyte::widgets::matrix_heatmap {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* text) { return QCoreApplication::translate("MatrixContent", text); }

/// An array of the map of the same shape as `like`, or nullptr.
const ArrayView* companion(const ArrayMap& map, const QString& name, const ArrayView& like) {
  if (name.isEmpty()) return nullptr;
  const ArrayView* found = map.find(name);
  return isMatrix(found) && found->shape == like.shape ? found : nullptr;
}

/// Cell by cell: does it fail? Nothing where there is no gate and no verdict.
class Judge {
 public:
  Judge(const ArrayMap& map, const MetricParts& parts, const ArrayView& values, std::optional<double> gate)
      : gate_(gate), pass_(companion(map, parts.pass, values)), bound_(companion(map, parts.gate, values)) {}
  std::optional<bool> fails(std::int64_t at, double value) const {
    if (pass_ && std::isfinite(pass_->at(at))) return pass_->at(at) < 0.5;
    const double bound = std::isfinite(boundAt(at)) ? boundAt(at) : gate_.value_or(kNone);
    return std::isfinite(bound) && std::isfinite(value) ? std::optional(value > bound) : std::nullopt;
  }

  bool hasBounds() const { return bound_ != nullptr; }
  double boundAt(std::int64_t at) const { return bound_ ? bound_->at(at) : kNone; }
  bool hasPass() const { return pass_ != nullptr; }

 private:
  std::optional<double> gate_;
  const ArrayView *pass_, *bound_;
};

bool isSymmetric(const ArrayView& values, int n) {
  for (std::int64_t row = 0; row < n; ++row)
    for (std::int64_t column = row + 1; column < n; ++column) {
      const double a = values.at(row * n + column), b = values.at(column * n + row);
      if (std::isfinite(a) && std::isfinite(b) && std::abs(a - b) > 1e-5 * std::max({1.0, std::abs(a), std::abs(b)})) return false;
    }
  return true;
}

}  // namespace

bool isMatrix(const ArrayView* array) {
  return array && array->shape.size() == 2 && !array->isEmpty() && array->size() <= kMostCells;
}

QStringList categoryNames(const ArrayMap& map, const QString& label, std::int64_t count) {
  const auto found = map.labels.constFind(label);
  QStringList names = found == map.labels.constEnd() ? QStringList() : found->categories.mid(0, count);
  for (qsizetype i = names.size(); i < count; ++i) names << QString::number(i + 1);
  return names;
}

double pairValue(const ArrayMap& map, const QString& array, const QString& label, const QString& row, const QString& column) {
  const ArrayView* values = map.find(array);
  if (!isMatrix(values)) return kNone;
  const auto axis = [&](qsizetype i) { return label.isEmpty() ? values->axes.value(i) : label; };
  const qsizetype r = categoryNames(map, axis(0), values->shape[0]).indexOf(row), c = categoryNames(map, axis(1), values->shape[1]).indexOf(column);
  return r < 0 || c < 0 ? kNone : values->at(r * values->shape[1] + c);
}

MatrixContent contentOf(const ArrayMap& map, const MetricParts& parts, std::optional<double> gate, const ArrayMap* reference) {
  MatrixContent content;
  const ArrayView* values = map.find(parts.values);
  if (!isMatrix(values)) return content;
  GridData& cells = content.cells;
  cells.rows = static_cast<int>(values->shape[0]);
  cells.columns = static_cast<int>(values->shape[1]);
  const auto axis = [&](qsizetype i) { return parts.label.isEmpty() ? values->axes.value(i) : parts.label; };
  cells.row_names = categoryNames(map, axis(0), cells.rows);
  cells.column_names = categoryNames(map, axis(1), cells.columns);
  const bool same_axis = cells.rows == cells.columns && cells.row_names == cells.column_names;
  content.is_symmetric = same_axis && isSymmetric(*values, cells.rows);
  const ArrayView* lower = same_axis ? companion(map, parts.lower, *values) : nullptr;
  const ArrayView* other = reference && content.is_symmetric ? reference->find(parts.values) : nullptr;
  if (!isMatrix(other)) other = nullptr;
  // Rows of the other run by name: it may have other sources, or the same ones in another order.
  std::vector<std::int64_t> place(static_cast<std::size_t>(cells.rows), -1);
  if (other) {
    const QStringList names = categoryNames(*reference, axis(0), other->shape[0]);
    for (int row = 0; row < cells.rows; ++row) place[static_cast<std::size_t>(row)] = names.indexOf(cells.row_names[row]);
  }
  content.has_lower = other || lower;

  const Judge judge(map, parts, *values, gate);
  std::optional<Judge> other_judge;
  if (other) other_judge.emplace(*reference, parts, *other, gate);
  double low = std::numeric_limits<double>::infinity(), high = -low;
  const auto count = static_cast<std::size_t>(values->size());
  cells.values.reserve(count);
  cells.fails.assign(count, 0);
  cells.judged.assign(count, 0);
  if (judge.hasBounds()) cells.bounds.assign(count, kNone);
  for (int row = 0; row < cells.rows; ++row)
    for (int column = 0; column < cells.columns; ++column) {
      std::int64_t at = static_cast<std::int64_t>(row) * cells.columns + column;
      const auto here = static_cast<std::size_t>(at);
      const Judge* who = &judge;
      double value = values->at(at);
      if (row > column && other) {
        const std::int64_t r = place[static_cast<std::size_t>(row)], c = place[static_cast<std::size_t>(column)];
        at = r < 0 || c < 0 ? -1 : r * other->shape[1] + c;
        value = at < 0 ? kNone : other->at(at);
        who = &*other_judge;
      } else if (row > column && lower) {
        value = lower->at(at);
      }
      if (same_axis && row == column && (value == 0 || content.is_symmetric)) value = kNone;   // no distance to itself
      cells.values.push_back(value);
      if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
      const std::optional<bool> fails = std::isfinite(value) && at >= 0 ? who->fails(at, value) : std::nullopt;
      cells.judged[here] = fails.has_value();
      cells.fails[here] = fails.value_or(false);
      if (!cells.bounds.empty() && at >= 0) cells.bounds[here] = who->boundAt(at);
    }
  cells.scale = {gate, low <= high ? low : 0, low <= high ? high : 1, parts.reach};
  content.has_verdicts = judge.hasPass();
  if (std::find(cells.judged.begin(), cells.judged.end(), 1) == cells.judged.end()) return content;
  const bool one_gate = gate && !judge.hasPass() && !judge.hasBounds();
  cells.within = one_gate ? tr("passes: at most %1").arg(axisText(*gate)) : tr("passes its gate");
  cells.beyond = one_gate ? tr("fails: above it") : tr("fails it");
  return content;
}

PairSummary summaryOf(const MatrixContent& content) {
  const GridData& cells = content.cells;
  PairSummary summary;
  for (int row = 0; row < cells.rows; ++row)
    for (int column = content.is_symmetric ? row + 1 : 0; column < cells.columns; ++column) {
      const double value = cells.value(row, column);
      if (!std::isfinite(value)) continue;
      ++summary.pairs;
      summary.judged += cells.isJudged(row, column);
      summary.passing += cells.isJudged(row, column) && !cells.isAboveGate(row, column);
      if (summary.worst_row >= 0 && value <= summary.worst) continue;
      summary.worst = value;
      summary.worst_row = row;
      summary.worst_column = column;
    }
  return summary;
}

QString summaryText(const MatrixContent& content) {
  const PairSummary summary = summaryOf(content);
  if (summary.pairs == 0) return {};
  const QString worst = tr("worst %1 – %2  %3").arg(content.cells.row_names.value(summary.worst_row), content.cells.column_names.value(summary.worst_column), cellText(summary.worst, 3));
  if (summary.judged == 0) return worst;
  const QString what = content.is_symmetric ? tr("%1 of %2 pairs pass") : tr("%1 of %2 cells pass");
  QString text = what.arg(summary.passing).arg(summary.judged);
  if (content.cells.scale.gate && !content.has_verdicts) text += tr(" (at most %1)").arg(axisText(*content.cells.scale.gate));
  return text + QStringLiteral("  ·  ") + worst;
}

}  // namespace geocyte::widgets::matrix_heatmap
