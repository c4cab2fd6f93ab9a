// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/calibration/calibration.h"

#include <algorithm>
#include <cmath>

#include "widgets/base/number_format.h"

namespace geocyte::widgets::calibration {
namespace {

constexpr double kHeadline = 0.9, kLittle = 0.05;

const ArrayView* bound(const ArrayMap& arrays, const QHash<QString, QString>& bindings, const char* role) {
  const auto name = bindings.constFind(QString::fromLatin1(role));
  const ArrayView* array = name == bindings.constEnd() ? nullptr : arrays.find(name.value());
  return array && array->shape.size() == 1 && !array->isEmpty() ? array : nullptr;
}

bool isShare(double value) { return value >= 0 && value <= 1; }

QString percent(double share) { return QObject::tr("%1 %").arg(std::lround(100 * share)); }

}  // namespace

Coverage coverageOf(const ArrayMap& arrays, const QHash<QString, QString>& bindings) {
  Coverage made;
  const ArrayView *nominal = bound(arrays, bindings, "nominal"), *observed = bound(arrays, bindings, "observed");
  if (!nominal || !observed || nominal->shape != observed->shape) return made;
  const ArrayView *low = bound(arrays, bindings, "low"), *high = bound(arrays, bindings, "high"), *count = bound(arrays, bindings, "count");
  const bool has_interval = low && high && low->shape == nominal->shape && high->shape == nominal->shape;
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i < nominal->shape[0]; ++i)
    if (isShare(nominal->at(i)) && isShare(observed->at(i)) && (!has_interval || (isShare(low->at(i)) && isShare(high->at(i))))) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return nominal->at(a) < nominal->at(b); });
  for (const std::int64_t i : order) {
    made.nominal.push_back(nominal->at(i));
    made.observed.push_back(observed->at(i));
    if (has_interval) made.low.push_back(low->at(i)), made.high.push_back(high->at(i));
  }
  if (count && std::isfinite(count->at(0))) made.n = count->at(0);
  return made;
}

QString sentenceOf(const Coverage& coverage) {
  if (coverage.isEmpty()) return {};
  std::size_t at = 0;
  for (std::size_t i = 1; i < coverage.nominal.size(); ++i)
    if (std::abs(coverage.nominal[i] - kHeadline) < std::abs(coverage.nominal[at] - kHeadline)) at = i;
  const double wanted = coverage.nominal[at], seen = coverage.observed[at];
  const QString what = QObject::tr("%1 circles hold %2 of the true places").arg(percent(wanted), percent(seen));
  const bool has_interval = at < coverage.low.size();
  if (has_interval && coverage.low[at] <= wanted && wanted <= coverage.high[at]) return QObject::tr("%1: as sure as it may be").arg(what);
  const bool little = std::abs(seen - wanted) < kLittle;
  if (seen < wanted) return (little ? QObject::tr("%1: a little too sure") : QObject::tr("%1: too sure")).arg(what);
  return (little ? QObject::tr("%1: it could be a little surer") : QObject::tr("%1: it could be surer")).arg(what);
}

Calibration::Calibration(const ViewContext& context, QWidget* parent) : View(context, parent), plot_(new CoveragePlot) {
  setBody(plot_);
  setHeadlineLines(2);
  setEmptyText(tr("How sure places are is measured at the end of a run"));
  connect(plot_, &CoveragePlot::currentChanged, this, [this](int level) {
    if (level < 0) return HoverCard::hideFrom(plot_);
    HoverCard::showAt(plot_->mapToGlobal(plot_->pointOf(level).toPoint() + QPoint(14, 4)), readOut(level), plot_);
  });
}

void Calibration::setArrays(const ArrayMap& arrays) {
  Coverage coverage = coverageOf(arrays, bindings_);
  const QString reason = bindings_.value(QStringLiteral("nameReason"));
  setEmptyText(!coverage.isEmpty() ? QString() : reason.isEmpty() ? tr("How sure places are is measured at the end of a run, on held-out cells whose places are known") : reason);
  setHeadline(sentenceOf(coverage));
  QStringList foot;
  if (!coverage.isEmpty()) {
    if (arrays.step >= 0) foot << arrays.stepText();
    if (coverage.n > 0) foot << tr("n = %1 cells").arg(groupedText(std::llround(coverage.n)));
    if (const ArrayView* observed = bound(arrays, bindings_, "observed"); observed && !observed->caption.isEmpty()) foot << observed->caption;
  }
  setCaption(foot.join(QStringLiteral(" · ")));
  plot_->setCoverage(std::move(coverage));
}

HoverContent Calibration::readOut(int level) const {
  HoverContent said;
  const Coverage& c = plot_->coverage();
  if (level < 0 || level >= static_cast<int>(c.nominal.size())) return said;
  const auto i = static_cast<std::size_t>(level);
  said.title = tr("%1 circles").arg(percent(c.nominal[i]));
  said.rows.append({tr("hold"), tr("%1 of the true places").arg(percent(c.observed[i]))});
  if (i < c.low.size()) said.rows.append({tr("95 % interval"), tr("%1 to %2").arg(percent(c.low[i]), percent(c.high[i]))});
  return said;
}

QList<QStringList> Calibration::table() const {
  const Coverage& c = plot_->coverage();
  QList<QStringList> rows{{tr("nominal"), tr("observed"), tr("low"), tr("high"), tr("cells")}};
  for (std::size_t i = 0; i < c.nominal.size(); ++i)
    rows << QStringList{exactText(c.nominal[i]), exactText(c.observed[i]), i < c.low.size() ? exactText(c.low[i]) : QString(), i < c.high.size() ? exactText(c.high[i]) : QString(),
                        exactText(c.n)};
  return rows;
}

void Calibration::refresh() { plot_->update(); }

}  // namespace geocyte::widgets::calibration
