// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cloud/cloud_colors.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "widgets/base/number_format.h"
#include "widgets/base/shared_models.h"
#include "widgets/theme/colors.h"

namespace geocyte::widgets::cloud {
namespace {

const QString kArray = QStringLiteral("array:"), kGene = QStringLiteral("gene:");
constexpr int kSteps = 32;

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

/// A legend says how large, not how exact.
double threeDigits(double value) { return QString::number(value, 'g', 3).toDouble(); }

Coloring rampOf(const std::vector<double>& values, const QString& title, bool dark) {
  Coloring made;
  std::vector<double> finite, positive;
  for (const double v : values)
    if (std::isfinite(v)) finite.push_back(v);
  for (const double v : finite)
    if (v > 0) positive.push_back(v);
  const bool sparse = !positive.empty() && positive.size() < finite.size() / 2 && *std::min_element(finite.begin(), finite.end()) >= 0;
  const double low = sparse ? 0 : percentile(finite, 0.01), high = sparse ? percentile(positive, 0.99) : percentile(finite, 0.99);
  for (int i = 0; i < kSteps; ++i) made.legend.push_back({{}, rampColor(i / (kSteps - 1.0), dark), 0, false});
  made.codes.reserve(values.size());
  for (const double v : values) {
    const double t = high > low ? std::clamp((v - low) / (high - low), 0.0, 1.0) : 0.5;
    made.codes.push_back(std::isfinite(v) ? static_cast<std::int32_t>(std::lround(t * (kSteps - 1))) : -1);
  }
  made.ramp = {title, axisText(threeDigits(low)), axisText(threeDigits(high))};
  if (low == 0) made.ramp.low = QStringLiteral("0");
  return made;
}

}  // namespace

QColor rampColor(double t, bool dark) {
  static const std::array<QColor, 5> light{QColor("#d5dae0"), QColor("#9fc3dc"), QColor("#4f9ac9"), QColor("#1f6aa8"), QColor("#0a2f5c")};
  static const std::array<QColor, 5> night{QColor("#3c4247"), QColor("#356b86"), QColor("#3f9fb5"), QColor("#8fd0a8"), QColor("#f4ee9f")};
  const auto& stops = dark ? night : light;
  const double at = std::clamp(t, 0.0, 1.0) * 4;
  const auto below = std::min<std::size_t>(3, static_cast<std::size_t>(at));
  return mixed(stops[below], stops[below + 1], at - static_cast<double>(below));
}

const ArrayView* geneBlock(const ArrayMap& map, const QString& axis, std::int64_t rows) {
  for (const ArrayView& array : map.arrays)
    if (array.shape.size() == 2 && array.shape[0] == rows && array.axes.value(0) == axis && array.axes.value(1) == QLatin1String("gene") && !array.isEmpty()) return &array;
  return nullptr;
}

QStringList genesOf(const ArrayMap& map, const QString& axis, std::int64_t rows) {
  const ArrayView* block = geneBlock(map, axis, rows);
  const auto genes = map.labels.constFind(QStringLiteral("gene"));
  return block && genes != map.labels.constEnd() ? genes->categories.mid(0, block->shape[1]) : QStringList();
}

std::vector<ChoiceButton::Choice> colorings(const ArrayMap& map, const QString& axis, std::int64_t rows) {
  std::vector<ChoiceButton::Choice> found;
  QStringList names = map.labels.keys();
  names.sort();
  for (const QString& name : names)
    if (const LabelView& label = map.labels[name]; label.codes && static_cast<std::int64_t>(label.codes->size()) == rows) found.push_back({name, QString(name).replace('_', ' '), {}});
  names = map.arrays.keys();
  names.sort();
  for (const QString& name : names) {
    const ArrayView& array = map.arrays[name];
    if (array.shape.size() == 1 && array.shape[0] == rows && array.axes.value(0) == axis && array.role != QLatin1String("row_index") && !array.isEmpty())
      found.push_back({kArray + name, name.section('/', -1).replace('_', ' '), array.caption});
  }
  return found;
}

Coloring coloringOf(const ArrayMap& map, const QString& name, const QString& axis, std::int64_t rows, const PaletteModel& palette) {
  Coloring made;
  if (name.startsWith(kArray)) {
    const ArrayView* array = map.find(name.mid(kArray.size()));
    if (!array || array->shape.size() != 1 || array->size() != rows || array->isEmpty()) return made;
    std::vector<double> values;
    for (std::int64_t i = 0; i < rows; ++i) values.push_back(array->at(i));
    return rampOf(values, name.section('/', -1).replace('_', ' '), palette.isDark());
  }
  if (name.startsWith(kGene)) {
    const ArrayView* block = geneBlock(map, axis, rows);
    const qsizetype column = genesOf(map, axis, rows).indexOf(name.mid(kGene.size()));
    if (!block || column < 0) return made;
    std::vector<double> values;
    for (std::int64_t i = 0; i < rows; ++i) values.push_back(block->at(i * block->shape[1] + column));
    return rampOf(values, name.mid(kGene.size()), palette.isDark());
  }
  const auto label = map.labels.constFind(name);
  if (label == map.labels.constEnd() || !label->codes || static_cast<std::int64_t>(label->codes->size()) != rows) return made;
  made.codes = *label->codes;
  for (int c = 0; c < label->categories.size(); ++c) made.legend.push_back({label->categories[c], palette.category(c), 0, false});
  for (std::int32_t& code : made.codes) {
    if (code < 0 || static_cast<std::size_t>(code) >= made.legend.size()) code = -1;
    else ++made.legend[static_cast<std::size_t>(code)].count;
  }
  return made;
}

void keepShown(Coloring& made, const std::vector<std::uint8_t>& shown) {
  if (made.legend.empty() || shown.size() != made.codes.size()) return;
  for (LegendEntry& entry : made.legend) entry.count = 0;
  for (std::size_t i = 0; i < shown.size(); ++i)
    if (shown[i] && made.codes[i] >= 0) ++made.legend[static_cast<std::size_t>(made.codes[i])].count;
  std::vector<std::int32_t> moved;
  std::vector<LegendEntry> left;
  for (LegendEntry& entry : made.legend) {
    moved.push_back(entry.count > 0 ? static_cast<std::int32_t>(left.size()) : -1);
    if (entry.count > 0) left.push_back(std::move(entry));
  }
  made.legend = std::move(left);
  for (std::int32_t& code : made.codes)
    if (code >= 0) code = moved[static_cast<std::size_t>(code)];
}

}  // namespace geocyte::widgets::cloud
