// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/diagnosis_text.h"

#include <QObject>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "app/desktop/number_text.h"
#include "widgets/base/number_format.h"

namespace geocyte::desktop {
namespace {

constexpr std::size_t kMostSources = 256, kMostFindings = 64, kLongestText = 2000;
const QString kUnknown = QStringLiteral("–");

QString tr(const char* text) { return QObject::tr(text); }

const Json& at(const Json& json, const char* key) {
  static const Json nothing;
  if (!json.is_object()) return nothing;
  const auto found = json.find(key);
  return found == json.end() ? nothing : *found;
}

QString textAt(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_string() ? QString::fromStdString(value.get<std::string>().substr(0, kLongestText)) : QString();
}

double numberAt(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

widgets::VerdictText verdictFrom(const Json& json) {
  const QString state = textAt(json, "state");
  const auto kind = state == QLatin1String("good")   ? widgets::VerdictState::good
                    : state == QLatin1String("warn") ? widgets::VerdictState::warning
                    : state == QLatin1String("bad")  ? widgets::VerdictState::alarm
                                                     : widgets::VerdictState::note;
  return {kind, textAt(json, "headline"), textAt(json, "evidence"), textAt(json, "why")};
}

QString groupedOr(double value) { return std::isfinite(value) ? widgets::groupedText(std::llround(value)) : kUnknown; }

QString valuesText(const Json& source) {
  const QString values = textAt(source, "values");
  const double sum = numberAt(source, "target_sum");
  return sum > 0 ? QStringLiteral("%1, sum %2").arg(values, groupedOr(sum)) : values.isEmpty() ? kUnknown : values;
}

QString modalityText(const QString& modality) {
  return modality == QLatin1String("st") ? tr("spots") : modality == QLatin1String("sc") ? tr("single cells") : kUnknown;
}

/// A square of numbers, NaN where there is none; empty when the shape is another one.
std::shared_ptr<const std::vector<double>> squareOf(const Json& rows, std::size_t size) {
  if (!rows.is_array() || rows.size() != size) return {};
  auto values = std::make_shared<std::vector<double>>();
  values->reserve(size * size);
  for (const Json& row : rows) {
    if (!row.is_array() || row.size() != size) return {};
    for (const Json& value : row) values->push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

}  // namespace

widgets::DiagnosisText diagnosisTextOf(const Json& report) {
  widgets::DiagnosisText text;
  text.call = verdictFrom(at(report, "call"));
  if (text.call.headline.isEmpty()) return text;
  if (const Json& findings = at(report, "findings"); findings.is_array())
    for (std::size_t i = 0; i < std::min(findings.size(), kMostFindings); ++i)
      if (widgets::VerdictText finding = verdictFrom(findings[i]); !finding.headline.isEmpty()) text.findings.push_back(std::move(finding));
  if (const Json& outliers = at(report, "outliers"); outliers.is_array())
    for (const Json& name : outliers)
      if (name.is_string()) text.outliers << QString::fromStdString(name.get<std::string>());
  text.method = textAt(report, "method");
  text.about = textAt(report, "data");
  const Json& sources = at(report, "sources");
  if (!sources.is_array()) return text;
  const bool of_data = textAt(report, "kind") != QLatin1String("matrix");
  text.columns = of_data ? QStringList{tr("source"), tr("cells"), tr("genes"), tr("values"), tr("counts a cell"), tr("genes a cell"), tr("zeros"), tr("gene order")}
                         : QStringList{tr("source"), tr("patient"), tr("kind")};
  for (std::size_t i = 0; i < std::min(sources.size(), kMostSources); ++i) {
    const Json& source = sources[i];
    const QString name = textAt(source, "name");
    if (!of_data) {
      const QString patient = textAt(source, "patient");
      text.rows << QStringList{name, patient.isEmpty() ? kUnknown : patient, modalityText(textAt(source, "modality"))};
      continue;
    }
    const Json& depth = at(source, "depth");
    const Json& order = at(source, "same_gene_order");
    const double zeros = numberAt(source, "zero_fraction");
    text.rows << QStringList{name, groupedOr(numberAt(source, "cells")), groupedOr(numberAt(source, "genes")), valuesText(source), groupedOr(numberAt(depth, "median")),
                             groupedOr(numberAt(source, "detected_genes")), std::isfinite(zeros) ? tr("%1 %").arg(std::lround(100 * zeros)) : kUnknown,
                             order.is_boolean() ? (order.get<bool>() ? tr("same") : tr("differs")) : kUnknown};
  }
  return text;
}

widgets::ArrayMap distancesOf(const Json& report) {
  widgets::ArrayMap map;
  const Json& sources = at(report, "sources");
  if (!sources.is_array() || sources.size() > kMostSources) return map;
  widgets::LabelView names{QStringLiteral("source"), {}, nullptr};
  for (const Json& source : sources) names.categories << textAt(source, "name");
  const Json& distances = at(report, "distances");
  for (const char* name : {"raw", "floor", "standardised", "floor_standardised"})
    if (const auto values = squareOf(at(distances, name), sources.size())) {
      widgets::ArrayView view;
      view.type = widgets::ElementType::f64;
      view.data = values->data();
      view.owner = values;
      view.shape = {static_cast<std::int64_t>(sources.size()), static_cast<std::int64_t>(sources.size())};
      view.axes = {QStringLiteral("source"), QStringLiteral("source")};
      view.caption = name == std::string_view("raw") && textAt(report, "kind") != QLatin1String("matrix") ? tr("distance of source means, raw") : textAt(report, "method");
      map.arrays.insert(QStringLiteral("diagnosis/") + QLatin1String(name), view);
    }
  if (map.arrays.isEmpty()) return map;
  // A pair is apart from this multiple of what sampling alone gives; files that do not say so were written with 1.5.
  const double said = numberAt(report, "times_floor"), times = said > 0 ? said : 1.5;
  for (const char* name : {"floor", "floor_standardised"})
    if (const auto found = map.arrays.constFind(QStringLiteral("diagnosis/") + QLatin1String(name)); found != map.arrays.constEnd()) {
      auto bounds = std::make_shared<std::vector<double>>();
      for (std::int64_t i = 0; i < found->size(); ++i) bounds->push_back(times * found->at(i));
      widgets::ArrayView view = *found;
      view.data = bounds->data();
      view.owner = bounds;
      view.caption = tr("%1 times what sampling alone gives").arg(widgets::axisText(times));
      map.arrays.insert(QStringLiteral("diagnosis/gate") + QLatin1String(std::string_view(name) == "floor" ? "" : "_standardised"), view);
    }
  map.labels.insert(names.name, names);
  map.step = 0;
  return map;
}

}  // namespace geocyte::desktop
