// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pair_trend/pair_lines.h"

#include <QStringList>

#include <algorithm>
#include <cmath>
#include <limits>

namespace geocyte::widgets::pair_trend {
namespace {

constexpr std::int64_t kMostCategories = 64;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

const ArrayView* squareOf(const ArrayMap& map, const QString& array) {
  const ArrayView* found = map.find(array);
  return found && found->shape.size() == 2 && found->shape[0] == found->shape[1] && !found->isEmpty() && found->shape[0] <= kMostCategories ? found : nullptr;
}

QStringList namesOf(const ArrayMap& map, const QString& label, std::int64_t count) {
  const auto found = map.labels.constFind(label);
  QStringList names = found == map.labels.constEnd() ? QStringList() : found->categories.mid(0, count);
  for (qsizetype i = names.size(); i < count; ++i) names << QString::number(i + 1);
  return names;
}

}  // namespace

bool PairLines::extremes(bool positive_only, double* low, double* high) const {
  *low = INFINITY;
  *high = -INFINITY;
  const auto take = [&](double value) {
    if (!std::isfinite(value) || (positive_only && value <= 0)) return;
    *low = std::min(*low, value);
    *high = std::max(*high, value);
  };
  for (const PairLine& line : lines)
    for (const double value : line.values) take(value);
  if (*low <= *high && gate) take(*gate);
  return *low <= *high;
}

int PairLines::shownIndex() const {
  const auto after = std::upper_bound(steps.begin(), steps.end(), shown_step);
  return static_cast<int>(after - steps.begin()) - 1;
}

PairLines linesOf(const ArrayHistory& history, const QString& array, const QString& label, std::optional<double> gate, double shown_step) {
  PairLines pairs;
  pairs.gate = gate;
  pairs.shown_step = shown_step;
  std::vector<const ArrayMap*> moments;
  for (const ArrayMap& moment : history.moments)
    if (squareOf(moment, array)) moments.push_back(&moment);
  if (moments.empty()) return pairs;
  const ArrayView* newest = squareOf(*moments.back(), array);
  const auto labelOf = [&](const ArrayView& view) { return label.isEmpty() ? view.axes.value(0) : label; };
  const QStringList names = namesOf(*moments.back(), labelOf(*newest), newest->shape[0]);
  for (qsizetype a = 0; a < names.size(); ++a)
    for (qsizetype b = a + 1; b < names.size(); ++b) pairs.lines.push_back({names[a], names[b], std::vector<double>(moments.size(), kNone), false});
  for (std::size_t m = 0; m < moments.size(); ++m) {
    const ArrayView* view = squareOf(*moments[m], array);
    const QStringList here = namesOf(*moments[m], labelOf(*view), view->shape[0]);
    std::vector<qsizetype> place;
    for (const QString& name : names) place.push_back(here.indexOf(name));
    std::size_t line = 0;
    for (std::size_t a = 0; a < place.size(); ++a)
      for (std::size_t b = a + 1; b < place.size(); ++b, ++line)
        if (place[a] >= 0 && place[b] >= 0) pairs.lines[line].values[m] = view->at(place[a] * view->shape[1] + place[b]);
    pairs.steps.push_back(static_cast<double>(moments[m]->step));
  }
  const int now = shown_step >= 0 ? pairs.shownIndex() : static_cast<int>(pairs.steps.size()) - 1;
  if (gate && now >= 0)
    for (PairLine& line : pairs.lines) line.fails = line.values[static_cast<std::size_t>(now)] > *gate;
  return pairs;
}

}  // namespace geocyte::widgets::pair_trend
