// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/diagnosis_panel.h"

#include <algorithm>

#include "app/desktop/diagnosis_text.h"
#include "widgets/base/view.h"
#include "widgets/base/view_registry.h"

namespace geocyte::desktop {
namespace {

constexpr int kTitle = 90, kCell = 34, kLeast = 250, kMost = 560;

}  // namespace

DiagnosisPanel::DiagnosisPanel(QWidget* parent) : DiagnosisSheet(parent) {}

void DiagnosisPanel::setReport(const Json& report) {
  setDiagnosis(diagnosisTextOf(report));
  const widgets::ArrayMap arrays = distancesOf(report);
  if (arrays.arrays.isEmpty()) return setPicture(nullptr);
  QHash<QString, QString> bindings;
  const bool has_floor = arrays.arrays.contains(QStringLiteral("diagnosis/floor_standardised"));
  if (has_floor) {
    bindings = {{"values", "diagnosis/standardised"}, {"name", tr("Standardised distance")}, {"gate", "diagnosis/gate_standardised"}, {"floor", "diagnosis/floor_standardised"},
                {"values2", "diagnosis/raw"},         {"name2", tr("Distance")},             {"gate2", "diagnosis/gate"},               {"floor2", "diagnosis/floor"}};
  } else {
    const auto gate = report.is_object() ? report.find("gate") : report.end();
    const double bound = report.is_object() && gate != report.end() && gate->is_number() ? gate->get<double>() : 1.0;
    bindings = {{"values", "diagnosis/raw"}, {"name", tr("Distance")}, {"gate", QString::number(bound)}};
  }
  widgets::View* matrix = widgets::makeView(QStringLiteral("matrix_heatmap"), {&selection_, &cursor_, &runs_, &palette_}, this);
  matrix->setObjectName(QStringLiteral("diagnosisMatrix"));
  matrix->setTitle(tr("Distances before training"));
  matrix->bind(bindings);
  matrix->setArrays(arrays);
  const int rows = static_cast<int>(arrays.labels.value(QStringLiteral("source")).categories.size());
  matrix->setFixedHeight(std::clamp(kTitle + kCell * (rows + 2), kLeast, kMost));
  setPicture(matrix);
}

}  // namespace geocyte::desktop
