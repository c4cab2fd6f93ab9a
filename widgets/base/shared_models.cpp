// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/shared_models.h"

#include <algorithm>
#include <array>

namespace geocyte::widgets {

void SelectionModel::select(const QString& axis, std::vector<std::uint8_t> mask, const QString& reason,
                            const QStringList& sources) {
  const std::int64_t count = std::count_if(mask.begin(), mask.end(), [](std::uint8_t byte) { return byte != 0; });
  if (count == 0 && sources.isEmpty()) return clear();
  mask_ = std::move(mask);
  count_ = count;
  axis_ = axis;
  reason_ = reason;
  sources_ = sources;
  emit changed();
}

void SelectionModel::clear() {
  if (mask_.empty() && sources_.isEmpty()) return;
  mask_.clear();
  count_ = 0;
  axis_.clear();
  reason_.clear();
  sources_.clear();
  emit changed();
}

void TimeCursor::setLive() {
  if (live_) return;
  live_ = true;
  step_ = -1;
  emit changed();
}

void TimeCursor::setStep(std::int64_t step) {
  if (!live_ && step_ == step) return;
  live_ = false;
  step_ = step;
  emit changed();
}

void RunSet::setRuns(std::vector<VisibleRun> runs) {
  runs_ = std::move(runs);
  emit changed();
}

void RunSet::setCurrent(const QString& id) {
  if (current_ == id) return;
  current_ = id;
  emit currentChanged();
}

void RunSet::setVisible(const QString& id, bool visible) {
  for (VisibleRun& run : runs_) {
    if (run.id != id || run.visible == visible) continue;
    run.visible = visible;
    emit changed();
  }
}

void PaletteModel::setDark(bool dark) {
  if (dark_ == dark) return;
  dark_ = dark;
  emit changed();
}

void Reference::set(const QString& run, std::int64_t step, const QString& name) {
  if (run == run_ && step == step_) return;
  run_ = run;
  step_ = step;
  name_ = name;
  emit changed();
}

void Reference::clear() {
  if (!isSet()) return;
  run_.clear();
  name_.clear();
  step_ = -1;
  emit changed();
}

void ChartSettings::setSmoothing(double amount) {
  const double wanted = std::clamp(amount, 0.0, 0.99);
  if (wanted == smoothing_) return;
  smoothing_ = wanted;
  emit changed();
}

void ChartSettings::setUnit(StepUnit unit) {
  if (unit == unit_) return;
  unit_ = unit;
  emit changed();
}

void ChartSettings::setOutliers(Outliers outliers) {
  if (outliers == outliers_) return;
  outliers_ = outliers;
  emit changed();
}

void SharedChoice::set(const QString& value) {
  if (value == value_) return;
  value_ = value;
  emit changed();
}

QColor PaletteModel::category(int index) const {
  // Okabe and Ito (2008). Their yellow is left out: it vanishes on white. Order: neighbours differ in hue and in lightness.
  // Eight more for types of cells, told apart by lightness and hue, not for every kind of colour vision: no sixteen colours can be.
  static constexpr std::array<QRgb, 16> kColors{0xff0072b2, 0xff56b4e9, 0xff009e73, 0xffd55e00, 0xffe69f00, 0xffcc79a7, 0xff8c8c8c, 0xff7a5ba8,
                                                0xff7a4a21, 0xff332288, 0xff9a9a2e, 0xff882255, 0xff2b2b2b, 0xff14572f, 0xffee4466, 0xff55c4b4};
  // The same names on dark, the first eight moved apart by a search until every two differ for every kind of colour vision (the test of the theme has
  // the distances) and all stand off the panel.
  static constexpr std::array<QRgb, 16> kOnDark{0xff3a6ce2, 0xff90e5ff, 0xff0da367, 0xffec5f29, 0xfff0aa2b, 0xffe6b8c4, 0xff9c9c9c, 0xffa56cbd,
                                                0xffb5835a, 0xff7b5cff, 0xffd6d95c, 0xffff6fae, 0xfff4f4f4, 0xff8af0a4, 0xffffa08c, 0xff2fb9b0};
  if (index < 0) return QColor(dark_ ? 0xff6c757d : 0xffadb5bd);
  const std::size_t slot = static_cast<std::size_t>(index) % kColors.size();
  return QColor((dark_ ? kOnDark : kColors)[slot]);
}

void Crosshair::setStep(double step) {
  if (active_ && step_ == step) return;
  active_ = true;
  step_ = step;
  emit changed();
}

void Crosshair::clear() {
  if (!active_) return;
  active_ = false;
  emit changed();
}

}  // namespace geocyte::widgets
